"""Resumable uploads: what was acknowledged is there, whatever happens in between."""

import base64
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from core.clock import utc_now
from core.errors import NotFound, StorageFull, TooManyRequests
from core.models import Upload
from core.services import uploads
from tests.factories import user_make

pytestmark = pytest.mark.django_db
URL = "/api/v1/uploads/"
PART = "application/offset+octet-stream"
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def client(user, client_for):
    return client_for(user)


def begin(client, length: int = 10, name: str = "a.zip") -> str:
    meta = (
        "filename "
        + base64.b64encode(name.encode()).decode()
        + ",filetype "
        + base64.b64encode(b"x/y").decode()
    )
    answer = client.post(
        URL, HTTP_UPLOAD_LENGTH=str(length), HTTP_UPLOAD_METADATA=meta, HTTP_TUS_RESUMABLE="1.0.0"
    )
    assert answer.status_code == 201
    return answer["Location"]


def send(client, url: str, content: bytes, offset: int, **headers):
    return client.generic("PATCH", url, content, PART, HTTP_UPLOAD_OFFSET=str(offset), **headers)


def test_a_file_arrives_in_parts_and_is_taken(client, user):
    url = begin(client)
    assert send(client, url, b"01234", 0)["Upload-Offset"] == "5"
    assert client.head(url)["Upload-Offset"] == "5"
    assert client.get(url).json()["finished"] is False
    with pytest.raises(uploads.UploadIncomplete):
        uploads.upload_take(user, url.split("/")[-2])
    last = send(client, url, b"56789", 5)
    assert (last.status_code, last["Upload-Offset"], last["Tus-Resumable"]) == (204, "10", "1.0.0")
    body = client.get(url).json()
    assert (body["filename"], body["length"], body["finished"]) == ("a.zip", 10, True)
    for _ in range(2):
        assert uploads.upload_take(user, body["id"]).read_bytes() == b"0123456789"


def test_an_empty_file_is_finished_from_the_start(client):
    assert client.get(begin(client, 0)).json()["finished"] is True


def test_the_server_says_what_it_can(client):
    answer = client.options(URL)
    assert (answer.status_code, answer["Tus-Version"], answer["Tus-Max-Size"]) == (
        204,
        "1.0.0",
        str(10 << 30),
    )
    assert "creation" in answer["Tus-Extension"]


def test_a_part_at_the_wrong_place_is_refused_with_the_right_one(client):
    url = begin(client)
    send(client, url, b"01234", 0)
    answer = send(client, url, b"01234", 0)
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_offset_mismatch")
    assert answer.json()["params"]["offset"] == 5


def test_more_than_was_announced_is_refused_and_leaves_the_offset(client, monkeypatch):
    url = begin(client)
    assert send(client, url, b"0" * 11, 0).status_code == 413
    monkeypatch.setattr(uploads, "MAX_PART_BYTES", 4)
    assert send(client, url, b"0" * 5, 0).status_code == 413
    assert client.head(url)["Upload-Offset"] == "0"


def test_a_damaged_part_is_refused_by_its_checksum(client):
    url = begin(client)
    good = base64.b64encode(hashlib.sha256(b"01234").digest()).decode()
    assert send(client, url, b"0123X", 0, HTTP_UPLOAD_CHECKSUM=f"sha256 {good}").status_code == 460
    assert send(client, url, b"01234", 0, HTTP_UPLOAD_CHECKSUM=f"crc {good}").status_code == 400
    assert send(client, url, b"01234", 0, HTTP_UPLOAD_CHECKSUM=f"sha256 {good}").status_code == 204


@pytest.mark.parametrize("length", ["", "-1", "1.5", "x", "9" * 16, "١"])
def test_a_length_that_is_none_is_refused(client, length):
    assert client.post(URL, HTTP_UPLOAD_LENGTH=length).status_code == 400


def test_limits_hold(client, user, monkeypatch, settings):
    assert client.post(URL, HTTP_UPLOAD_LENGTH=str((10 << 30) + 1)).status_code == 413
    monkeypatch.setattr(uploads, "QUOTA_BYTES", 15)
    begin(client)
    assert client.post(URL, HTTP_UPLOAD_LENGTH="6").status_code == 413
    monkeypatch.setattr(uploads, "MAX_OPEN", 1)
    assert client.post(URL, HTTP_UPLOAD_LENGTH="1").status_code == 429
    with pytest.raises(uploads.InvalidInput):
        uploads.upload_create(user, length=-1)


@pytest.mark.django_db(transaction=True)
def test_limits_hold_for_requests_at_one_moment_and_leave_no_file(user, monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "MAX_OPEN", 3)
    start = threading.Barrier(8)

    def begun(_number):
        try:
            start.wait(20)
            return uploads.upload_create(user, length=1).pk
        except TooManyRequests:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        made = {str(pk) for pk in pool.map(begun, range(8)) if pk}
    assert len(made) == 3
    assert {path.name for path in (tmp_path / "uploads").iterdir()} == made


