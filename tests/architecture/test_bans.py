"""What must not appear in the source, however convenient; each ban is tried on a planted violation."""

from collections.abc import Callable

import pytest

from tests.architecture import measure

UNSAFE = {"pickle", "joblib", "shelve", "marshal", "dill", "cloudpickle"}
NOT_WITH_THIS_TORCH = {"torchvision", "timm", "ultralytics"}
NETWORK = {"socket", "http.client", "urllib.request", "ftplib", "smtplib", "telnetlib", "requests", "httpx"}
CLIENTS = {"urllib.request", "http.client", "ftplib", "smtplib", "imaplib", "telnetlib", "xmlrpc.client"}
BELLS = {"delay", "apply_async", "send_task"}


def _top(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def unsafe_formats(source: str) -> set[str]:
    """Modules that run code while they read."""
    return _top(measure.imported_names(source)) & UNSAFE


def torch_companions(source: str) -> set[str]:
    """Packages that do not work beside the pinned CPU torch or whose licence is not ours to use."""
    return _top(measure.imported_names(source)) & NOT_WITH_THIS_TORCH


def bells(source: str) -> set[str]:
    """Celery calls, which would reach a worker before the commit."""
    return measure.called_attributes(source) & BELLS


def network_clients(source: str) -> set[str]:
    """Modules by which a process could reach out past the guard."""
    return {
        name
        for name in measure.imported_names(source)
        for banned in NETWORK
        if f"{name}.".startswith(f"{banned}.")
    }


def managers(source: str) -> set[str]:
    """Rows fetched without the permission scope of a selector."""
    return measure.read_attributes(source) & {"objects", "_default_manager"}


def clients(source: str) -> set[str]:
    """The standard library's ways out, which check no address."""
    return measure.imported_names(source) & CLIENTS


def loads(source: str) -> set[str]:
    """`yaml.load`, `eval` and `exec`; ruff knows their details, this keeps its rules switched on."""
    return {
        name for name in ("yaml.load(", "eval(", "exec(") if f"\n{name}" in source or f" {name}" in source
    }


MACHINERY = ("core/api/authentication.py", "core/api/idempotency.py")


def _offenders(
    ban: Callable[[str], set[str]], *folders: str, but: tuple[str, ...] = ()
) -> dict[str, set[str]]:
    found = {}
    for path in measure.python_files(*folders):
        name = str(path.relative_to(measure.ROOT))
        broken = ban(path.read_text("utf-8"))
        if broken and name not in but:
            found[name] = broken
    return found


def test_nothing_unpickles():
    assert _offenders(unsafe_formats, *measure.PRODUCT_FOLDERS) == {}


def test_no_package_that_needs_another_torch():
    assert _offenders(torch_companions) == {}
    pins = (measure.ROOT / "requirements.txt").read_text("utf-8") + (
        measure.ROOT / "requirements-dev.txt"
    ).read_text("utf-8")
    assert not [line for line in pins.splitlines() if line.split("==")[0].strip() in NOT_WITH_THIS_TORCH]


def test_only_the_guarded_client_goes_out():
    found = _offenders(clients, *measure.PRODUCT_FOLDERS)
    assert {name for name in found if not name.startswith("core/outgoing/")} == set()


def test_only_dispatch_rings_the_bell():
    assert _offenders(bells, *measure.PRODUCT_FOLDERS, but=("core/jobs/dispatch.py",)) == {}


def test_only_the_guard_and_the_servers_touch_the_network():
    """The data plane listens; the supervisor looks for free ports on this machine and talks to its own over a pair of sockets."""
    supervisor = (f"studio/supervisor/{name}.py" for name in ("broker", "checks", "preload", "running"))
    found = _offenders(
        network_clients, *measure.PRODUCT_FOLDERS, but=("serving/dataplane/server.py", *supervisor)
    )
    assert {name for name in found if not name.startswith("core/outgoing/")} == set()


def test_no_view_reaches_around_the_selectors():
    views = [
        f"{app}/api"
        for app in ("core", "datasets", "labeling", "training", "serving", "applications", "studio")
    ]
    assert _offenders(managers, *views, but=MACHINERY) == {}


@pytest.mark.parametrize(
    ("ban", "planted"),
    [
        (unsafe_formats, "def f():\n    from joblib import load\n"),
        (torch_companions, "import torchvision.ops\n"),
        (clients, "from urllib.request import urlopen\n"),
        (clients, "from http import client\n"),
        (bells, "task.delay(1)\n"),
        (bells, "app.send_task('x')\n"),
        (network_clients, "import urllib.request\n"),
        (network_clients, "from http import client\nfrom http.client import HTTPConnection\n"),
        (managers, "def get(self):\n    return Run.objects.all()\n"),
        (loads, "x = 1\neval('1')\n"),
    ],
)
def test_a_planted_violation_is_found(ban, planted):
    assert ban(planted)
    assert not ban("import json\n\nvalue = json.loads('1')\n")
