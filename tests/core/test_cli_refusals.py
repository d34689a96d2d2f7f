"""`cli/studio.py` against answers that will not change, and against those that may."""

import importlib.util
import io
import urllib.error
from email.message import Message
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "cli" / "studio.py"


@pytest.fixture
def cli(monkeypatch):
    spec = importlib.util.spec_from_file_location("studio_cli", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.time, "sleep", lambda s: None)
    return module


class Api:
    """Answers each part with `status` until `times` of them were refused."""

    def __init__(self, cli, status, times=100):
        self.cli, self.status, self.times = cli, status, times
        self.sent = 0

    def call(self, method, path, *args, **kwargs):
        headers = Message()
        headers["Upload-Offset"] = "0" if method == "HEAD" else "4"
        if method == "PATCH":
            self.sent += 1
            if self.sent <= self.times:
                refusal = urllib.error.HTTPError("", self.status, "", Message(), io.BytesIO(b"{}"))
                raise self.cli._refused(refusal)
        return None, headers


@pytest.mark.parametrize("status", [401, 403, 404, 413, 422])
def test_a_final_refusal_is_told_at_once(cli, status):
    api = Api(cli, status)
    with pytest.raises(cli.Failed):
        cli._send_part(api, "id", io.BytesIO(b"part"), 0)
    assert api.sent == 1


@pytest.mark.parametrize("status", [409, 423, 429, 460, 503])
def test_a_refusal_that_may_pass_is_asked_again(cli, status):
    api = Api(cli, status, times=2)
    assert cli._send_part(api, "id", io.BytesIO(b"part"), 0) == 4
    assert api.sent == 3


def test_what_never_passes_ends_after_six_tries(cli):
    api = Api(cli, 503)
    with pytest.raises(cli.Failed):
        cli._send_part(api, "id", io.BytesIO(b"part"), 0)
    assert api.sent == cli.TRIES


def test_a_data_set_that_is_not_there_is_named_with_how_to_find_the_right_one(cli, capsys):
    class Nowhere:
        root = "http://studio.test"

        def call(self, method, path):
            assert path == "datasets/no%20such%2Fone/"
            raise cli.Gone("not found")

    wanted = cli.parser_make().parse_args(["data", "push", ".", "--dataset", "no such/one"])
    with pytest.raises(cli.Failed, match="no data set 'no such/one' that you may see; `data list` shows"):
        cli.data_push(Nowhere(), wanted)
