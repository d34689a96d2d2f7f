"""How many mirrored, turned and recolored copies are found, and how many pairs join different pictures.

    python scripts/bench_look_alikes.py [--fashion DIR] [--originals 1000]

Three sets of different pictures: stretches of the photographs that come with scikit-image, none overlapping another,
such of a retina, on which there is hardly anything to tell them by, and clothes of Fashion-MNIST where the Debian package `dataset-fashion-mnist` is installed. Of every tenth of them a copy of
each kind is saved as JPEG. No database, no network. Prints a line of JSON a set.
"""

import argparse
import gzip
import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

Picture = NDArray[np.uint8]
TILE: Final = 128
SMOOTH: Final = ("retina",)
EVERY: Final = 10
PHOTOS: Final = (
    *("astronaut", "chelsea", "coffee", "motorcycle_left", "ihc", "camera", "coins", "cell", "moon"),
    *("brick", "grass", "gravel", "hubble_deep_field", "rocket"),
)


def _hued(degrees: int) -> Callable[[Picture], Picture]:
    def change(picture: Picture) -> Picture:
        hsv = np.array(Image.fromarray(picture).convert("HSV"))
        hsv[..., 0] += np.uint8(degrees * 256 // 360)
        return np.array(Image.fromarray(hsv, "HSV").convert("RGB"))

    return change


def _mixed(rows: list[list[float]]) -> Callable[[Picture], Picture]:
    return lambda picture: np.clip(picture @ np.array(rows).T, 0, 255).astype(np.uint8)


def _cropped(share: float) -> Callable[[Picture], Picture]:
    def change(picture: Picture) -> Picture:
        height, width = (round(side * share) for side in picture.shape[:2])
        top, left = (picture.shape[0] - height) // 3, (picture.shape[1] - width) * 2 // 3
        return picture[top : top + height, left : left + width]

    return change


KINDS: Final[dict[str, Callable[[Picture], Picture]]] = {
    "mirrored": lambda picture: picture[:, ::-1],
    "upside_down": lambda picture: picture[::-1],
    "turned_90": lambda picture: np.rot90(picture),
    "turned_180": lambda picture: np.rot90(picture, 2),
    "turned_270": lambda picture: np.rot90(picture, 3),
    "mirrored_turned": lambda picture: np.rot90(picture[:, ::-1]),
    "gray": lambda picture: np.array(Image.fromarray(picture).convert("L").convert("RGB")),
    "sepia": _mixed([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]),
    "tinted": _mixed([[1.1, 0, 0], [0, 0.9, 0], [0, 0, 0.6]]),
    "hue_60": _hued(60),
    "hue_180": _hued(180),
    "red_and_blue_swapped": lambda picture: picture[..., ::-1],
    "crop_0.8": _cropped(0.8),
    "crop_0.5": _cropped(0.5),
}


def photographs(names: tuple[str, ...] = PHOTOS) -> Iterator[Picture]:
    """(128, 128, 3) stretches that do not overlap; what is all of one color is left out."""
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    for name in names:
        path = next((found for found in folder.glob(f"{name}.*")), None)
        if path is None:
            continue
        whole = np.array(Image.open(path).convert("RGB"))
        for top in range(0, whole.shape[0] - TILE + 1, TILE):
            for left in range(0, whole.shape[1] - TILE + 1, TILE):
                tile = whole[top : top + TILE, left : left + TILE]
                if tile.std() > 12:
                    yield tile


def clothes(folder: Path) -> Iterator[Picture]:
    """(112, 112, 3) of Fashion-MNIST."""
    path = folder / "t10k-images-idx3-ubyte.gz"
    if path.is_file():
        with gzip.open(path) as file:
            shades = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
        for shade in shades:
            large = Image.fromarray(shade).resize((112, 112), Image.Resampling.BICUBIC)
            yield np.array(large.convert("RGB"))


def measured(name: str, originals: list[Picture]) -> dict[str, Any]:
    """What is found among the originals and a copy of each kind of every tenth."""
    from datasets.quality.features import features_of
    from datasets.quality.look_alikes import look_alike_pairs
    from datasets.quality.twins import near_pairs

    pictures, of, kinds = list(originals), list(range(len(originals))), [""] * len(originals)
    for number, original in enumerate(originals):
        for place, (kind, change) in enumerate(KINDS.items()):
            if number % EVERY == place % EVERY:
                pictures.append(_saved(change(original), 80 + number % 15))
                of.append(number)
                kinds.append(kind)
    found = [features_of(picture) for picture in pictures]
    signatures = np.stack([np.frombuffer(row.signature, np.uint8) for row, _ in found])
    began = time.perf_counter()

    def shades(rows: NDArray[np.int64]) -> Picture:
        return np.stack([_shades(pictures[row]) for row in rows])

    near = near_pairs(signatures, np.array([dhash for _, dhash in found]), shades=shades)
    between = time.perf_counter()
    alike = look_alike_pairs(signatures, shades)
    seconds = time.perf_counter() - between
    seen: dict[str, set[int]] = defaultdict(set)
    wrong: dict[str, int] = {}
    for finder, pairs in (("near", near), ("alike", alike)):
        same = np.array(of)[pairs[:, 0]] == np.array(of)[pairs[:, 1]]
        wrong[finder] = int((~same).sum())
        for a, b in pairs[same].tolist():
            seen[finder] |= {a, b}
    seen["either"] = seen["near"] | seen["alike"]
    rows = {kind: [i for i, one in enumerate(kinds) if one == kind] for kind in KINDS}
    recall = {
        finder: {k: round(sum(i in seen[finder] for i in r) / max(1, len(r)), 3) for k, r in rows.items()}
        for finder in ("near", "alike", "either")
    }
    return {
        "set": name,
        "pictures": len(pictures),
        "copies_a_kind": len(rows["mirrored"]),
        "near": {
            "pairs": len(near),
            "wrong": wrong["near"],
            "s": round(between - began, 2),
            "recall": recall["near"],
        },
        "alike": {
            "pairs": len(alike),
            "wrong": wrong["alike"],
            "precision": round(1 - wrong["alike"] / max(1, len(alike)), 4),
            "s": round(seconds, 2),
            "recall": recall["alike"],
        },
        "either": recall["either"],
    }


def _shades(picture: Picture) -> Picture:
    import cv2

    from datasets.quality.blocks import SHADES

    luma = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(luma, (SHADES, SHADES), interpolation=cv2.INTER_AREA))


def _saved(picture: Picture, quality: int) -> Picture:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(out, "JPEG", quality=quality)
    return np.array(Image.open(out).convert("RGB"))


def main() -> None:
    """A line of JSON a set."""
    parser = argparse.ArgumentParser(description="recall and precision of look-alikes")
    parser.add_argument("--fashion", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--originals", type=int, default=1_000)
    asked = parser.parse_args()
    sets = (
        ("photographs", photographs()),
        ("smooth surfaces", photographs(SMOOTH)),
        ("clothes", clothes(asked.fashion)),
    )
    for name, pictures in sets:
        originals = [picture for picture, _ in zip(pictures, range(asked.originals), strict=False)]
        if originals:
            print(json.dumps(measured(name, originals)), flush=True)


if __name__ == "__main__":
    main()
