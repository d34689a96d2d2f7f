import io
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.formats import limits
from datasets.formats.archive import ArchiveRefused, open_tree
from datasets.formats.base import FormatMismatch, MemberUnreadable
from datasets.formats.registry import format_detected
from tests.datasets.pictures import picture, saved, tarred, zipped

LIMIT = 64 * 1024**2
FILES = {"a/1.jpg": picture(1), "a/2.jpg": picture(2), "b/3.jpg": picture(3)}


def opened(tmp_path, content, name="upload.zip"):
    return open_tree(saved(tmp_path, content, name), name, tmp_path)


def refused_code(tmp_path, content, name="upload.zip"):
    with pytest.raises(ArchiveRefused) as caught:
        opened(tmp_path, content, name)
    return caught.value.code


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def problems(tree):
    return {problem.code for problem in tree.refused}


@pytest.mark.parametrize(
    "content",
    [
        zipped(FILES),
        zipped(FILES, zipfile.ZIP_DEFLATED),
        tarred(FILES),
        tarred(FILES, "w:gz"),
        tarred(FILES, "w:bz2"),
        tarred(FILES, "w:xz"),
    ],
    ids=["stored", "deflated", "tar", "gz", "bz2", "xz"],
)
def test_members_come_back_byte_for_byte(tmp_path, content):
    tree = opened(tmp_path, content)
    assert {m.name: tree.read(m, LIMIT) for m in tree.members} == FILES
    tree.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["upload.zip"]


def test_a_long_name_in_a_tar_survives(tmp_path):
    name = "d" * 90 + "/" + "x" * 200 + ".jpg"
    for fmt in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=fmt) as archive:
            entry = tarfile.TarInfo(name)
            entry.size = 3
            archive.addfile(entry, io.BytesIO(b"abc"))
        tree = opened(tmp_path, out.getvalue())
        assert [m.name for m in tree.members] == [name]


def test_one_picture_is_a_tree_of_one(tmp_path):
    tree = opened(tmp_path, picture(1), "cat.jpg")
    assert [m.name for m in tree.members] == ["cat.jpg"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.zip", "archive_empty"),
        (b"just text", "a.zip", "archive_damaged"),
        (b"just text", "a.docx", "archive_unsupported"),
        (b"Rar!\x1a\x07\x00", "a.rar", "archive_unsupported"),
        (zipped(FILES)[:-30], "a.zip", "archive_damaged"),
        (zipped(FILES)[: len(zipped(FILES)) // 2], "a.zip", "archive_damaged"),
        (tarred(FILES, "w:gz")[:-200], "a.tgz", "archive_damaged"),
        (zlib.compress(b"x"), "a.zip", "archive_damaged"),
    ],
    ids=["empty", "text", "other", "rar", "cut end", "half", "half gz", "zlib"],
)
def test_what_is_no_archive_is_refused_with_a_reason(tmp_path, content, name, code):
    assert refused_code(tmp_path, content, name) == code


def test_what_was_left_out_is_told_where_nothing_else_was_found(tmp_path):
    content = zipped({"../../x.jpg": b"x", "../y.jpg": b"y"})
    tree = opened(tmp_path, content)
    with pytest.raises(FormatMismatch, match=r"left out were .*x\.jpg.*and 1 more"):
        format_detected(tree, "auto")
    tree.close()


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path):
    content = zipped({"bomb.jpg": bytes(64 * 1024**2)}, zipfile.ZIP_DEFLATED)
    assert refused_code(tmp_path, content) == "archive_bomb"


def test_a_compressed_tar_bomb_stops_at_the_limit(tmp_path):
    assert refused_code(tmp_path, tarred({"bomb.jpg": bytes(64 * 1024**2)}, "w:gz")) == "archive_bomb"
    assert [p.name for p in tmp_path.iterdir()] == ["upload.zip"]


def test_a_member_that_lies_about_its_size_is_not_inflated_past_it(tmp_path):
    content = bytearray(zipped({"liar.jpg": bytes(5 * 1024**2), "ok.jpg": picture(1)}, zipfile.ZIP_DEFLATED))
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 100)
    tree = opened(tmp_path, bytes(content))
    with pytest.raises(MemberUnreadable) as caught:
        tree.read(tree.members[0], LIMIT)
    assert caught.value.problem.code == "file_damaged"
    assert tree.read(tree.members[1], LIMIT) == picture(1)


