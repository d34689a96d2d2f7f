"""Everything that was ever said of a sample, and what files told of who said it elsewhere."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.db.models.functions import Lower
from django.db.models.sql.compiler import SQLCompiler

from core.models import Membership
from datasets.models import AnnotationHistory, Sample, SampleState
from datasets.origins import Origin

_CHUNK: Final = 1_000


class _Length(Func):
    """Of a JSON list."""

    function = "json_array_length"
    output_field = IntegerField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Sequence[Any]]:
        """`jsonb` has a function of its own."""
        return self.as_sql(compiler, connection, function="jsonb_array_length", **extra)


def origins_at(revisions: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, Origin]:
    """What files said of who said these revisions of samples. One statement a thousand samples."""
    ids, found = list(revisions), {}
    for start in range(0, len(ids), _CHUNK):
        rows = AnnotationHistory.objects.filter(
            sample_id__in=ids[start : start + _CHUNK], origin__isnull=False
        )
        for sample_id, revision, row in rows.values_list("sample_id", "revision", "origin"):
            origin = Origin.from_json(row)
            if revision == revisions[sample_id] and origin is not None:
                found[sample_id] = origin
    return found


def unsaid_since(left: Iterable[tuple[Sample, int]]) -> set[uuid.UUID]:
    """Of samples that a change left at a revision, those whose labels are what they were then.

    What was said since and taken back has a later revision that says the same. One statement a thousand samples.
    """
    pairs = {sample.pk: (revision, sample.annotation_revision) for sample, revision in left}
    later = {pk: pair for pk, pair in pairs.items() if pair[0] != pair[1]}
    return (pairs.keys() - later.keys()) | _repeated(later)


def _repeated(pairs: Mapping[uuid.UUID, tuple[int, int]]) -> set[uuid.UUID]:
    said: dict[tuple[uuid.UUID, int], Any] = {(pk, 0): ([], SampleState.UNLABELED) for pk in pairs}
    ids = list(pairs)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        numbers = {number for pk in chunk for number in pairs[pk]}
        rows = AnnotationHistory.objects.filter(sample_id__in=chunk, revision__in=numbers)
        for pk, number, shapes, state in rows.values_list("sample_id", "revision", "shapes", "state"):
            if number in pairs[pk]:
                said[pk, number] = (shapes, state)
    known = {pk for pk, (one, other) in pairs.items() if {(pk, one), (pk, other)} <= said.keys()}
    return {pk for pk in known if said[pk, pairs[pk][0]] == said[pk, pairs[pk][1]]}


def history_rows(sample_id: uuid.UUID) -> QuerySet[AnnotationHistory, dict[str, Any]]:
    """The revisions of a sample as plain rows; the shapes are counted, not read."""
    names = ("revision", "source", "state", "origin", "created_at")
    rows: QuerySet[AnnotationHistory, dict[str, Any]] = AnnotationHistory.objects.filter(
        sample_id=sample_id
    ).values(*names, username=F("actor__username"), objects=_Length("shapes"))
    return rows


def history_render(rows: Sequence[Mapping[str, Any]], sample: Sample) -> list[dict[str, Any]]:
    """A page of `history_rows` as the API shows it. One statement, where files told of people."""
    origins = [row["origin"] or {} for row in rows]
    names = {origin.get(key, "") for origin in origins for key in ("annotator", "reviewer")} - {""}
    members = _members(sample.dataset.project_id, names) if names else {}
    return [
        {
            "revision": row["revision"],
            "source": row["source"],
            "state": row["state"],
            "actor": row["username"],
            "at": row["created_at"],
            "objects": row["objects"],
            "origin": _origin(row["origin"], members) if row["origin"] else None,
        }
        for row in rows
    ]


def _origin(said: Mapping[str, str], members: Mapping[str, str]) -> dict[str, Any]:
    annotator, reviewer = said.get("annotator", ""), said.get("reviewer", "")
    return {
        "tool": said.get("tool", ""),
        "annotator": annotator,
        "annotator_member": members.get(annotator.lower()),
        "reviewer": reviewer,
        "reviewer_member": members.get(reviewer.lower()),
        "at": said.get("at"),
        "state": said.get("state", ""),
    }


def _members(project_id: uuid.UUID, names: set[str]) -> dict[str, str]:
    """The members of a project who are called so, or have that mail address; a namesake, and no more than that."""
    wanted = {name.lower() for name in names}
    rows = Membership.objects.filter(project_id=project_id).annotate(
        name=Lower("user__username"), mail=Lower("user__email")
    )
    rows = rows.filter(Q(name__in=wanted) | Q(mail__in=wanted))
    found: dict[str, str] = {}
    for username, name, mail in rows.values_list("user__username", "name", "mail"):
        found.setdefault(mail, username)
        found[name] = username
    return {name: found[name] for name in wanted & found.keys()}
