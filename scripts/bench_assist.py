"""Click to mask on objects with exact masks: overlap after one, two and three clicks and from a box; times on this machine.

    python scripts/bench_assist.py [--set FOLDER] [--objects 58] [--weights FOLDER]

FOLDER holds `images/` and `annotations.json` in COCO's form with masks as RLE. Without one, photographs of things that Tux
Paint stamps with (Debian's `tuxpaint-stamps-default`, GPL-2, never part of this product) are laid over the photographs of
scikit-image and scikit-learn. The first click is the middle of the object, each further one the middle of the largest error.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from bench_labels import CLASSES, STAMPS, fetched, photographs
from PIL import Image

from core.imaging import decode
from datasets.geometry.rle import rle_from, rle_of
from labeling.assist import grabcut
from labeling.assist.outlines import cleaned, outline_of
from labeling.assist.prompts import Prompt
from labeling.assist.sam import SIDE, Decoder, Encoder
from labeling.assist.weights import SEGMENTING, are_there

CLICKS: Final = 3
BARS: Final = {"3 clicks": 0.82, "box": 0.85}
WITHIN_MS: Final = 300.0
LEAST_AREA: Final = 400
SCENE: Final = (360, 480)


def main() -> int:
    """0 when the bars are met, or when weights or pictures are not to be had."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", type=Path)
    arguments.add_argument("--stamps", type=Path, default=os.environ.get("STUDIO_STAMPS"))
    arguments.add_argument("--objects", type=int, default=58)
    arguments.add_argument(
        "--weights", type=Path, default=Path(os.environ.get("STUDIO_WEIGHTS_DIR", "var/weights"))
    )
    asked = arguments.parse_args()
    if not are_there(asked.weights, SEGMENTING):
        print("left out: no weights; get them with `make weights`")
        return 0
    if asked.set:
        return _measured(asked.weights, _of_set(asked.set, asked.objects))
    with fetched(STAMPS, asked.stamps) as folder:
        if folder is None:
            return 0
        return _measured(asked.weights, _composed(folder, asked.objects))


Scene = tuple[Any, list[Any]]


