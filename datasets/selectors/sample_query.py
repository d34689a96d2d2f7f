"""A filter (`datasets.filters`) as conditions on samples, each answered by an index."""

import operator
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache, partial, reduce
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from core.errors import InvalidInput
from core.prepared import Prepared
from datasets.filters import AllOf, Expression, Not, QueryFault, Term, filter_parse
from datasets.formats.decoding.texts import search_form
from datasets.models import LabelClass, Sample, SampleFinding, SampleState, SampleTag, Shape
from datasets.models.dataset import ONE_CLASS_TASKS, TEXT_TASKS
from datasets.quality.kinds import KINDS
from datasets.selectors.lookups import ExistsForEach, has_text
from datasets.tags import NO_TAG, tag_form

NO_LABEL: Final = "none"
UNLABELED: Final = "unlabeled"
_KNOWN_TEXTS: Final = 256
_PLAIN: Final = ("label", "state", "split", "finding", "tag")
_LOOKUPS: Final = MappingProxyType({">": "gt", ">=": "gte", "<": "lt", "<=": "lte", ":": "exact"})


class FilterInvalid(InvalidInput):
    """A filter that cannot be read; `params` say at which `column` and what would be right (`fault`)."""

    code = "filter_invalid"


# Id, name and Chinese name of each class.
ClassNames = tuple[tuple[uuid.UUID, str, str], ...]
_NAMES: Final = Prepared(
    lambda pk: (
        LabelClass.objects.filter(dataset_id=pk, deleted_at__isnull=True)
        .order_by("index")
        .values_list("pk", "name", "name_zh")
    ),
    uuid.UUID,
)


def class_names(dataset_id: uuid.UUID) -> ClassNames:
    """The classes of a data set, as a filter may name them. One statement."""
    return tuple(_NAMES.rows(dataset_id))


@lru_cache(maxsize=_KNOWN_TEXTS)
def names_classes(text: str) -> bool:
    """Whether a filter names classes, so that what it means changes with their names."""
    try:
        return _has_label(filter_parse(text))
    except QueryFault:
        return False


def _has_label(expression: Expression) -> bool:
    if isinstance(expression, Term):
        return expression.field == "label"
    parts = (expression.part,) if isinstance(expression, Not) else expression.parts
    return any(map(_has_label, parts))


def query_condition(text: str, *, dataset_id: uuid.UUID, task: str, names: ClassNames | None = None) -> Q:
    """What a sample of the data set must meet. Raises FilterInvalid.

    One statement when classes are named, unless `names` tells them.
    """
    try:
        return _Compiler(dataset_id, task, names).condition(filter_parse(text))
    except QueryFault as exc:
        raise FilterInvalid(
            exc.detail, field="filter", fault=exc.code, column=exc.column, length=exc.length, **exc.params
        ) from exc


def labels_condition(labels: list[uuid.UUID], task: str) -> Q:
    """Samples that carry at least one of these classes."""
    if task in ONE_CLASS_TASKS:
        return Q(label_class_id__in=labels)
    return Q(Exists(Shape.objects.filter(sample_id=OuterRef("pk"), label_class_id__in=labels)))


def text_condition(value: str, task: str) -> Q:
    """Samples with this text in their name, and of texts in what they say as well."""
    named = has_text("name", value)
    return named | Q(search_text__contains=search_form(value)) if task in TEXT_TASKS else named


def finding_condition(code: str, *, is_alternative: bool = False) -> Q:
    """Samples that this finding names; whether one is labeled its state says.

    One of several alternatives is asked of each sample that has a finding at all, which the sample itself knows.
    """
    if code == UNLABELED:
        return Q(state=SampleState.UNLABELED)
    named = SampleFinding.objects.filter(
        dataset_id=OuterRef("dataset_id"), sample_id=OuterRef("pk"), code=code
    )
    return ~Q(findings=[]) & Q(ExistsForEach(named)) if is_alternative else Q(Exists(named))


def tags_condition(words: Iterable[str]) -> Q:
    """Samples with at least one of these tags, or with none where that is said; a word nobody used finds nothing."""
    wanted = {tag_form(word) for word in words}
    tagged = SampleTag.objects.filter(
        dataset_id=OuterRef("dataset_id"), sample_id=OuterRef("pk"), tag__in=sorted(wanted - {NO_TAG})
    )
    if NO_TAG not in wanted:
        return Q(Exists(tagged))
    return Q(tag_count=0) | Q(Exists(tagged)) if len(wanted) > 1 else Q(tag_count=0)


def assignee_condition(username: str) -> Q:
    """Who has the sample to label; labeling's rows are reached by the relation, never imported."""
    return Q(pk__in=Sample.objects.filter(items__assignee__username=username).order_by().values("pk"))


def score_condition(comparison: str, value: float) -> Q:
    """Samples with a shape whose score compares so; `comparison` is a lookup such as `gte`."""
    scored = Shape.objects.filter(sample_id=OuterRef("pk"), dataset_id=OuterRef("dataset_id"))
    return Q(Exists(scored.filter(**{f"score__{comparison}": value})))


def query_simple(text: str, *, dataset_id: uuid.UUID, task: str) -> tuple[str, str] | None:
    """The plain parameter and its value that say all that the filter says, if there is one."""
    try:
        tree = filter_parse(text)
    except QueryFault:
        return None
    if not isinstance(tree, Term) or tree.field not in _PLAIN or len(tree.values) != 1:
        return None
    (value,) = _words(tree)
    if tree.field in ("state", "split", "tag"):
        return tree.field, tag_form(value) if tree.field == "tag" else value
    try:
        found = _Compiler(dataset_id, task).named(tree)
    except QueryFault:
        return None
    return (tree.field, found[0]) if len(found) == 1 else None


