"""From the answers of several people to one answer, or to a conflict. Pure: numpy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from datasets.geometry.placing import ONE_CLASS_TASKS
from labeling.consensus.figures import Floats
from labeling.consensus.links import links_agreed
from labeling.consensus.matching import DEFAULT_IOU
from labeling.consensus.overlap import pairs_overlapping, shape_iou
from labeling.consensus.votes import choice_believed, votes_needed
from labeling.geometry.shapes import Shape

SURE = 0.9

Method = Literal["majority", "weighted"]
Reason = Literal["", "votes", "objects", "too_few"]


@dataclass(frozen=True, slots=True)
class Rule:
    """When answers agree: how many must say the same (share `quorum`), and what is the same object (`min_iou`)."""

    method: Method = "majority"
    quorum: float = 0.5
    min_iou: float = DEFAULT_IOU


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is known of the people: a confusion (classes, classes) each, in the order of `prior`'s classes."""

    people: Mapping[str, Floats]
    prior: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person says of a sample."""

    author: str
    shapes: Sequence[Shape]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers come to. `shapes` is the agreed answer, or in a conflict the part that is agreed.

    `reason` is empty when they agree; `votes`: no class has enough; `objects`: not all parts of the answers have
    enough on either side; `too_few`: one answer alone decides nothing. Ids of shapes are those of some answer, with their
    place behind where two would have the same: answers that began with the same shapes share their ids.
    """

    reason: Reason
    shapes: tuple[Shape, ...]

    @property
    def is_agreed(self) -> bool:
        """Whether no person needs to look."""
        return not self.reason


def decide(task: str, answers: Sequence[Answer], rule: Rule, beliefs: Beliefs | None = None) -> Outcome:
    """The outcome of a sample's answers, in any order the same.

    Weighted decisions are for one class a sample: the likeliest class by Dawid and Skene, where it is likelier
    than the quorum and than 0.9; without `beliefs` votes count alike.
    """
    answers = sorted(answers, key=lambda answer: answer.author)
    if len(answers) < 2:
        return Outcome("too_few", ())
    if rule.method == "weighted" and beliefs is not None and task in ONE_CLASS_TASKS:
        return _weighted(answers, rule, beliefs)
    needed = votes_needed(len(answers), rule.quorum)
    groups = _groups(task, answers, rule.min_iou)
    kept: list[Shape] = []
    is_open = False
    named: dict[tuple[int, str], str] = {}
    for group in groups:
        label, votes = Counter(shape.label for _, shape in group).most_common(1)[0]
        if votes >= needed:
            shapes = [shape for _, shape in group if shape.label == label]
            said, is_agreed = _beside(shapes, needed)
            kept.append(_named_once(replace(_middle(shapes), attributes=said, relations=()), kept))
            named |= {(who, shape.id): kept[-1].id for who, shape in group}
            is_open = is_open or not is_agreed
        elif len(answers) - len(group) < needed:
            is_open = True
    links, is_agreed = links_agreed([answer.shapes for answer in answers], named, needed)
    kept = [replace(shape, relations=links[shape.id]) if shape.id in links else shape for shape in kept]
    if is_agreed and not is_open:
        return Outcome("", tuple(kept))
    return Outcome("votes" if task in ONE_CLASS_TASKS else "objects", tuple(kept))


def _named_once(shape: Shape, others: Sequence[Shape]) -> Shape:
    is_taken = any(other.id == shape.id for other in others)
    return replace(shape, id=f"{shape.id}.{len(others)}") if is_taken else shape


def _weighted(answers: Sequence[Answer], rule: Rule, beliefs: Beliefs) -> Outcome:
    known = [(answer, shape) for answer in answers for shape in answer.shapes if shape.label in beliefs.prior]
    if len(known) < 2:
        return Outcome("votes", ())
    votes = [(answer.author, shape.label) for answer, shape in known]
    label, sure = choice_believed(votes, beliefs.people, beliefs.prior)
    chosen = [shape for _, shape in known if shape.label == label]
    if sure < max(rule.quorum, SURE) or not chosen:
        return Outcome("votes", ())
    said, is_agreed = _beside(chosen, votes_needed(len(chosen), rule.quorum))
    return Outcome("" if is_agreed else "votes", (replace(chosen[0], attributes=said),))


