"""What is installed is named exactly and comes from wherever the installer is told to look."""

import json
import re

import pytest

from tests.architecture import measure

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
