"""Wrong labels planted among stamps: how many of them stand within the first tenth of the ranking.

    python scripts/bench_labels.py [--stamps FOLDER] [--each 120] [--draws 3]

The photographs of things that Tux Paint stamps with (Debian's `tuxpaint-stamps-default`, GPL-2, never part of this
repository) are put on crops of the photographs that scikit-learn and scikit-image carry: eight classes, 160 pixels.
Without a FOLDER the installed package is taken, else it is fetched by apt-get (161 MB) and thrown away again. One
picture in twenty gets the class of another; the vectors are those of the studio. Ends with 1 when less than half of
the planted ones are found, twice: where pictures of one stamp may be on both sides of a fold, and where not.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PIL import Image

SIDE: Final = 160
PLANTED, FIRST, BAR = 0.05, 0.1, 0.5
# A class and the folders of its stamps.
CLASSES: Final = {
    "bird": ("animals/birds",),
    "mammal": ("animals/mammals", "animals/mammals/*", "animals/marsupials"),
    "produce": ("food/fruit", "food/vegetables"),
    "flower": ("plants/flowers",),
    "coin": ("symbols/money/*/coins",),
    "road_sign": ("town/roadsigns",),
    "vehicle": ("vehicles", "vehicles/*", "vehicles/*/*"),
    "instrument": ("hobbies/music/*",),
}
DRAWN: Final = {"cartoon", "toys", "plastic"}
MIN_PIXELS, MIN_COLORS = 1_500, 12


@dataclass(frozen=True, slots=True)
class Package:
    """A package of Debian and the folder of its data, from the root."""

    name: str
    folder: str


STAMPS: Final = Package("tuxpaint-stamps-default", "usr/share/tuxpaint/stamps")


def main() -> int:
    """0 when half of the planted ones, or more, are found each time."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--stamps", type=Path, default=os.environ.get("STUDIO_STAMPS"))
    arguments.add_argument("--each", type=int, default=120)
    arguments.add_argument("--draws", type=int, default=3)
    asked = arguments.parse_args()
    with fetched(STAMPS, asked.stamps) as folder:
        if folder is None:
            return 0
        shares = list(found_shares(folder, asked.each, asked.draws))
    return int(min(shares) < BAR)


@contextmanager
def fetched(package: Package, given: Path | str | None = None) -> Iterator[Path | None]:
    """The folder of the data, as long as the block lasts; None, and a line, where it is not to be had."""
    known = next((Path(each) for each in (given, f"/{package.folder}") if each and Path(each).is_dir()), None)
    if known is not None:
        yield known
        return
    with tempfile.TemporaryDirectory(prefix="studio-data-") as folder:
        found = Path(folder) / package.folder if _unpacked(package.name, Path(folder)) else None
        if found is None or not found.is_dir():
            print(f"left out: {package.name} is neither installed nor to be had; name its folder")
            found = None
        yield found


def _unpacked(name: str, folder: Path) -> bool:
    try:
        subprocess.run(["apt-get", "download", "-qq", name], cwd=folder, check=True, capture_output=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package.name, "."], cwd=folder, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def found_shares(folder: Path, each: int, draws: int) -> Iterator[float]:
    """Of the planted ones, the share within the first tenth: of each draw, without and with folds by stamp."""
    began = time.process_time()
    pictures, labels, stamps = scenes(folder, each)
    vectors = vectors_of(pictures)
    print(f"{len(labels)} pictures of {len(set(stamps))} stamps: {time.process_time() - began:.0f} s of CPU")
    for draw in range(draws):
        wrong, planted = _planted(labels, draw)
        for title, groups in (
            ("of any stamp", np.arange(len(labels))),
            ("stamps never across folds", stamps),
        ):
            first = _ranking(vectors, wrong, groups)[: int(FIRST * len(labels))]
            found = len(set(first.tolist()) & set(planted.tolist()))
            print(f"draw {draw}, {title}: {found} of {len(planted)} planted within the first {len(first)}")
            yield found / len(planted)


def scenes(folder: Path, each: int) -> tuple[list[Any], Any, Any]:
    """Pictures (SIDE, SIDE, 3) uint8, the number of the class and of the stamp of each. One seed."""
    rng = np.random.default_rng(7)
    backgrounds = photographs()
    pictures: list[Any] = []
    labels: list[int] = []
    stamps: list[int] = []
    known = 0
    for label, folders in enumerate(CLASSES.values()):
        cut = _cutouts(folder, folders)
        if not cut:
            raise SystemExit(f"no stamps in {folder}")
        for number in range(each):
            place = number % len(cut)
            pictures.append(_scene(cut[place], backgrounds[int(rng.integers(len(backgrounds)))], rng))
            labels.append(label)
            stamps.append(known + place)
        known += len(cut)
    return pictures, np.array(labels), np.array(stamps)


