"""Whether the objects that samples refer to are still there: looked at by a job, nothing is changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Final

from django.db import transaction

from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import OUTSIDE, Blob, Job, User
from core.services import audit
from core.services.outside import AT_ONCE
from datasets.models import Dataset, DatasetVersion, Reference, Sample
from datasets.selectors.references import CHECK_KIND, outside_of
from datasets.services.references import ReferenceUnreachable, reference_state
from datasets.services.versions import version_opened

STATES: Final = ("reachable", "gone", "changed", "denied", "unreachable")
_CHUNK: Final = 200
_EXAMPLES: Final = 20


def references_check_submit(*, actor: User, dataset: Dataset, version: DatasetVersion | None = None) -> Job:
    """Queue a look at what the samples of a data set, or of a version of it, refer to."""
    params = {"dataset": str(dataset.pk)} | ({"version": str(version.pk)} if version else {})
    with transaction.atomic():
        job = job_submit(CHECK_KIND, project=dataset.project, actor=actor, params=params)
        audit.record(actor, "datasets.references.checked", version or dataset, project=dataset.project_id)
    return job


def references_check_run(ctx: JobContext) -> dict[str, Any]:
    """`{dataset, checked, reachable, gone, changed, denied, unreachable, examples: [{key, state}]}`.

    Bytes that lie in several places are as good as the best of these. Raises ReferenceUnreachable when no server
    answers, instead of asking it for every object.
    """
    counts: Counter[str] = Counter()
    examples: list[dict[str, str]] = []
    total = outside_of(Sample.objects.filter(dataset=ctx.params["dataset"])).count()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="references") as pool:
        for places in _placed(_contents(ctx)):
            ctx.check()
            flat = [place for known in places.values() for place in known]
            states = dict(zip((place.pk for place in flat), pool.map(reference_state, flat), strict=True))
            if flat and set(states.values()) == {"unreachable"}:
                raise ReferenceUnreachable("no server answered for the objects; try again later")
            for known in places.values():
                state, key = min(
                    ((states[place.pk], place.key) for place in known),
                    key=lambda one: STATES.index(one[0]),
                    default=("gone", ""),
                )
                counts[state] += 1
                if state != "reachable" and len(examples) < _EXAMPLES:
                    examples.append({"key": key, "state": state})
            ctx.progress(counts.total(), max(total, counts.total()), "files")
    return {
        "dataset": ctx.params["dataset"],
        "checked": counts.total(),
        **{state: counts[state] for state in STATES},
        "examples": examples,
    }


def _contents(ctx: JobContext) -> Iterator[str]:
    if "version" not in ctx.params:
        rows = Sample.objects.filter(dataset=ctx.params["dataset"]).order_by("pk")
        yield from rows.values_list("sha256", flat=True).iterator(5_000)
        return
    with version_opened(DatasetVersion.objects.get(pk=ctx.params["version"])) as (_, samples):
        for sample in samples:
            yield sample.sha256


def _placed(sha256s: Iterable[str]) -> Iterator[Mapping[str, Sequence[Reference]]]:
    """Of those that lie outside, where; two statements for some hundreds."""
    stream = iter(sha256s)
    while part := list(islice(stream, _CHUNK)):
        names = Blob.objects.filter(pk__in=part, container=OUTSIDE).values_list("pk", flat=True)
        places: dict[str, list[Reference]] = defaultdict(list, {name: [] for name in names})
        for row in Reference.objects.filter(content__in=list(places)).select_related("source").order_by("pk"):
            places[row.content].append(row)
        if places:
            yield places