def _measured(weights: Path, scenes: Iterator[Scene]) -> int:
    threads = max(1, len(os.sched_getaffinity(0)) // 2)
    encoder, decoder = Encoder(weights, threads), Decoder(weights, threads)
    found: dict[str, list[float]] = {}
    times: dict[str, list[float]] = {"encode": [], "click": [], "cpu": []}
    for number, (pixels, masks) in enumerate(scenes):
        began = time.perf_counter()
        vectors = encoder.vectors(pixels)
        times["encode"].append(time.perf_counter() - began)
        small = grabcut.shrunk(pixels)

        def cut(
            prompt: Prompt, number: int = number, vectors: Any = vectors, size: Any = pixels.shape[:2]
        ) -> Any:
            began, cpu = time.perf_counter(), time.process_time()
            mask = cleaned(decoder.mask(str(number), vectors, size, prompt)[0])
            outline_of(mask), rle_of(mask)
            times["click"].append(time.perf_counter() - began)
            times["cpu"].append(time.process_time() - cpu)
            return mask

        for truth in masks:
            for name, overlap in _tried(truth, cut):
                found.setdefault(name, []).append(overlap)
            box = Prompt(box=_box(truth))
            found.setdefault("box, without weights", []).append(
                _iou(cleaned(grabcut.cut(small, truth.shape, box)), truth)
            )
    return _said(found, times)


def _tried(truth: Any, cut: Any) -> Iterator[tuple[str, float]]:
    points: tuple[tuple[float, float, bool], ...] = ()
    mask = np.zeros_like(truth)
    for count in range(1, CLICKS + 1):
        points = (*points, _next(mask, truth))
        mask = cut(Prompt(points))
        yield f"{count} click{'s' * (count > 1)}", _iou(mask, truth)
    yield "box", _iou(cut(Prompt(box=_box(truth))), truth)


def _next(mask: Any, truth: Any) -> tuple[float, float, bool]:
    """The pixel farthest from the border of the largest piece that is wrong, and whether it belongs to the object."""
    pieces = [
        (stats[1:, cv2.CC_STAT_AREA].max(), wanted, labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax())
        for wanted, wrong in ((True, truth & ~mask), (False, mask & ~truth))
        for count, labels, stats, _ in [cv2.connectedComponentsWithStats(wrong.astype(np.uint8))]
        if count > 1
    ]
    if not pieces:
        pieces = [(0, True, truth)]
    _, wanted, piece = max(pieces, key=lambda row: row[0])
    depth = cv2.distanceTransform(np.pad(piece.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(depth.argmax(), depth.shape)
    return float(x) + 0.5, float(y) + 0.5, wanted


def _box(truth: Any) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(truth.any(axis=1)), np.flatnonzero(truth.any(axis=0))
    left, top = float(columns[0]), float(rows[0])
    return left, top, float(columns[-1]) + 1 - left, float(rows[-1]) + 1 - top


def _iou(one: Any, other: Any) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def _said(found: dict[str, list[float]], times: dict[str, list[float]]) -> int:
    for name, values in found.items():
        good = np.mean(np.array(values) >= 0.8)
        print(
            f"{name}: mean overlap {np.mean(values):.3f}, {good:.0%} at 0.8 or better, {len(values)} objects"
        )
    clicks, cpu = np.array(times["click"]) * 1000, np.array(times["cpu"]) * 1000
    print(f"encoding a picture: median {np.median(times['encode']):.2f} s")
    print(
        f"a click, mask and outline: median {np.median(clicks):.0f} ms, p95 {np.percentile(clicks, 95):.0f} ms"
    )
    print(f"the same, processor time: median {np.median(cpu):.0f} ms, p95 {np.percentile(cpu, 95):.0f} ms")
    missed = [name for name, bar in BARS.items() if np.mean(found[name]) < bar]
    missed += ["time"] if np.median(cpu) > WITHIN_MS else []
    print(f"missed: {', '.join(missed)}" if missed else "all bars met")
    return int(bool(missed))


def _of_set(folder: Path, objects: int) -> Iterator[Scene]:
    told = json.loads((folder / "annotations.json").read_text("utf-8"))
    left = objects
    for image in told["images"]:
        rows = [row for row in told["annotations"] if row["image_id"] == image["id"]][:left]
        masks = [rle.mask() for row in rows if (rle := rle_from(row["segmentation"])) is not None]
        if not masks:
            continue
        yield decode((folder / "images" / image["file_name"]).read_bytes(), SIDE), masks
        left -= len(masks)
        if left <= 0:
            return


def _composed(stamps: Path, objects: int) -> Iterator[Scene]:
    rng = np.random.default_rng(11)
    files = sorted(
        {path for each in CLASSES.values() for name in each for path in stamps.glob(f"{name}/*.png")}
    )
    backgrounds = photographs()
    left = objects
    while left > 0:
        scene = _background(backgrounds[rng.integers(len(backgrounds))])
        owner = np.zeros(SCENE, np.int32)
        for number in range(1, int(rng.integers(2, 6))):
            _stamp(rng, scene, owner, number, files[rng.integers(len(files))])
        masks = [owner == number for number in np.unique(owner)[1:]]
        masks = [mask for mask in masks if mask.sum() >= LEAST_AREA][:left]
        if masks:
            left -= len(masks)
            yield scene, masks


def _background(photograph: Any) -> Any:
    height, width = photograph.shape[:2]
    scale = max(SCENE[0] / height, SCENE[1] / width)
    size = max(SCENE[1], round(width * scale)), max(SCENE[0], round(height * scale))
    return cv2.resize(photograph, size, interpolation=cv2.INTER_AREA)[: SCENE[0], : SCENE[1]].copy()


def _stamp(rng: Any, scene: Any, owner: Any, number: int, file: Path) -> None:
    picture = Image.open(file).convert("RGBA")
    scale = rng.uniform(60, 200) / max(picture.size)
    size = max(8, round(picture.width * scale)), max(8, round(picture.height * scale))
    pixels = np.asarray(picture.resize(size, Image.Resampling.LANCZOS))
    y = int(rng.integers(0, SCENE[0] - size[1]))
    x = int(rng.integers(0, SCENE[1] - size[0]))
    part, share = scene[y : y + size[1], x : x + size[0]], pixels[..., 3:] / 255
    part[:] = np.rint(pixels[..., :3] * share + part * (1 - share)).astype(np.uint8)
    owner[y : y + size[1], x : x + size[0]][pixels[..., 3] > 127] = number


if __name__ == "__main__":
    sys.exit(main())
