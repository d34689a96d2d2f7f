"""What is installed is named exactly and comes from wherever the installer is told to look."""

import json
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.architecture import measure

# The demo's pictures were drawn once, from a package that nothing else needs; NOTICE names its version.
ONCE = {"skimage"}
PIN = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z0-9,]+\])?==[^\s;]+( ;.*)?$")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_python_package_is_pinned_exactly(name):
    lines = (measure.ROOT / name).read_text("utf-8").splitlines()
    loose = [line for line in lines if line and not line.startswith(("#", "-r ")) and not PIN.match(line)]
    assert loose == []


def test_every_browser_package_is_pinned_exactly():
    package = json.loads((measure.ROOT / "frontend" / "package.json").read_text("utf-8"))
    versions = package["dependencies"] | package["devDependencies"]
    assert {name: v for name, v in versions.items() if not re.match(r"^(npm:[@\w/-]+@)?\d[\w.-]*$", v)} == {}


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (measure.ROOT / "frontend" / "package-lock.json").read_text("utf-8")


def pins_of(name: str) -> set[str]:
    lines = (measure.ROOT / name).read_text("utf-8").splitlines()
    return {
        re.split(r"[=\[]", line)[0].lower() for line in lines if "==" in line and not line.startswith("#")
    }


def unpinned(sources: list[str], pins: set[str]) -> set[str]:
    """Top-level modules that the sources import from packages without a pin; a build may lack any of them."""
    imported = {name.split(".")[0] for source in sources for name in measure.imported_names(source)}
    installed = packages_distributions()
    return {
        name
        for name in (imported & installed.keys()) - set(measure.PYTHON_FOLDERS) - sys.stdlib_module_names
        if not {package.lower() for package in installed[name]} & pins
    }


def test_what_is_imported_is_pinned_where_it_is_used():
    """The product from requirements.txt alone, since nothing else is in its image."""

    def sources(*folders):
        return [path.read_text("utf-8") for path in measure.python_files(*folders)]

    runtime, tools = pins_of("requirements.txt"), pins_of("requirements-dev.txt")
    assert unpinned(sources(*measure.PRODUCT_FOLDERS), runtime) == set()
    assert unpinned(sources("scripts", "tests"), runtime | tools) <= ONCE
    assert unpinned(["import pytest\n"], runtime) == {"pytest"}
