"""An upload whose client, server and network are killed at random points: it goes on where it stopped, equal to the byte.

`STUDIO_CUTS_SEED` repeats a run; the seed is in the output of a failed one. The browser's own part of it is
`frontend/e2e/upload.spec.ts`.
"""

import hashlib
import io
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.datasets.pictures import zipped
from tests.faults.storm import say
from tests.support.cable import Cable
from tests.support.stack import ROOT, Stack

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]
SEED = int(os.environ.get("STUDIO_CUTS_SEED") or random.SystemRandom().randrange(10_000))
CUTS = ("client", "server", "network") * 4
PICTURES = 24
BYTES_PER_S = 6e6
LONGEST_OUTAGE_S = 1.5


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("cuts") / "var")
    running.start()
    yield running
    running.close()


def raw_picture(seed):
    """Some 700 kB that nothing can pack: a BMP of noise."""
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (480, 480, 3), np.uint8)
    Image.fromarray(pixels).save(out, "BMP")
    return out.getvalue()


class Sender:
    """The client, begun anew after each of its deaths; it knows the upload's number and nothing else."""

    def __init__(self, cable, upload, token, file, chance):
        url = f"http://127.0.0.1:{cable.port}"
        self._command = [sys.executable, str(ROOT / "tests/flows/sending.py"), url, upload, token, str(file)]
        self._chance = chance
        self.begin()

    def begin(self):
        self.process = subprocess.Popen([*self._command, str(self._chance.randrange(1 << 16, 3 << 20))])

    def kill(self):
        self.process.kill()
        self.process.wait(10)


def cut(kind, stack, cable, sender, chance):
    if kind == "client":
        sender.kill()
        sender.begin()
    elif kind == "server":
        stack.wait_restarted("web", stack.kill("web"))
    else:
        cable.pull()
        time.sleep(chance.uniform(0.1, LONGEST_OUTAGE_S))
        cable.plug()


def sent(cable, sender, point):
    """Wait until so much went over the line. False when the client was done before."""
    while cable.sent < point:
        if sender.process.poll() is not None:
            return False
        time.sleep(0.002)
    return True


def test_an_upload_cut_at_random_points_arrives_equal_to_the_byte(own_stack, tmp_path):
    chance, token = random.Random(SEED), own_stack.token()
    say("seed", SEED)
    files = {f"p-{seed}.bmp": raw_picture(seed + 1_000 * SEED) for seed in range(PICTURES)}
    content = zipped(files)
    path = tmp_path / "pictures.zip"
    path.write_bytes(content)
    project = own_stack.api("POST", "/projects/", token, json={"name": "cuts"}).json()["id"]
    body = {"project": project, "name": "cuts", "modality": "image", "task": "image_classification"}
    dataset = own_stack.api("POST", "/datasets/", token, json=body).json()["id"]
    made = own_stack.api(
        "POST", "/uploads/", token, headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content))}
    ).json()
    points = sorted(chance.randrange(len(content)) for _ in CUTS)
    kinds = chance.sample(CUTS, len(CUTS))
    with Cable(own_stack.port, BYTES_PER_S) as cable:
        sender = Sender(cable, made["id"], token, path, chance)
        try:
            known = 0
            for point, kind in zip(points, kinds, strict=True):
                assert sent(cable, sender, point), "the client was done before its last cut"
                cut(kind, own_stack, cable, sender, chance)
                own_stack.wait_web()
                offset = own_stack.api("GET", f"/uploads/{made['id']}/", token).json()["offset"]
                say(f"{kind} at {point:,} of {len(content):,}: {offset:,} are there")
                assert known <= offset <= len(content)
                known = offset
            assert known > 0
            assert sender.process.wait(120) == 0
        finally:
            sender.kill()
    stored = Path(own_stack.data_dir) / "uploads" / made["id"]
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == hashlib.sha256(content).hexdigest()

    begun = own_stack.api("POST", f"/datasets/{dataset}/imports/", token, json={"upload_id": made["id"]})
    own_stack.wait_job(begun.json()["job"]["id"], token)
    found = own_stack.api("GET", f"/datasets/{dataset}/samples/?limit=100", token).json()["results"]
    assert {row["name"]: row["sha256"] for row in found} == {
        name: hashlib.sha256(picture).hexdigest() for name, picture in files.items()
    }
