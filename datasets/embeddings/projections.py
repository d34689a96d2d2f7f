"""What makes vectors of the texts or recordings of one data set, as it lies in the store. Pure.

A safetensors file with one entry of text, JSON: kind, version, seed, and of how many samples it was made. The same
file and the same content give the same vector, whenever it is asked for.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from datasets.embeddings import meanings, timbres
from datasets.embeddings.meanings import Meanings
from datasets.embeddings.timbres import Timbres

SEED: Final = 0
_ENTRY: Final = "studio.projection"


@dataclass(frozen=True, slots=True)
class Made:
    """`seen` is how many samples there were, of which `limit` at most were looked at."""

    kind: str
    version: int
    seen: int
    limit: int
    seed: int = SEED

    @property
    def is_current(self) -> bool:
        """Whether this version of the product would make it the same way."""
        return self.version == _VERSIONS.get(self.kind)

    def is_outgrown_by(self, count: int) -> bool:
        """Whether so many samples deserve another: twice as many, while more of them would be looked at."""
        return self.seen < self.limit and count >= 2 * self.seen


_VERSIONS: Final = {meanings.KIND: meanings.VERSION, timbres.KIND: timbres.VERSION}


def made_of_texts(seen: int) -> Made:
    """What is said of a projection of texts."""
    return Made(meanings.KIND, meanings.VERSION, seen, meanings.FITTED)


def made_of_sounds(seen: int) -> Made:
    """What is said of a projection of recordings."""
    return Made(timbres.KIND, timbres.VERSION, seen, timbres.FITTED)


def meanings_packed(fitted: Meanings, made: Made) -> bytes:
    """The file."""
    tensors: dict[str, NDArray[Any]] = {
        "vocabulary": fitted.vocabulary,
        "weights": fitted.weights,
        "axes": fitted.axes,
    }
    return save(tensors, {_ENTRY: orjson.dumps(asdict(made)).decode()})


def meanings_unpacked(content: bytes) -> Meanings:
    """Raises ValueError for what is none."""
    try:
        found = load(content)
        return Meanings(found["vocabulary"], found["weights"], found["axes"])
    except (SafetensorError, KeyError) as exc:
        raise ValueError("not a projection of texts") from exc


def timbres_packed(fitted: Timbres, made: Made) -> bytes:
    """The file."""
    tensors = {"mean": fitted.mean, "spread": fitted.spread}
    return save(tensors, {_ENTRY: orjson.dumps(asdict(made)).decode()})


def timbres_unpacked(content: bytes) -> Timbres:
    """Raises ValueError for what is none."""
    try:
        found = load(content)
        return Timbres(found["mean"], found["spread"])
    except (SafetensorError, KeyError) as exc:
        raise ValueError("not a projection of recordings") from exc