def test_no_room_is_507_and_leaves_nothing(client, monkeypatch):
    monkeypatch.setattr(uploads, "_KEEP_FREE_BYTES", 1 << 60)
    answer = client.post(URL, HTTP_UPLOAD_LENGTH="5")
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert Upload.objects.count() == 0


def test_another_version_and_another_type_are_refused(client):
    assert client.post(URL, HTTP_UPLOAD_LENGTH="5", HTTP_TUS_RESUMABLE="0.2.2").status_code == 412
    url = begin(client)
    answer = client.generic("PATCH", url, b"x", "application/octet-stream", HTTP_UPLOAD_OFFSET="0")
    assert answer.status_code == 415


def test_metadata_that_cannot_be_read_is_left_out(client):
    answer = client.post(URL, HTTP_UPLOAD_LENGTH="5", HTTP_UPLOAD_METADATA="filename ???,x /w==")
    assert answer.json()["filename"] == ""


def test_somebody_elses_upload_looks_absent(client, client_for):
    url, other = begin(client), client_for(user_make("other"))
    assert other.get(url).status_code == 404
    assert send(other, url, b"0", 0).status_code == 404
    assert other.delete(url).status_code == 404
    with pytest.raises(NotFound):
        uploads.upload_take(user_make("third"), url.split("/")[-2])


@pytest.mark.django_db(transaction=True)
def test_a_deleted_upload_is_gone_with_its_bytes(client, tmp_path):
    url = begin(client)
    assert client.delete(url).status_code == 204
    assert client.head(url).status_code == 404
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_what_nobody_came_back_for_expires(client, tmp_path):
    url = begin(client)
    begin(client)
    stray = tmp_path / "uploads" / "stray"
    stray.touch()
    os.utime(stray, (1, 1))
    Upload.objects.filter(pk=url.split("/")[-2]).update(expires_at=utc_now() - timedelta(seconds=1))
    assert client.head(url).status_code == 404
    assert uploads.uploads_expire() == 1
    assert len(list((tmp_path / "uploads").iterdir())) == 1


def test_two_writers_never_write_at_once(client, tmp_path):
    url = begin(client)
    with (tmp_path / "uploads" / url.split("/")[-2]).open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert send(client, url, b"0", 0).json()["code"] == "upload_busy"
    assert send(client, url, b"0", 0).status_code == 204


def test_an_upload_whose_file_is_gone_is_gone(client, tmp_path):
    url = begin(client)
    (tmp_path / "uploads" / url.split("/")[-2]).unlink()
    assert send(client, url, b"0", 0).status_code == 404


def test_a_body_in_one_piece_becomes_a_finished_upload(user, tmp_path):
    upload = uploads.upload_from(user, filename="a", chunks=[b"ab", b"c"])
    assert uploads.upload_take(user, upload.pk).read_bytes() == b"abc"

    def breaks():
        yield b"x"
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageFull):
        uploads.upload_from(user, filename="a", chunks=breaks())
    assert len(list((tmp_path / "uploads").iterdir())) == 1


def test_a_part_beyond_the_row_is_written_over_after_a_kill(client, user, tmp_path):
    """Killed between fsync and row: the file is longer than the offset says."""
    url = begin(client)
    send(client, url, b"012", 0)
    with (tmp_path / "uploads" / url.split("/")[-2]).open("ab") as file:
        file.write(b"unacknowledged")
    assert client.head(url)["Upload-Offset"] == "3"
    send(client, url, b"3456789", 3)
    assert uploads.upload_take(user, url.split("/")[-2]).read_bytes() == b"0123456789"


@pytest.mark.parametrize("point", ["upload.after-create-file", "upload.after-fsync", "upload.after-row"])
def test_killed_at_any_step_the_row_never_runs_ahead_of_the_file(tmp_path, point):
    code = """
import django, io, sys
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0)
from core.models import User, Upload
from core.services import uploads
user = User.objects.create(username="u")
upload = uploads.upload_create(user, length=5)
uploads.upload_append(user, upload.pk, offset=0, body=io.BytesIO(b"01234"))
"""
    check = """
import django
django.setup()
from core.models import Upload
from core.services import uploads
for upload in Upload.objects.all():
    assert uploads.upload_path(upload.pk).stat().st_size >= upload.offset
print(Upload.objects.count(), sum(u.offset for u in Upload.objects.all()))
"""
    env = {
        **os.environ,
        "STUDIO_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "studio.settings",
    }
    env.pop("DATABASE_URL", None)
    died = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**env, "STUDIO_FAULT": point})
    assert died.returncode == 137
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    wanted = {"upload.after-create-file": "0 0", "upload.after-fsync": "1 0", "upload.after-row": "1 5"}
    assert done.stdout.strip() == wanted[point]