def photographs() -> list[Any]:
    """(H, W, 3) uint8, the shorter side 240 pixels, no two with the same things in them and none with a stamp's."""
    import skimage.data
    from sklearn.datasets import load_sample_image

    folder = Path(skimage.data.__file__).parent
    opened = [Image.open(folder / name) for name in ("astronaut.png", "coffee.png", "rocket.jpg")]
    found = []
    for photo in [*opened, Image.fromarray(load_sample_image("china.jpg"))]:
        scale = 240 / min(photo.size)
        size = (round(photo.width * scale), round(photo.height * scale))
        found.append(np.asarray(photo.convert("RGB").resize(size)))
    return found


def _cutouts(root: Path, folders: tuple[str, ...]) -> list[Image.Image]:
    """Photographs, cut to what is not transparent; flat drawings are left out."""
    names = sorted({path for folder in folders for path in root.glob(f"{folder}/*.png")})
    kept = []
    for path in names:
        with Image.open(path) as opened:
            stamp = opened.convert("RGBA")
        pixels = np.asarray(stamp)
        solid = pixels[..., 3] > 128
        colors = np.unique((pixels[..., :3][solid] >> 3).astype(np.int32) @ np.array([1024, 32, 1]))
        if not DRAWN & set(path.parts) and solid.sum() >= MIN_PIXELS and len(colors) >= MIN_COLORS:
            kept.append(stamp.crop(stamp.getchannel("A").getbbox()))
    return kept


def _scene(stamp: Image.Image, photo: Any, rng: np.random.Generator) -> Any:
    """A stamp, 70 to 140 pixels long and a little turned, on a crop of a photograph."""
    top, left = (int(rng.integers(0, size - SIDE)) for size in photo.shape[:2])
    canvas = Image.fromarray(photo[top : top + SIDE, left : left + SIDE])
    scale = float(rng.uniform(70, 140)) / max(stamp.size)
    size = (max(4, round(stamp.width * scale)), max(4, round(stamp.height * scale)))
    turned = stamp.resize(size).rotate(float(rng.uniform(-25, 25)), Image.Resampling.BICUBIC, expand=True)
    room = [max(1, SIDE - side) for side in turned.size]
    canvas.paste(turned, (int(rng.integers(room[0])), int(rng.integers(room[1]))), turned)
    return np.array(canvas)


def vectors_of(pictures: list[Any]) -> Any:
    """(N, D) of length 1, as the studio makes them of thumbnails."""
    import torch

    from training.engine.features import BATCH, extractor_of
    from training.engine.lite0 import Lite0, pretrained_state
    from training.engine.preprocess import Preprocess, square_of

    torch.set_num_threads(1)
    body = Lite0()
    body.load_state_dict(pretrained_state())
    extract = extractor_of(body, SIDE, torch.device("cpu"), 1, len(pictures))
    squares = [square_of(picture, Preprocess(SIDE)) for picture in pictures]
    made = [extract(np.stack(squares[at : at + BATCH])) for at in range(0, len(squares), BATCH)]
    vectors = np.concatenate(made)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _planted(labels: Any, draw: int) -> tuple[Any, Any]:
    """The labels with one in twenty replaced by another class, and the places of those."""
    rng = np.random.default_rng(draw)
    rows = rng.choice(len(labels), int(PLANTED * len(labels)), replace=False)
    wrong = labels.copy()
    wrong[rows] = (wrong[rows] + rng.integers(1, len(CLASSES), len(rows))) % len(CLASSES)
    return wrong, rows


def _ranking(vectors: Any, labels: Any, groups: Any) -> Any:
    """Rows from the label that fits least to the one that fits best."""
    from datasets.embeddings.confident import margins_of
    from datasets.embeddings.heads import folds_of, unseen_probabilities

    def read() -> Iterator[Any]:
        for start in range(0, len(vectors), 512):
            yield (
                np.arange(start, min(start + 512, len(vectors))),
                vectors[start : start + 512].astype(np.float32),
            )

    probabilities = unseen_probabilities(read, labels, folds_of(groups), len(CLASSES))
    return np.argsort(margins_of(probabilities, labels))


if __name__ == "__main__":
    sys.exit(main())