class _Compiler:
    def __init__(self, dataset_id: uuid.UUID, task: str, told: ClassNames | None = None) -> None:
        self._dataset_id, self.task, self._told = dataset_id, task, told
        self._names: Mapping[str, list[uuid.UUID]] | None = None
        self._is_alternative = False

    def condition(self, expression: Expression) -> Q:
        if isinstance(expression, Term):
            return _TERMS[expression.field](self, expression)
        if isinstance(expression, Not):
            return ~self.condition(expression.part)
        if isinstance(expression, AllOf):
            return reduce(operator.and_, map(self.condition, expression.parts), Q())
        before, self._is_alternative = self._is_alternative, True
        joined = reduce(operator.or_, map(self.condition, expression.parts), Q())
        self._is_alternative = before
        return joined

    def labels(self, term: Term) -> Q:
        found = [uuid.UUID(text) for text in self.named(term)]
        condition = labels_condition(found, self.task) if found else Q()
        return condition | Q(label_class__isnull=True) if NO_LABEL in term.values else condition

    def named(self, term: Term) -> list[str]:
        """The ids or codes that the words of a label or a finding mean."""
        if term.field == "finding":
            return [code for value in _words(term) for code in _findings(value, term)]
        return [str(pk) for value in _words(term) if value != NO_LABEL for pk in self._label(value, term)]

    def findings(self, term: Term) -> Q:
        named = partial(finding_condition, is_alternative=self._is_alternative)
        return reduce(operator.or_, map(named, self.named(term)))

    def _label(self, value: str, term: Term) -> list[uuid.UUID]:
        known = self._classes()
        found = known.get(value.strip().lower())
        if found:
            return found
        close = get_close_matches(value.lower(), known, n=3)
        raise QueryFault(
            "filter_label", f"no class of this data set is named {value!r}",
            column=term.column, length=term.length, word=value, known=close or list(known)[:10],
        )  # fmt: skip

    def _classes(self) -> Mapping[str, list[uuid.UUID]]:
        """Ids by name in either language and by id."""
        if self._names is None:
            names: dict[str, list[uuid.UUID]] = {}
            told = class_names(self._dataset_id) if self._told is None else self._told
            for pk, *words in told:
                for word in {word.lower() for word in (str(pk), *words) if word}:
                    names.setdefault(word, []).append(pk)
            self._names = names
        return self._names


def _findings(value: str, term: Term) -> list[str]:
    """The code, or those that are it but for the word that tells what they are about: `blurry` for `picture_blurry`."""
    wanted = value.lower()
    found = [wanted] if wanted in KINDS else [code for code in KINDS if code.partition("_")[2] == wanted]
    if not found:
        raise QueryFault(
            "filter_finding", f"no finding is named {value!r}",
            column=term.column, length=term.length, word=value, known=sorted(KINDS),
        )  # fmt: skip
    return found


def _words(term: Term) -> list[str]:
    return [str(value) for value in term.values]


def _choice(column: str, compiler: _Compiler, term: Term) -> Q:
    return Q(**{f"{column}__in": ["" if value == "none" else value for value in term.values]})


def _text(column: str, compiler: _Compiler, term: Term) -> Q:
    if term.operator == "=":
        return Q(**{f"{column}__in": list(term.values)})
    return reduce(operator.or_, (has_text(column, str(value)) for value in term.values))


def _name(compiler: _Compiler, term: Term) -> Q:
    if term.operator == "=":
        return _text("name", compiler, term)
    return reduce(operator.or_, (text_condition(str(value), compiler.task) for value in term.values))


def _compared(column: str, compiler: _Compiler, term: Term) -> Q:
    return Q(**{f"{column}__{_LOOKUPS[term.operator]}": _plain(term.values[0])})


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _duration(compiler: _Compiler, term: Term) -> Q:
    """Of recordings, in seconds; what has none meets no condition. A scan: only lists of thousands ask for it."""
    return Q(**{f"payload__duration_s__{_LOOKUPS[term.operator]}": float(term.values[0])})


def _score(compiler: _Compiler, term: Term) -> Q:
    return score_condition(_LOOKUPS[term.operator], float(term.values[0]))


def _imported(compiler: _Compiler, term: Term) -> Q:
    value = str(term.values[0])
    if "T" in value:
        return _compared("imported_at", compiler, term)
    begin = datetime.fromisoformat(value).replace(tzinfo=UTC)
    day = Q(imported_at__gte=begin)
    return day if begin.date() == date.max else day & Q(imported_at__lt=begin + timedelta(days=1))


def _tag(compiler: _Compiler, term: Term) -> Q:
    return tags_condition(_words(term))


def _assignee(compiler: _Compiler, term: Term) -> Q:
    return reduce(operator.or_, map(assignee_condition, _words(term)))


_TERMS: Final[Mapping[str, Callable[[_Compiler, Term], Q]]] = MappingProxyType(
    {
        "label": _Compiler.labels,
        "finding": _Compiler.findings,
        "tag": _tag,
        "state": partial(_choice, "state"),
        "split": partial(_choice, "split"),
        "source": partial(_choice, "annotation_source"),
        "name": _name,
        "group": partial(_text, "group"),
        "size": partial(_compared, "size_bytes"),
        "imported": _imported,
        "duration": _duration,
        "score": _score,
        "assignee": _assignee,
    }
)
