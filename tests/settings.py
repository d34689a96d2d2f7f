"""The studio's settings in a test session: a folder of its own, a broker of its own."""

import atexit
import os
import shutil
import socket
import tempfile


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_folder = tempfile.mkdtemp(prefix="studio-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ["STUDIO_DATA_DIR"] = _folder
os.environ["STUDIO_SECRET_KEY"] = "a key for tests only, longer than thirty-two letters"
os.environ.setdefault("XDG_RUNTIME_DIR", _folder)
TEST_OWN_BROKER_PORT = None
# Two test processes share nothing: each has databases and a broker of its own.
if not os.environ.get("REDIS_URL") or "PYTEST_XDIST_WORKER" in os.environ:
    TEST_OWN_BROKER_PORT = _free_port()
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{TEST_OWN_BROKER_PORT}/0"

from studio.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING_CONFIG = None  # pytest collects the records by itself
if os.environ.get("STUDIO_TEST_DB") == "sqlite":
    # A file, as in production: a database in memory is one connection and knows no concurrency.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_folder, "test.sqlite3")}  # noqa: F405, PTH118