def _beside(shapes: Sequence[Shape], needed: int) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What is said beside a class by most who gave it, and whether enough say the same of each attribute."""
    kept: list[tuple[str, str]] = []
    is_agreed = True
    for name in sorted({name for shape in shapes for name, _ in shape.attributes}):
        value, votes = Counter(dict(shape.attributes).get(name, "") for shape in shapes).most_common(1)[0]
        is_agreed = is_agreed and votes >= needed
        if value:
            kept.append((name, value))
    return tuple(kept), is_agreed


_Group = list[tuple[int, Shape]]


def _groups(task: str, answers: Sequence[Answer], min_iou: float) -> list[_Group]:
    """Shapes that mean one object with whose they are, at most one of each person, in the order in which they were
    first named.
    """
    if task in ONE_CLASS_TASKS:
        return [[(who, shape) for who, answer in enumerate(answers) for shape in answer.shapes]]
    marks: dict[str, _Group] = {}
    for who, answer in enumerate(answers):
        for shape in answer.shapes:
            if shape.extent is None:
                marks.setdefault(shape.label, []).append((who, shape))
    return [*marks.values(), *objects_matched([answer.shapes for answer in answers], min_iou)]


def objects_matched(answers: Sequence[Sequence[Shape]], min_iou: float) -> list[_Group]:
    """Groups of placed shapes that overlap by `min_iou`, whatever their class, at most one of each answer, with the
    place of that answer.

    The best overlaps join first, those of one class before others as good; a join that would put two shapes of
    one answer together is left out. O(pairs log pairs) after the overlaps.
    """
    group: dict[tuple[int, int], int] = {}
    members: list[dict[int, int]] = []
    for who, shapes in enumerate(answers):
        for place, shape in enumerate(shapes):
            if shape.extent is not None:
                group[who, place] = len(members)
                members.append({who: place})
    for _, _, one, other in sorted(_joins(answers, min_iou)):
        a, b = group[one], group[other]
        if a == b or members[a].keys() & members[b].keys():
            continue
        low, high = min(a, b), max(a, b)
        for key in members[high].items():
            group[key] = low
        members[low] |= members[high]
        members[high] = {}
    return [
        [(who, answers[who][place]) for who, place in sorted(found.items())] for found in members if found
    ]


_Join = tuple[float, bool, tuple[int, int], tuple[int, int]]


def _joins(answers: Sequence[Sequence[Shape]], min_iou: float) -> list[_Join]:
    found: list[_Join] = []
    for a, left in enumerate(answers):
        for b in range(a + 1, len(answers)):
            right = answers[b]
            for pair in pairs_overlapping(left, right, min_iou):
                differs = left[pair.left].label != right[pair.right].label
                found.append((-round(pair.iou, 6), differs, (a, pair.left), (b, pair.right)))
    return found


def _middle(shapes: Sequence[Shape]) -> Shape:
    """One shape for several that mean the same: of boxes the middle of each side, of others the most central.

    Of spans the bounds that most people gave: a middle would cut words. Of regions the middle of each end.
    """
    if shapes[0].kind == "region":
        start, end = (round(median(shape.span[side] for shape in shapes if shape.span), 3) for side in (0, 1))
        return replace(shapes[0], span=(start, end), source="human", score=None)
    if shapes[0].span is not None:
        often = Counter(shape.span for shape in shapes)
        best = max(shapes, key=lambda shape: often[shape.span])
        return replace(best, source="human", score=None)
    if all(shape.kind == "box" for shape in shapes) and shapes[0].box is not None:
        boxes = [shape.box for shape in shapes if shape.box is not None]
        left, top = (median(box[side] for box in boxes) for side in (0, 1))
        right, bottom = (median(box[side] + box[side + 2] for box in boxes) for side in (0, 1))
        return replace(shapes[0], box=(left, top, right - left, bottom - top), source="human", score=None)
    if len(shapes) < 3 or shapes[0].box is None:
        return replace(shapes[0], source="human", score=None)
    best = max(shapes, key=lambda one: sum(shape_iou(one, other) for other in shapes))
    return replace(best, source="human", score=None)
