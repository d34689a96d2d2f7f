"""Secrets that a first start makes and later starts read back."""

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """The signing key of this installation: 64 random characters, made once, readable by the owner only."""
    path = data_dir / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text("ascii").strip()
        if kept:
            return kept
        path.unlink()
        return secret_key(data_dir)
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
