"""Relations between spans in the answers of several people. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from datasets.relations import Link
from labeling.consensus.overlap import Pair
from labeling.geometry.shapes import Shape

# From a span to a span, of a type.
_Said = tuple[str, str, str]


def links_agreed(
    answers: Sequence[Sequence[Shape]], named: Mapping[tuple[int, str], str], needed: int
) -> tuple[dict[str, tuple[Link, ...]], bool]:
    """The relations that `needed` answers have, by the agreed span they begin at, and whether all are decided.

    `named` calls each span of an answer, by the place of the answer and its id, as the agreed one that it means; a relation at a span that nobody agreed on is
    decided with that span. One stays with enough votes, goes with enough against it, and is open in between. Against
    it is who has both spans and not the relation: who did not see a span has said nothing about it.
    """
    votes = Counter(said for who, shapes in enumerate(answers) for said in _links(who, shapes, named))
    seen = [
        {named[who, shape.id] for shape in shapes if (who, shape.id) in named}
        for who, shapes in enumerate(answers if votes else ())
    ]
    kept: dict[str, list[Link]] = {}
    is_decided = True
    for (start, end, kind), count in sorted(votes.items()):
        if count >= needed:
            kept.setdefault(start, []).append((kind, end))
        elif sum(start in spans and end in spans for spans in seen) - count < needed:
            is_decided = False
    return {start: tuple(links) for start, links in kept.items()}, is_decided


def links_compared(
    left: Sequence[Shape], right: Sequence[Shape], pairs: Sequence[Pair]
) -> dict[str, tuple[int, int, int]]:
    """Of each class: how many relations that begin at its spans both have, only the one, and only the other.

    `pairs` are the spans that are the same in both; a relation is the same that leads from and to the same ones.
    """
    # Answers that began with the same shapes share ids; one without a pair means nothing on the other side.
    named = {shape.id: f"right {shape.id}" for shape in right}
    named |= {right[pair.right].id: left[pair.left].id for pair in pairs}
    one = {(shape.id, to, kind): shape.label for shape in left for kind, to in shape.relations}
    other = {
        (named.get(shape.id, shape.id), named.get(to, to), kind): shape.label
        for shape in right
        for kind, to in shape.relations
    }
    both, mine, theirs = (
        Counter(one[said] for said in one.keys() & other.keys()),
        Counter(one[said] for said in one.keys() - other.keys()),
        Counter(other[said] for said in other.keys() - one.keys()),
    )
    return {label: (both[label], mine[label], theirs[label]) for label in sorted({*both, *mine, *theirs})}


def _links(who: int, shapes: Sequence[Shape], named: Mapping[tuple[int, str], str]) -> Iterator[_Said]:
    """Each once: two spans of an answer never mean the same agreed one."""
    for shape in shapes:
        for kind, to in shape.relations:
            start, end = named.get((who, shape.id)), named.get((who, to))
            if start is not None and end is not None:
                yield start, end, kind
