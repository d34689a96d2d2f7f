"""The secret that a first start makes and later starts read back."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """The signing key of this installation: 64 random characters, made once, readable by the owner only.

    It gets its name when it is whole, so that processes which start at once all read the same one.
    """
    path = data_dir / "secret_key"
    if not path.exists() or not path.stat().st_size:
        path.unlink(missing_ok=True)
        _make(path)
    return path.read_text("ascii").strip()


def _make(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
