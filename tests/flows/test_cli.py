"""`cli/studio.py` as a person runs it: against the started studio, killed on the way, with wrong words."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.datasets.pictures import picture, zipped
from tests.support.stack import ROOT

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
CLI = ROOT / "cli" / "studio.py"


@pytest.fixture(scope="module")
def token(stack):
    return stack.token()


@pytest.fixture
def dataset(stack, token):
    project = stack.api("POST", "/projects/", token, json={"name": f"cli {time.time_ns()}"}).json()
    body = {"project": project["id"], "name": "pushed", "modality": "image", "task": "image_classification"}
    return stack.api("POST", "/datasets/", token, json=body).json()["id"]


@pytest.fixture
def folder(tmp_path):
    for number in range(12):
        path = tmp_path / "photos" / ("cat", "dog")[number % 2] / f"{number} 猫.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))
    return tmp_path / "photos"


@pytest.fixture
def cli(stack, token, tmp_path):
    """Start the command; what it becomes."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "STUDIO_URL": stack.base_url,
        "STUDIO_TOKEN": token,
    }

    def start(*arguments, **changes):
        return subprocess.Popen(
            [sys.executable, str(CLI), *map(str, arguments)],
            env={**env, **changes},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def ended(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def samples_of(stack, token, dataset):
    answer = stack.api("GET", f"/datasets/{dataset}/samples/?limit=200&count=1", token).json()
    return sorted(row["name"] for row in answer["results"])


def test_a_folder_is_pushed_and_pushed_again_brings_nothing_twice(cli, stack, token, dataset, folder):
    code, out, err = ended(cli("data", "push", folder, "--dataset", dataset, "--json"))
    assert code == 0, err
    assert (json.loads(out)["created"], json.loads(out)["annotated"]) == (12, 12)
    assert samples_of(stack, token, dataset) == sorted(
        f"{('cat', 'dog')[i % 2]}/{i} 猫.jpg" for i in range(12)
    )
    code, out, _ = ended(cli("data", "push", folder, "--dataset", dataset))
    assert code == 0
    assert "duplicates  12" in out
    code, out, _ = ended(cli("data", "list"))
    assert code == 0
    assert f"{dataset}         12  image_classification" in out


def test_tags_are_pushed_on_what_comes_and_on_what_is_there(cli, stack, token, dataset, folder):
    assert ended(cli("data", "push", folder, "--dataset", dataset))[0] == 0
    (folder / "cat" / "new.jpg").write_bytes(picture(99))
    push = ("data", "push", folder, "--dataset", dataset, "--tag", "Line 3", "--tag", "雨")
    code, out, _ = ended(cli(*push, "--json"))
    result = json.loads(out)
    assert (code, result["created"], result["tagged"]) == (0, 1, 12)
    code, out, _ = ended(cli(*push))
    assert code == 0
    assert "tagged" not in out
    answer = stack.api("GET", f"/datasets/{dataset}/samples/?tag=line%203&count=1", token).json()
    assert {tuple(row["tags"]) for row in answer["results"]} == {("line 3", "雨")}
    assert answer["count"] == 13
    code, _, err = ended(cli("data", "push", folder, "--dataset", dataset, "--tag", "a,b"))
    assert code == 1
    assert "no commas" in err


def test_a_token_with_the_end_of_its_line_works_and_odd_names_come_in(
    cli, stack, token, dataset, folder, tmp_path
):
    (folder / "cat" / "loop").symlink_to(folder)
    (tmp_path / "secret.jpg").write_bytes(picture(77))
    (folder / "cat" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    odd = os.fsencode(folder / "dog") + "/照片.jpg".encode("gb18030")
    Path(os.fsdecode(odd)).write_bytes(picture(88))
    code, out, err = ended(
        cli("data", "push", folder, "--dataset", dataset, "--json", STUDIO_TOKEN=f"{token}\r")
    )
    assert code == 0, err
    assert json.loads(out)["created"] == 13
    assert "dog/照片.jpg" in samples_of(stack, token, dataset)
    assert err.count("a link") == 2


def test_a_rehearsal_writes_nothing(cli, stack, token, dataset, folder):
    code, out, _ = ended(cli("data", "push", folder, "--dataset", dataset, "--dry-run"))
    assert code == 0
    assert "created     12" in out
    assert samples_of(stack, token, dataset) == []


def test_a_push_that_is_killed_goes_on_where_it_stopped(cli, stack, token, dataset, tmp_path):
    path = tmp_path / "large.zip"
    noise = {f"{i}.jpg": picture(i) + os.urandom(6 << 20) for i in range(16)}
    path.write_bytes(zipped(noise))
    kept = tmp_path / ".cache" / "studio" / "uploads.json"
    process = cli("data", "push", path, "--dataset", dataset)
    while not kept.exists() or not _offset(stack, token, kept):
        assert process.poll() is None, ended(process)
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = _offset(stack, token, kept)
    code, out, err = ended(cli("data", "push", path, "--dataset", dataset, "--json"))
    assert code == 0, err
    assert f"going on at {before / (1 << 20):.1f} MB" in err
    assert json.loads(out)["created"] == 16
    assert json.loads(kept.read_text()) == {}


def _offset(stack, token, kept):
    (upload,) = json.loads(kept.read_text()).values()
    return stack.api("GET", f"/uploads/{upload}/", token).json()["offset"]


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "says"),
    [
        (["data", "push", "/nowhere", "--dataset", "x"], {}, 1, "`data list` shows"),
        (["data", "list"], {"STUDIO_TOKEN": "wrong"}, 1, "token"),
        (["data", "list"], {"STUDIO_TOKEN": ""}, 2, "STUDIO_TOKEN"),
        (["data", "list"], {"STUDIO_TOKEN": "st_a\nb"}, 2, "copy it again"),
        (["data", "list"], {"STUDIO_URL": "ftp://x"}, 1, "http"),
        (["data", "push"], {}, 2, "usage"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(cli, arguments, changes, code, says):
    got, _, err = ended(cli(*arguments, **changes))
    assert (got, "Traceback" in err) == (code, False), err
    assert says in err


def test_a_file_that_is_not_there_and_a_text_are_refused_with_a_remedy(cli, dataset, tmp_path):
    code, _, err = ended(cli("data", "push", tmp_path / "none", "--dataset", dataset))
    assert (code, "is not there" in err) == (1, True)
    (tmp_path / "notes.pdf").write_text("no picture")
    code, _, err = ended(cli("data", "push", tmp_path / "notes.pdf", "--dataset", dataset))
    assert code == 1
    assert "Traceback" not in err
