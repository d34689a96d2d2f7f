"""Stored files are shown to those who may see what refers to them, and only pixels are shown inline."""

import os
import uuid

import pytest
from django.db import transaction

from core import media
from core.api.media import INLINE
from core.services import blobs, tokens
from core.services.storage import container_store
from tests.factories import user_make

pytestmark = pytest.mark.django_db
READ: list[tuple[str, str, uuid.UUID | None]] = []


def reader(user, sha256, sample_id):
    """Shows everything to `somebody` and writes down the question."""
    READ.append((user.username, sha256, sample_id))
    return user.username == "somebody"


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.STUDIO_MEDIA_READERS = (f"{__name__}.reader",)
    READ.clear()
    media.forget()
    tokens.tokens_forget()


def stored(content: bytes = b"pixels", media_type: str = "image/jpeg") -> str:
    ref = blobs.blob_put(content, media_type)
    with transaction.atomic():
        blobs.blobs_register([ref])
    return ref.sha256


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_picture_is_shown_to_whoever_may_see_it(user, client_for):
    sha256, sample = stored(), uuid.uuid4()
    answer = client_for(user).get(f"/media/b/{sha256}?s={sample}")
    assert (answer.status_code, body(answer), answer["Content-Type"]) == (200, b"pixels", "image/jpeg")
    assert [("somebody", sha256, sample)] == READ
    assert client_for(user).get(f"/media/t/{sha256}").status_code == 200


def test_a_picture_looks_absent_to_everybody_else(user, client_for):
    sha256, other = stored(), user_make("other")
    absent = client_for(other).get(f"/media/b/{'0' * 64}")
    hidden = client_for(other).get(f"/media/b/{sha256}")
    assert (absent.status_code, hidden.status_code) == (404, 404)
    assert {**absent.json(), "request_id": ""} == {**hidden.json(), "request_id": ""}
    assert client_for(None).get(f"/media/b/{sha256}").status_code == 401
    assert client_for(user).get(f"/media/b/{'0' * 64}").status_code == 404
    assert client_for(user).get(f"/media/b/{sha256}?s=nonsense").status_code == 404
    assert client_for(user).post(f"/media/b/{sha256}").status_code == 405


def test_without_a_reader_nothing_is_shown(user, client_for, settings):
    settings.STUDIO_MEDIA_READERS = ()
    assert client_for(user).get(f"/media/b/{stored()}").status_code == 404


def test_a_script_sees_it_by_its_token_and_a_wrong_one_does_not(user, api):
    sha256 = stored()
    assert api(tokens.token_create(user, name="t")[1]).get(f"/media/b/{sha256}").status_code == 200
    assert api("st_wrong").get(f"/media/b/{sha256}").status_code == 401


def test_it_may_be_kept_for_ever_but_not_shared(user, client_for):
    sha256 = stored()
    client = client_for(user)
    answer = client.get(f"/media/t/{sha256}")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    again = client.get(f"/media/t/{sha256}", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/zip", "image/tiff"])
def test_what_is_not_a_plain_picture_is_a_download(user, client_for, media_type):
    assert media_type not in INLINE
    answer = client_for(user).get(f"/media/b/{stored(b'<script>', media_type)}")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("media_type", ["image/jpeg", "text/html"])
def test_nothing_stored_can_run(user, client_for, media_type):
    answer = client_for(user).get(f"/media/b/{stored(b'x', media_type)}")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_large_file_comes_in_pieces(user, client_for):
    content = os.urandom(9 << 20)
    answer = client_for(user).get(f"/media/b/{stored(content)}")
    assert answer.streaming
    assert body(answer) == content


def test_the_right_to_see_is_remembered_for_five_seconds_at_most(user, client_for, monkeypatch):
    sha256, client = stored(), client_for(user)
    for _ in range(3):
        client.get(f"/media/t/{sha256}")
    assert len(READ) == 1
    now = media.time.monotonic()
    monkeypatch.setattr(media.time, "monotonic", lambda: now + media.CACHE_S)
    client.get(f"/media/t/{sha256}")
    assert len(READ) == 2


def test_the_memory_of_rights_is_bounded(user, monkeypatch):
    monkeypatch.setattr(media, "_CACHE_SIZE", 1)
    for name in "ab":
        media.may_read(user, name, None)
    assert len(media._answers) == 1


def test_a_download_carries_the_name_it_is_given(user, rf, client_for):
    from core.api.media import blob_response

    blob = blobs.blob_row(stored())
    answer = blob_response(rf.get("/"), blob, filename='é"x.zip', immutable=False)
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9%22x.zip"
    assert answer["Cache-Control"] == "private, max-age=0"


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "%2e%2e/secret_key", "..%2f..%2fsecret_key", "%252e%252e%252f", "\\..\\x", "A" * 64],
)
def test_no_path_leads_out_of_the_store(user, client_for, path):
    for kind in "tb":
        assert client_for(user).get(f"/media/{kind}/{path}").status_code == 404
    assert container_store()


@pytest.mark.parametrize(
    ("asked", "status", "said", "part"),
    [
        ("bytes=0-3", 206, "bytes 0-3/10", b"0123"),
        ("bytes=4-", 206, "bytes 4-9/10", b"456789"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=8-99", 206, "bytes 8-9/10", b"89"),
        ("bytes=-99", 206, "bytes 0-9/10", b"0123456789"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=-0", 416, "bytes */10", b""),
        ("bytes=5-2", 416, "bytes */10", b""),
        ("bytes=0-1,4-5", 200, None, b"0123456789"),
        ("bytes=-", 200, None, b"0123456789"),
        ("lines=1-2", 200, None, b"0123456789"),
    ],
)
def test_a_player_seeks_by_asking_for_a_range(user, client_for, asked, status, said, part):
    sha256 = stored(b"0123456789", "audio/wav")
    answer = client_for(user).get(f"/media/b/{sha256}", headers={"Range": asked})
    assert (answer.status_code, answer.headers.get("Content-Range"), body(answer)) == (status, said, part)
    assert answer["Accept-Ranges"] == "bytes"


def test_a_range_of_a_large_file_is_streamed(user, client_for, monkeypatch):
    monkeypatch.setattr("core.api.media._IN_MEMORY_BYTES", 10)
    content = os.urandom(1_000_000)
    answer = client_for(user).get(
        f"/media/b/{stored(content, 'audio/flac')}", headers={"Range": "bytes=999-600999"}
    )
    assert (answer.status_code, answer["Content-Length"]) == (206, "600001")
    assert body(answer) == content[999:601_000]


def test_a_range_of_what_has_changed_since_is_all_of_it(user, client_for):
    sha256 = stored(b"0123456789", "audio/mpeg")
    url, asked = f"/media/b/{sha256}", {"Range": "bytes=2-3"}
    same = client_for(user).get(url, headers={**asked, "If-Range": f'"{sha256}"'})
    other = client_for(user).get(url, headers={**asked, "If-Range": '"other"'})
    assert (same.status_code, body(same)) == (206, b"23")
    assert (other.status_code, body(other)) == (200, b"0123456789")


def test_a_stranger_gets_no_range_either(client_for):
    sha256 = stored(b"0123456789", "audio/wav")
    answer = client_for(user_make("other")).get(f"/media/b/{sha256}", headers={"Range": "bytes=0-3"})
    assert answer.status_code == 404
