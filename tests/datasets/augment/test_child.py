"""The process that makes copies: what a damaged file, a refusal and a finished copy cost."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.imaging import decode
from datasets.augment import pictures
from datasets.augment.making import copies_made
from datasets.augment.pictures import Partners, PictureMaker, picture_of
from datasets.augment.pipeline import Pipeline
from tests.datasets.pictures import picture

COUNT = 6
MOSAIC = {"steps": [{"op": "mosaic"}], "seed": 3, "copies": 4}


def row_of(path, content, name):
    path.write_bytes(content)
    objects = [{"label": 0, "box": [10, 10, 30, 20]}]
    return {"id": name, "path": str(path), "offset": 0, "length": len(content), "objects": objects}


@pytest.fixture
def rows(tmp_path):
    return [row_of(tmp_path / f"{i}.jpg", picture(i, (96, 64)), f"s{i}") for i in range(COUNT)]


def made(rows, spec):
    """The copies by sample and number, and the samples with a problem."""
    answers = list(copies_made(rows, json.loads(json.dumps(spec)), PictureMaker(spec["steps"], rows)))
    copies = {(line["id"], line["copy"]): content for line, content in answers if "copy" in line}
    return copies, {line["id"]: line["problem"] for line, _ in answers if "problem" in line}


def test_a_damaged_partner_costs_nobody_else_a_copy_and_is_named_itself(rows):
    rows[2]["length"] //= 2
    copies, problems = made(rows, MOSAIC)
    assert set(problems) == {"s2"}
    assert {name for name, _ in copies} == {f"s{i}" for i in range(COUNT) if i != 2}
    assert len(copies) == 4 * (COUNT - 1)


def test_a_partner_whose_file_is_gone_is_passed_over(rows, tmp_path):
    (tmp_path / "4.jpg").unlink()
    copies, problems = made(rows, MOSAIC)
    assert problems == {"s4": "file_missing"}
    assert len(copies) == 4 * (COUNT - 1)


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (cv2.error("too large"), "augmentation_failed"),
        (ValueError("the height exceeds the limit"), "augmentation_failed"),
        (OSError("input/output error"), "file_missing"),
        (MemoryError(), "image_too_large"),
    ],
)
def test_a_refusal_is_the_problem_of_one_picture(rows, monkeypatch, refusal, code):
    apply = Pipeline.apply

    def refused(self, of, *, sample, **more):
        if sample == "s1":
            raise refusal
        return apply(self, of, sample=sample, **more)

    monkeypatch.setattr(Pipeline, "apply", refused)
    copies, problems = made(rows, MOSAIC)
    assert problems == {"s1": code}
    assert len(copies) == 4 * (COUNT - 1)


def test_what_the_encoder_refuses_is_the_problem_of_the_picture(rows, monkeypatch):
    wide = np.zeros((1, 65_600, 3), np.uint8)
    first = Path(rows[0]["path"]).read_bytes()
    monkeypatch.setattr(pictures, "decode", lambda content: wide if content == first else decode(content))
    copies, problems = made(rows, {"steps": [{"op": "gray"}], "seed": 0, "copies": 1})
    assert problems == {"s0": "augmentation_failed"}
    assert len(copies) == COUNT - 1


def test_partners_are_kept_by_their_bytes(rows):
    each = picture_of(rows[0]).pixels.nbytes
    partners = Partners(rows, keep_bytes=2 * each + each // 2)
    for index in (0, 1, 2, 3, 2):
        partners.drawn(index / COUNT + 0.01)
        assert partners.kept_bytes <= 2 * each + each // 2
    assert partners.kept_bytes == 2 * each
    assert partners.drawn(2 / COUNT + 0.01) is partners.drawn(2 / COUNT + 0.01)


def test_copies_that_are_done_are_not_made_and_the_others_are_the_same(rows):
    whole, _ = made(rows, MOSAIC)
    rest, problems = made(rows, MOSAIC | {"done": {"s0": [1, 3], "s1": [0], "s2": [1, 2, 3, 4]}})
    assert problems == {}
    assert rest == {key: content for key, content in whole.items() if key in rest}
    assert whole.keys() - rest.keys() == {
        *(("s0", copy) for copy in (1, 3)),
        *((name, copy) for name in ("s1", "s2") for copy in (1, 2, 3, 4)),
    }
