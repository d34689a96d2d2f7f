"""How far the people of a campaign agree, counted by the database and computed from the counts."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from django.db.models import Count

from core.models import User
from core.sql import rows_of
from datasets.geometry.placing import ONE_CLASS_TASKS
from labeling.consensus.figures import cohen_kappa, fleiss_kappa, krippendorff_alpha, observed, pooled_f1
from labeling.consensus.intervals import Figure, figure_of
from labeling.models import Campaign, Consensus

MAX_PEOPLE = 30
MAX_CLASSES = 50
# Rows of a triple `both, only one, only the other`, and how many samples have it.
Triples = list[tuple[int, int, int, int]]


def campaign_agreement(campaign: Campaign) -> dict[str, Any]:
    """Figures of a campaign with their intervals: of all, of each two people, of each person and class.

    Memory grows with people, classes and distinct answers, not with samples. Only the `MAX_PEOPLE` who were
    compared most and the `MAX_CLASSES` seen most are listed; `people_total` and `classes_total` say of how many.
    """
    of_pairs = _triples(_PAIRS, campaign, parts=2)
    of_people = _triples(_PEOPLE, campaign, parts=2, times=2)
    of_classes = _triples(_CLASSES, campaign, parts=1)
    of_gold = _triples(_GOLD, campaign, parts=1) if campaign.gold_rate else {}
    compared = {person for pair in of_pairs for person in pair}
    names = _names(compared | {person for (person,) in of_gold})
    people = _most(_weight(((pair[0], n) for pair, n in _sums(of_pairs)), _flip(of_pairs)), MAX_PEOPLE)
    labels = _most(_weight((key[0], n) for key, n in _sums(of_classes) if key[0]), MAX_CLASSES)
    classes = campaign.dataset.classes.filter(pk__in=labels).values("id", "name", "name_zh", "color")
    known = {str(row["id"]): row for row in classes}
    people.sort(key=lambda person: names[person])
    kappas = _kappas(campaign) if campaign.task in ONE_CLASS_TASKS else {}
    return {
        "task": campaign.task,
        "states": _states(campaign),
        "figures": _figures(campaign, of_pairs),
        "people": [names[person] for person in people],
        "people_total": len(compared),
        "classes_total": len({key[0] for key in of_classes if key[0]}),
        "pairs": [
            {
                "a": names[one],
                "b": names[other],
                "agreement": _f1(found, f"pair {one} {other}").as_json(),
                "kappa": kappas[one, other].as_json() if (one, other) in kappas else None,
                "differing": _differing(found),
            }
            for (one, other), found in sorted(
                of_pairs.items(), key=lambda row: [names[key] for key in row[0]]
            )
            if one in people and other in people
        ],
        "classes": [
            {**_class(known, label), "agreement": _f1(of_classes[label,], f"class {label}").as_json()}
            for label in labels
        ],
        "people_classes": [
            {
                "person": names[person],
                "label": label,
                "agreement": _f1(found, f"person {person} {label}").as_json(),
                "differing": _differing(found),
            }
            for (person, label), found in sorted(of_people.items())
            if person in people and label in labels
        ],
        "gold": _gold(of_gold, names),
    }


def _gold(of_gold: dict[tuple[str, ...], Triples], names: dict[str, str]) -> list[dict[str, Any]]:
    rows = [
        {"person": names[person], "figure": _f1(found, f"gold {person}").as_json()}
        for (person,), found in of_gold.items()
    ]
    return sorted(rows, key=lambda row: str(row["person"]))


def _class(known: dict[str, Any], label: str) -> dict[str, Any]:
    row = known.get(label, {"name": label, "name_zh": "", "color": ""})
    return {"id": label, "name": row["name"], "name_zh": row["name_zh"], "color": row["color"]}


def _states(campaign: Campaign) -> dict[str, int]:
    rows = Consensus.objects.filter(campaign=campaign).order_by().values_list("state")
    return dict.fromkeys(Consensus.State.values, 0) | dict(rows.annotate(n=Count("pk")))


def _figures(campaign: Campaign, of_pairs: dict[tuple[str, ...], Triples]) -> dict[str, Any]:
    if campaign.task not in ONE_CLASS_TASKS:
        pooled: dict[tuple[int, int, int], int] = defaultdict(int)
        for found in of_pairs.values():
            for both, left, right, n in found:
                pooled[both, left, right] += n
        rows = [(*key, n) for key, n in sorted(pooled.items())]
        return {"f1": _f1(rows, "f1").as_json()}
    counts, weights = _patterns(campaign)
    kinds = {"observed": observed, "fleiss": fleiss_kappa, "krippendorff": krippendorff_alpha}
    return {
        name: figure_of(partial(statistic, counts), weights, name=name).as_json()
        for name, statistic in kinds.items()
    }


def _patterns(campaign: Campaign) -> tuple[Any, Any]:
    """Distinct votes (patterns, classes) of samples with two answers at least, and how often each was seen."""
    rows = Consensus.objects.filter(campaign=campaign, pattern__contains=":").order_by("pattern")
    found = list(rows.values_list("pattern").annotate(n=Count("pk")))
    place: dict[str, int] = {}
    votes = [[part.split(":") for part in pattern.split(",")] for pattern, _ in found]
    for label, _ in (part for pattern in votes for part in pattern):
        place.setdefault(label, len(place))
    counts = np.zeros((len(found), max(len(place), 1)), dtype=np.int64)
    for row, pattern in enumerate(votes):
        for label, n in pattern:
            counts[row, place[label]] = int(n)
    kept = counts.sum(axis=1) >= 2
    return counts[kept], np.array([n for _, n in found], dtype=np.float64)[kept]


def _kappas(campaign: Campaign) -> dict[tuple[str, str], Figure]:
    """Cohen's kappa of each two people."""
    cells: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for left, right, mine, theirs, n in rows_of(_CELLS, [campaign.pk, campaign.pk]):
        cells[_text(left), _text(right)].append((mine, theirs, n))
    found: dict[tuple[str, str], Figure] = {}
    for pair, rows in cells.items():
        place = {label: at for at, label in enumerate(sorted({label for row in rows for label in row[:2]}))}
        chosen = np.array([[place[mine], place[theirs]] for mine, theirs, _ in rows])
        weights = np.array([n for _, _, n in rows], dtype=np.float64)
        statistic = partial(_kappa, chosen, len(place))
        found[pair] = figure_of(statistic, weights, name=f"kappa {pair[0]} {pair[1]}")
    return found


