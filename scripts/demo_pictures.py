"""Builds the demo project's pictures: crops of freely licensed photos from scikit-learn and scikit-image.

Needs `pip install scikit-image==0.26.0` once; origins and licences stand in docs/guide/demo.md.
The archives are committed, so that a start needs neither the package nor this script.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

TARGET = Path(__file__).resolve().parents[1] / "applications" / "demo"
SIDE_PX = 192
LABELED, UNLABELED = 26, 8
SEED = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """One class: its photo and the region (left, top, right, bottom as fractions) that shows it."""

    name: str
    photo: str
    region: tuple[float, float, float, float]
    crop_px: tuple[int, int]


SUBJECTS = (
    Subject("cat", "skimage:chelsea.png", (0.05, 0.0, 0.95, 1.0), (170, 260)),
    Subject("coffee", "skimage:coffee.png", (0.1, 0.0, 0.95, 1.0), (190, 330)),
    Subject("flower", "sklearn:flower.jpg", (0.3, 0.05, 0.85, 0.95), (180, 330)),
    Subject("galaxies", "skimage:hubble_deep_field.jpg", (0.0, 0.0, 1.0, 1.0), (220, 420)),
    Subject("palace", "sklearn:china.jpg", (0.0, 0.05, 0.62, 0.9), (200, 330)),
    Subject("rocket", "skimage:rocket.jpg", (0.25, 0.0, 0.8, 1.0), (220, 340)),
)


def main() -> None:
    """Write `labeled.zip` (one folder a class) and `unlabeled.zip` (plain pictures)."""
    rng = np.random.default_rng(SEED)
    with _archive("labeled.zip") as labeled, _archive("unlabeled.zip") as unlabeled:
        loose = []
        for subject in SUBJECTS:
            photo = Image.open(_path(subject.photo)).convert("RGB")
            pictures = [_jpeg(_crop(photo, subject, rng)) for _ in range(LABELED + UNLABELED)]
            for number, picture in enumerate(pictures[:LABELED], start=1):
                _add(labeled, f"{subject.name}/{subject.name}-{number:02}.jpg", picture)
            loose += pictures[LABELED:]
        for number, index in enumerate(rng.permutation(len(loose)), start=1):
            _add(unlabeled, f"picture-{number:02}.jpg", loose[index])


def _path(name: str) -> Path:
    package, file = name.split(":")
    if package == "skimage":
        import skimage.data

        return Path(skimage.data.__file__).parent / file
    import sklearn.datasets

    return Path(sklearn.datasets.__file__).parent / "images" / file


def _crop(photo: Image.Image, subject: Subject, rng: np.random.Generator) -> Image.Image:
    width, height = photo.size
    left, top, right, bottom = (
        round(part * whole) for part, whole in zip(subject.region, (width, height) * 2, strict=True)
    )
    side = min(int(rng.integers(*subject.crop_px)), right - left, bottom - top)
    x, y = int(rng.integers(left, right - side + 1)), int(rng.integers(top, bottom - side + 1))
    picture = photo.crop((x, y, x + side, y + side)).resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return ImageEnhance.Brightness(picture).enhance(float(rng.uniform(0.85, 1.15)))


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80, optimize=True)
    return buffer.getvalue()


def _archive(name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(TARGET / name, "w", zipfile.ZIP_STORED)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0)), content)


if __name__ == "__main__":
    main()
