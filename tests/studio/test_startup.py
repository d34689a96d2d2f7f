"""What a process refuses to start with, each in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.startup import startup_check

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.SECRET_KEY = "k3y-with-enough-different-characters-in-it"


def test_a_sound_installation_starts(settings, tmp_path):
    (tmp_path / "secret_key").touch(mode=0o600)
    startup_check()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "too short"),
        ("SECRET_KEY", "a" * 50, "too short"),
        ("SECRET_KEY", "django-insecure-" + "abcdefghijklmnopqrstuvwxyz", "well-known"),
        ("SECRET_KEY", "changeme-changeme-changeme-0123456", "well-known"),
        ("ALLOWED_HOSTS", ["*"], "must name hosts"),
        ("DEBUG", True, "STUDIO_DEV=1"),
        ("STUDIO_OUTGOING_ALLOW", ("nonsense",), "host:port"),
        ("STUDIO_STORAGE_URL", "ftp://files", "s3://bucket"),
        ("STUDIO_STORAGE_URL", "S3://bucket", "s3://bucket"),
        ("STUDIO_STORAGE_URL", "https://minio/bucket", "s3://bucket"),
    ],
)
def test_what_is_not_safe_is_refused(settings, name, value, words):
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        startup_check()


def test_debug_is_for_those_who_say_so(settings):
    settings.DEBUG = settings.DEV = True
    startup_check()


def test_a_secret_that_others_can_read_is_refused(tmp_path):
    (tmp_path / "secret_key").touch()
    (tmp_path / "secret_key").chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        startup_check()


def test_the_web_process_ends_with_code_1_on_a_short_key(tmp_path):
    env = {**os.environ, "STUDIO_DATA_DIR": str(tmp_path), "STUDIO_SECRET_KEY": "x" * 40, "DJANGO_SETTINGS_MODULE": "studio.settings"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "import studio.asgi"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "too short" in done.stderr