def _kappa(cells: Any, classes: int, weights: Any) -> Any:
    return cohen_kappa(cells, weights, classes)


def _f1(rows: Triples, name: str) -> Figure:
    found = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    weights = np.array([row[3] for row in rows], dtype=np.float64)
    return figure_of(partial(pooled_f1, found), weights, name=name)


def _differing(rows: Triples) -> int:
    return sum(n for _, left, right, n in rows if left or right)


def _triples(sql: str, campaign: Campaign, *, parts: int, times: int = 1) -> dict[tuple[str, ...], Triples]:
    found: dict[tuple[str, ...], Triples] = defaultdict(list)
    for row in rows_of(sql, [campaign.pk] * times):
        both, left, right, n = (int(value) for value in row[parts:])
        found[tuple(_text(value) for value in row[:parts])].append((both, left, right, n))
    return found


def _text(value: object) -> str:
    """A person or class as text with dashes, however the database gives it; no class stays empty."""
    return str(uuid.UUID(str(value))) if value else ""


def _names(people: Iterable[str]) -> dict[str, str]:
    rows = User.objects.filter(pk__in=list(people)).values_list("pk", "username")
    return {str(pk): username for pk, username in rows}


def _sums(triples: dict[tuple[str, ...], Triples]) -> Iterable[tuple[tuple[str, ...], int]]:
    return ((key, sum(row[3] for row in rows)) for key, rows in triples.items())


def _flip(triples: dict[tuple[str, ...], Triples]) -> Iterable[tuple[str, int]]:
    return ((key[1], n) for key, n in _sums(triples))


def _weight(*rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for key, n in (pair for part in rows for pair in part):
        found[key] += n
    return found


def _most(weights: dict[str, int], count: int) -> list[str]:
    return sorted(weights, key=lambda key: (-weights[key], key))[:count]


_SUMS = "sum(b) AS b, sum(mine) AS mine, sum(theirs) AS theirs"
_PAIRS = (
    "SELECT left_id, right_id, b, mine, theirs, count(*) FROM (SELECT consensus_id, left_id, right_id, "
    "sum(shared) AS b, sum(left_only) AS mine, sum(right_only) AS theirs FROM labeling_paircount "
    "WHERE campaign_id = %s GROUP BY consensus_id, left_id, right_id) AS s GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
)
_CLASSES = (
    "SELECT label, b, mine, theirs, count(*) FROM (SELECT consensus_id, label, sum(shared) AS b, "
    "sum(left_only) AS mine, sum(right_only) AS theirs FROM labeling_paircount WHERE campaign_id = %s "
    "GROUP BY consensus_id, label) AS s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)
# A sample counts once for a person, however many others they are compared with.
_PEOPLE = (
    f"SELECT person, label, b, mine, theirs, count(*) FROM (SELECT consensus_id, person, label, {_SUMS} FROM ("  # noqa: S608
    "SELECT consensus_id, left_id AS person, label, shared AS b, left_only AS mine, right_only AS theirs "
    "FROM labeling_paircount WHERE campaign_id = %s UNION ALL "
    "SELECT consensus_id, right_id, label, shared, right_only, left_only FROM labeling_paircount WHERE campaign_id = %s"
    ") AS p GROUP BY consensus_id, person, label) AS s GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
)
_GOLD = (
    "SELECT person_id, b, missed, extra, count(*) FROM (SELECT consensus_id, person_id, sum(shared) AS b, "
    "sum(missed) AS missed, sum(extra) AS extra FROM labeling_goldcount WHERE campaign_id = %s "
    "GROUP BY consensus_id, person_id) AS s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)
_CELLS = (
    "SELECT left_id, right_id, label, label, count(*) FROM labeling_paircount WHERE campaign_id = %s AND shared > 0 "
    "AND label <> '' GROUP BY left_id, right_id, label UNION ALL "
    "SELECT l.left_id, l.right_id, l.label, r.label, count(*) FROM labeling_paircount l "
    "JOIN labeling_paircount r ON r.consensus_id = l.consensus_id AND r.left_id = l.left_id "
    "AND r.right_id = l.right_id AND r.right_only > 0 WHERE l.campaign_id = %s AND l.left_only > 0 "
    "GROUP BY l.left_id, l.right_id, l.label, r.label"
)
