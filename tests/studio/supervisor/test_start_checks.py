"""What keeps a start from going on is said in one sentence."""

import os
import socket
from pathlib import Path

import pytest

from studio.supervisor import checks, lock
from studio.supervisor.config import config_from_env
from studio.supervisor.errors import StartRefused


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "８０００", "80.5"])
def test_a_port_that_is_no_port_is_refused(value):
    with pytest.raises(StartRefused, match=r"STUDIO_PORT=.* is not a port"):
        config_from_env({"STUDIO_PORT": value})


@pytest.mark.parametrize(("value", "expected"), [("0", False), ("no", False), ("", True), ("1", True)])
def test_the_demo_is_loaded_unless_it_is_switched_off(value, expected):
    assert config_from_env({"STUDIO_DEMO": value}).demo is expected


def test_a_busy_port_names_the_setting_and_another_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=f"Port {port} .* in use.*STUDIO_SERVE_PORT={port + 10}"):
            checks.check_port("127.0.0.1", port, "STUDIO_SERVE_PORT")
    checks.check_port("127.0.0.1", port, "STUDIO_SERVE_PORT")


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(StartRefused, match="not an address of this machine"):
        checks.check_port("192.0.2.1", 18199, "STUDIO_PORT")


def test_a_file_where_the_data_folder_should_be_is_refused(tmp_path):
    (tmp_path / "var").write_text("here first")
    with pytest.raises(StartRefused, match=r"cannot be written to.*STUDIO_DATA_DIR"):
        checks.check_data_dir(tmp_path / "var")


def test_the_data_folder_is_closed_to_other_accounts(tmp_path):
    checks.check_data_dir(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    (tmp_path / "old").mkdir()
    (tmp_path / "old").chmod(0o755)
    checks.check_data_dir(tmp_path / "old")
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o750


def test_a_full_disk_is_refused(tmp_path):
    checks.check_free_disk(tmp_path, min_free_bytes=1)
    with pytest.raises(StartRefused, match="free some space"):
        checks.check_free_disk(tmp_path, min_free_bytes=2**60)


def test_a_database_that_does_not_answer_is_refused():
    with pytest.raises(StartRefused, match=r"Nothing answers at 127.0.0.1:1: .*DATABASE_URL"):
        checks.check_reachable("postgresql://me@127.0.0.1:1/studio", "DATABASE_URL", 5432)
    checks.check_reachable("postgresql:///studio?host=/run/postgresql", "DATABASE_URL", 5432)


@pytest.mark.parametrize("url", ["foo", "mysql://me@127.0.0.1/studio"])
def test_what_names_no_database_is_refused_in_one_sentence(url):
    with pytest.raises(StartRefused, match="DATABASE_URL is postgresql://"):
        checks.check_database_url(url)


def test_the_same_port_twice_is_refused(tmp_path):
    config = config_from_env(
        {"STUDIO_DATA_DIR": str(tmp_path), "STUDIO_PORT": "18190", "STUDIO_SERVE_PORT": "18190"}
    )
    with pytest.raises(StartRefused, match="the same"):
        checks.check_all(config)


def test_a_data_folder_has_one_supervisor(tmp_path: Path):
    assert lock.holder(tmp_path / "run") is None
    with lock.held(tmp_path / "run"):
        assert lock.holder(tmp_path / "run") == os.getpid()
        with (
            pytest.raises(StartRefused, match=f"already running.*process {os.getpid()}"),
            lock.held(tmp_path / "run"),
        ):
            pass
    assert lock.holder(tmp_path / "run") is None


def test_a_short_secret_key_is_refused(tmp_path):
    env = {"STUDIO_DATA_DIR": str(tmp_path), "STUDIO_PORT": "18191", "STUDIO_SERVE_PORT": "18192"}
    with pytest.raises(StartRefused, match="too short"):
        checks.check_all(config_from_env({**env, "STUDIO_SECRET_KEY": "short"}))
