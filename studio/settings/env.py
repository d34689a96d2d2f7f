"""Settings from the environment (12-factor), each with its default."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from studio.supervisor.keys import secret_key as kept_secret_key

FROZEN_MS: Final = 30_000
POSTGRESQL: Final = "django.db.backends.postgresql"
BASE_DIR = Path(__file__).resolve().parent.parent.parent


def flag(name: str, *, default: bool) -> bool:
    """1/0, true/false, yes/no."""
    return os.environ.get(name, str(int(default))).strip().lower() in ("1", "true", "yes", "on")


def data_dir() -> Path:
    """`STUDIO_DATA_DIR`, made when absent."""
    path = Path(os.environ.get("STUDIO_DATA_DIR") or BASE_DIR / "var").resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(directory: Path) -> str:
    """`STUDIO_SECRET_KEY`, or one generated once into the data directory."""
    if key := os.environ.get("STUDIO_SECRET_KEY"):
        if len(key) < 32:
            raise ImproperlyConfigured("STUDIO_SECRET_KEY needs at least 32 characters")
        return key
    return kept_secret_key(directory)


def redis_url(directory: Path) -> str:
    """`REDIS_URL`, or the embedded broker's, which the supervisor notes in the data directory."""
    if url := os.environ.get("REDIS_URL"):
        return url
    noted = directory / "broker" / "url"
    return noted.read_text().strip() if noted.exists() else "redis://127.0.0.1:6379/0"


def chat_url() -> str:
    """`STUDIO_CHAT_URL`: http(s)://host[:port]/path, or nothing."""
    url = os.environ.get("STUDIO_CHAT_URL", "")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if url and not is_address:
        raise ImproperlyConfigured("STUDIO_CHAT_URL is an address such as https://host/v1")
    return url


def database(directory: Path) -> dict[str, object]:
    """`DATABASE_URL` (postgresql://… or sqlite:///path), or SQLite in the data directory."""
    url = os.environ.get("DATABASE_URL", "")
    if not url or url.startswith("sqlite:"):
        return _sqlite(Path(unquote(urlsplit(url).path)) if url else directory / "studio.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL is postgresql://user:password@host:port/name or sqlite:///path"
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    options: dict[str, object] = {key: value for key, value in query.items() if key != "host"}
    options.setdefault("connect_timeout", 3)
    # A process that was frozen in a transaction would hold its locks, and everybody else, until it thaws.
    options.setdefault("options", f"-c idle_in_transaction_session_timeout={FROZEN_MS}")
    return {
        "ENGINE": POSTGRESQL,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def _sqlite(path: Path) -> dict[str, object]:
    pragmas = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
    }
