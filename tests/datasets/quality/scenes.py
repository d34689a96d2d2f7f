"""Photo-like pictures that differ from one another, and the faults that pictures come with.

Backgrounds are crops of the two photographs that scikit-learn carries, on them stand lit bodies of random
form and color: no two scenes are copies, though many share their background.
"""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sklearn.datasets
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

SIZE = (256, 192)


def scene(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """One picture of its own."""
    rng = np.random.default_rng(seed)
    photo = _photos()[int(rng.integers(2))]
    width, height = size
    side = float(rng.uniform(0.3, 0.55))
    w, h = round(photo.width * side), round(photo.width * side * height / width)
    left, top = int(rng.integers(photo.width - w)), int(rng.integers(max(1, photo.height - h)))
    picture = photo.crop((left, top, left + w, top + h)).resize(size, Image.Resampling.LANCZOS)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    picture = _tinted(picture, rng)
    for _ in range(int(rng.integers(2, 5))):
        add_body(picture, rng)
    return ImageEnhance.Brightness(picture).enhance(float(rng.uniform(0.8, 1.15)))


def add_body(picture: Image.Image, rng: np.random.Generator) -> None:
    """A disk or a block with a shaded side and a crisp edge."""
    w, h = (int(v) for v in rng.integers(30, 110, 2))
    x, y = int(rng.integers(-10, picture.width - w + 10)), int(rng.integers(-10, picture.height - h + 10))
    shade = np.linspace(*rng.uniform(0.5, 1.1, 2), w)[None, :, None] * rng.integers(40, 255, 3)
    body = Image.fromarray(np.broadcast_to(shade.clip(0, 255), (h, w, 3)).astype(np.uint8))
    mask = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(mask)
    (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((0, 0, w - 1, h - 1), fill=255)
    picture.paste(body, (x, y), mask)


def encoded(picture: Image.Image, form: str = "JPEG", **save: object) -> bytes:
    """File bytes."""
    out = io.BytesIO()
    picture.save(out, form, **({"quality": 88} if form == "JPEG" else {}) | save)
    return out.getvalue()


def resized(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """A smaller copy, 40 to 90 % of the size."""
    share = float(rng.uniform(0.4, 0.9))
    return encoded(picture.resize((round(picture.width * share), round(picture.height * share))))


def recompressed(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """A copy of low JPEG quality."""
    return encoded(picture, quality=int(rng.integers(30, 75)))


def trimmed(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """A copy that lost up to 5 % on each side."""
    left, top, right, bottom = rng.uniform(0, 0.05, 4)
    box = (
        picture.width * left,
        picture.height * top,
        picture.width * (1 - right),
        picture.height * (1 - bottom),
    )
    return encoded(picture.crop(tuple(round(edge) for edge in box)))


COPIES: dict[str, Callable[[Image.Image, np.random.Generator], bytes]] = {
    "resized": resized,
    "recompressed": recompressed,
    "trimmed": trimmed,
}


def blurred(picture: Image.Image) -> bytes:
    """Out of focus."""
    return encoded(picture.filter(ImageFilter.GaussianBlur(4)))


def dark(picture: Image.Image) -> bytes:
    """Underexposed."""
    return encoded(ImageEnhance.Brightness(picture).enhance(0.12))


def bright(picture: Image.Image) -> bytes:
    """Overexposed."""
    return encoded(Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.9))


def faint(picture: Image.Image) -> bytes:
    """Through fog."""
    return encoded(Image.blend(picture, Image.new("RGB", picture.size, (128, 128, 128)), 0.88))


def uniform(picture: Image.Image) -> bytes:
    """A lens cap: one color and a little noise."""
    rng = np.random.default_rng(picture.width)
    level = picture.resize((1, 1)).getpixel((0, 0))
    noise = rng.normal(0, 1.5, (picture.height, picture.width, 1))
    return encoded(Image.fromarray((np.array(level) * 0.6 + noise).clip(0, 255).astype(np.uint8)))


def tiny(picture: Image.Image) -> bytes:
    """An icon."""
    return encoded(picture.resize((24, 18)), "PNG")


def odd(picture: Image.Image) -> bytes:
    """A strip."""
    return encoded(picture.crop((0, 80, picture.width, 116)))


def turned(picture: Image.Image) -> bytes:
    """Stored on its side with a note of the camera."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(picture.transpose(Image.Transpose.ROTATE_90), exif=exif)


def broken(picture: Image.Image) -> bytes:
    """Half of a file."""
    content = encoded(picture)
    return content[: len(content) // 2]


FAULTS: dict[str, Callable[[Image.Image], bytes]] = {
    "picture_blurry": blurred,
    "picture_dark": dark,
    "picture_bright": bright,
    "picture_low_contrast": faint,
    "picture_uniform": uniform,
    "picture_tiny": tiny,
    "picture_odd_shape": odd,
    "picture_turned": turned,
}


def _photos() -> list[Image.Image]:
    folder = Path(sklearn.datasets.__file__).parent / "images"
    return [Image.open(folder / name).convert("RGB") for name in ("china.jpg", "flower.jpg")]


def _tinted(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    gains = rng.uniform(0.75, 1.2, 3)
    return Image.fromarray((np.asarray(picture) * gains).clip(0, 255).astype(np.uint8))
