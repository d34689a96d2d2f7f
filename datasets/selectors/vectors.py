"""Where the vectors of a data set lie, what they were made of, and what has none yet."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from core.services.blobs import blobs_locations
from datasets.embeddings.parts import (
    ID,
    Floats,
    Ids,
    Place,
    chunks_read,
    content_name,
    part_contents,
    part_ids,
)
from datasets.embeddings.projections import Made
from datasets.models import Dataset, EmbeddingPart, EmbeddingProjection, Modality, Sample

# Part of every stored vector's meaning: the network, the side of the square it sees, the form of its input.
MODEL: Final = "efficientnet-lite0/160/thumb160"
# Which bytes of a sample its vector is made of.
LOOKED_AT: Final[Mapping[str, str]] = {
    Modality.IMAGE: "thumb_sha256",
    Modality.TEXT: "sha256",
    Modality.AUDIO: "sha256",
}
_CHUNK: Final = 5_000
_LEARNED: Final = 4_000
Narrow = Callable[[Floats], Floats]
# Id, hash of what is looked at, bytes of the sample.
Content = tuple[uuid.UUID, str, int]


@dataclass(frozen=True, slots=True)
class Names:
    """(N,) ids in order, and of what content each is; empty where it is not known."""

    ids: Ids
    contents: Ids

    def same(self, ids: Ids, contents: Ids) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which of the ids are here, and which of them with another content."""
        if not len(self.ids):
            return np.zeros(len(ids), np.bool_), np.zeros(len(ids), np.bool_)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        here = self.ids[at] == ids
        known = (self.contents[at] != b"") & (contents != b"")
        return here, here & known & (self.contents[at] != contents)


def model_of(dataset_id: uuid.UUID) -> str:
    """What makes the vectors of this data set; the network of the pictures where nothing was made for it."""
    made = EmbeddingProjection.objects.filter(dataset_id=dataset_id).values_list("model", flat=True)
    return made.first() or MODEL


def projection_of(dataset_id: uuid.UUID) -> EmbeddingProjection | None:
    """What makes vectors of its texts or recordings."""
    return EmbeddingProjection.objects.filter(dataset_id=dataset_id).first()


def projection_fits(projection: EmbeddingProjection, dataset: Dataset) -> bool:
    """Whether it is made as this version of the product makes it, of as many samples as are worth it."""
    made = Made(**projection.params)
    samples = Sample.objects.filter(dataset=dataset)
    return made.is_current and not made.is_outgrown_by(samples.count())


def parts_of(dataset_id: uuid.UUID) -> list[Place]:
    """Where the vectors of a data set lie, oldest first. Two statements."""
    return [place for _, place in part_rows(dataset_id)]


def part_rows(dataset_id: uuid.UUID) -> list[tuple[int, Place]]:
    """Key and place of each part, oldest first. Two statements."""
    made = EmbeddingProjection.objects.filter(dataset_id=OuterRef("dataset_id")).values("model")
    current = Coalesce(Subquery(made), Value(MODEL))
    rows = EmbeddingPart.objects.filter(dataset_id=dataset_id, model=current).order_by("pk")
    named = list(rows.values_list("pk", "sha256"))
    found = blobs_locations([name for _, name in named])
    return [(pk, Place(*found[name])) for pk, name in named]


def embedded_ids(dataset_id: uuid.UUID) -> Ids:
    """The ids that have a vector, sorted, 16 bytes each."""
    return vectors_known(dataset_id).ids


def vectors_known(dataset_id: uuid.UUID) -> Names:
    """The ids that have a vector, and what it was made of. 32 bytes a sample."""
    ids, contents = [np.empty(0, ID)], [np.empty(0, ID)]
    for place in parts_of(dataset_id):
        ids.append(part_ids(place))
        named = part_contents(place)
        contents.append(np.full(len(ids[-1]), b"", ID) if named is None else named)
    return _sorted(np.concatenate(ids), np.concatenate(contents))


def vectors_of(
    dataset_id: uuid.UUID, wanted: Iterable[uuid.UUID], narrower: Callable[[Floats], Narrow]
) -> tuple[list[uuid.UUID], Floats]:
    """Those of the ids that have a vector, and their (n, d) vectors of length 1.

    Only the first vectors are held whole: `narrower` makes of (m, D) of them what turns any (n, D) into the (n, d) that
    are kept, so that twenty thousand take ten megabytes.
    """
    names = np.sort(np.array([pk.bytes for pk in wanted], ID))
    ids, kept, narrow = list[uuid.UUID](), list[Floats](), None
    waiting: list[Floats] = []
    seen = np.zeros(len(names), np.bool_)
    for some, vectors in chunks_read(parts_of(dataset_id)) if len(names) else ():
        at = np.minimum(np.searchsorted(names, some), len(names) - 1)
        mine = (names[at] == some) & ~seen[at]
        seen[at[mine]] = True
        ids += [uuid.UUID(bytes=bytes(name).ljust(ID.itemsize, b"\0")) for name in some[mine]]
        if narrow is None:
            waiting.append(vectors[mine])
            if sum(map(len, waiting)) < _LEARNED:
                continue
            narrow, vectors, mine = narrower(np.concatenate(waiting)), np.concatenate(waiting), slice(None)
        kept.append(narrow(vectors[mine]))
    if narrow is None and ids:
        kept = [narrower(np.concatenate(waiting))(np.concatenate(waiting))]
    return ids, np.concatenate(kept) if ids else np.zeros((0, 0), np.float32)


def contents_of(dataset: Dataset) -> Iterator[Content]:
    """All samples of which something can be looked at, by id."""
    column = LOOKED_AT[dataset.modality]
    rows = Sample.objects.filter(dataset=dataset).exclude(**{column: ""}).order_by("pk")
    yield from rows.values_list("pk", column, "size_bytes").iterator(_CHUNK)


def contents_missing(dataset: Dataset) -> Iterator[Content]:
    """Those of them without a vector, or whose vector was made of another content."""
    known = vectors_known(dataset.pk)
    for chunk in _chunks(contents_of(dataset)):
        here, other = known.same(*_named(chunk))
        for row, has_vector in zip(chunk, here & ~other, strict=True):
            if not has_vector:
                yield row


def contents_now(dataset: Dataset) -> Names:
    """What each sample is now. 32 bytes a sample."""
    parts = [_named(chunk) for chunk in _chunks(contents_of(dataset))]
    empty = np.empty(0, ID)
    return Names(
        np.concatenate([empty, *(ids for ids, _ in parts)]),
        np.concatenate([empty, *(contents for _, contents in parts)]),
    )


def _named(rows: list[Content]) -> tuple[Ids, Ids]:
    ids = np.array([pk.bytes for pk, _, _ in rows], ID)
    return ids, np.array([content_name(sha256) for _, sha256, _ in rows], ID)


def _sorted(ids: Ids, contents: Ids) -> Names:
    order = np.argsort(ids, kind="stable")
    return Names(ids[order], contents[order])


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while part := list(islice(source, _CHUNK)):
        yield part