def test_a_wrong_checksum_is_a_problem_of_that_file(tmp_path):
    content = bytearray(zipped(FILES))
    content[content.find(b"a/1.jpg") + 40] ^= 0xFF
    tree = opened(tmp_path, bytes(content))
    with pytest.raises(MemberUnreadable):
        tree.read(tree.members[0], LIMIT)
    assert tree.read(tree.members[1], LIMIT) == FILES["a/2.jpg"]


def test_overlapping_members_are_refused(tmp_path):
    content = bytearray(zipped(FILES))
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 4)
    struct.pack_into("<L", content, second + 42, struct.unpack_from("<L", content, first + 42)[0])
    assert refused_code(tmp_path, bytes(content)) == "archive_overlap"


def test_too_many_entries_are_refused(tmp_path, monkeypatch):
    for module in ("datasets.formats.limits", "datasets.formats.zipfiles", "datasets.formats.tarfiles"):
        monkeypatch.setattr(f"{module}.MAX_ENTRIES", 2)
    assert refused_code(tmp_path, zipped(FILES)) == "archive_too_many_entries"
    assert refused_code(tmp_path, tarred(FILES)) == "archive_too_many_entries"
    assert limits.MAX_ENTRIES == 2


BAD_NAMES = [
    "../up.jpg",
    "..\\..\\up.jpg",
    "/etc/x.jpg",
    "a/../../x.jpg",
    "C:/x.jpg",
    "a\\..\\x.jpg",
    "a//x.jpg",
    "a/\x01.jpg",
    "d/" * 21 + "x.jpg",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_could_leave_a_folder_is_listed_and_not_imported(tmp_path, name):
    for content in (
        zipped({name: picture(1), "ok.jpg": picture(2)}),
        tarred({name: picture(1), "ok.jpg": picture(2)}),
    ):
        tree = opened(tmp_path, content)
        assert [m.name for m in tree.members] == ["ok.jpg"]
        assert problems(tree) == {"unsafe_name"}


def test_links_and_devices_are_listed_and_not_imported(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.jpg")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert problems(opened(tmp_path, out.getvalue())) == {"unsafe_link"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo(f"{kind.decode()}.jpg")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    tree = opened(tmp_path, out.getvalue())
    assert not tree.members
    assert problems(tree) == {"unsafe_link"}


def test_an_encrypted_member_is_listed(tmp_path):
    content = bytearray(zipped(FILES))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    tree = opened(tmp_path, bytes(content))
    assert problems(tree) == {"file_encrypted"}
    assert len(tree.members) == 2


def test_an_archive_of_nothing_but_encrypted_members_is_said_so(tmp_path):
    content = bytearray(zipped({"cat/1.jpg": picture(1)}))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ArchiveRefused, match="pack it without a password"):
        opened(tmp_path, bytes(content))


def test_two_names_that_one_file_system_takes_for_one_clash(tmp_path):
    tree = opened(tmp_path, zipped({"Ä.jpg": picture(1), "a\u0308.JPG": picture(2)}))
    assert problems(tree) == {"name_clash"}


def test_a_local_name_that_differs_from_the_directory_is_listed(tmp_path):
    content = zipped(FILES).replace(b"a/1.jpg", b"a/9.jpg", 1)
    assert problems(opened(tmp_path, content)) == {"unsafe_name"}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp437"])
def test_names_without_the_utf8_flag_are_decoded(tmp_path, encoding):
    name = "café.jpg" if encoding == "cp437" else "猫咪图片/训练样本.jpg"
    placeholder = "x" * len(name.encode(encoding))
    content = zipped({placeholder: picture(1)}).replace(placeholder.encode(), name.encode(encoding))
    assert [m.name for m in opened(tmp_path, content).members] == [name]


def test_what_systems_leave_behind_is_ignored(tmp_path):
    tree = opened(
        tmp_path,
        zipped({"__MACOSX/._1.jpg": b"x", ".DS_Store": b"x", "a/Thumbs.db": b"x", "a/1.jpg": picture(1)}),
    )
    assert [m.name for m in tree.members] == ["a/1.jpg"]
    assert not tree.refused


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_never_raises_anything_else(tmp_path, data):
    base = data.draw(
        st.sampled_from([zipped(FILES, zipfile.ZIP_DEFLATED), tarred(FILES), tarred(FILES, "w:gz")])
    )
    content = bytearray(base)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    before = open_files()
    try:
        tree = opened(tmp_path, bytes(content))
    except ArchiveRefused:
        assert open_files() == before
        return
    for member in tree.members:
        try:
            assert len(tree.read(member, LIMIT)) == member.size_bytes
        except MemberUnreadable:
            continue
    tree.close()
    assert open_files() == before
