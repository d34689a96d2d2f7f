"""`/datasets/{id}/samples/`, `/samples/{id}/`, their annotation and their pictures."""

import uuid
from functools import partial
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import NO_REVISION, etag_of, revision_expected
from core.api.forms import accepted
from core.api.media import blob_response
from core.api.pages import MAX_LIMIT, limit_of, ordering_of, page, page_fetched, paged
from core.api.queries import number_of, uuid_of
from core.api.views import StudioViewSet
from core.errors import InvalidInput
from core.services.blobs import blob_row
from datasets.api import browse_forms, forms, shapes
from datasets.api.rules import RULES
from datasets.geometry import FIELD_OF_KIND
from datasets.models import Dataset, Modality, Sample
from datasets.selectors.counters import tags_counted
from datasets.selectors.datasets import dataset_browsed, dataset_for, sample_for
from datasets.selectors.embeddings import similar_rows
from datasets.selectors.facets import samples_facets
from datasets.selectors.histories import history_render, history_rows
from datasets.selectors.listed import Listing, listed_render, rows_listed
from datasets.selectors.samples import (
    FILTERS,
    ORDERINGS,
    annotation_of,
    sample_row,
    samples_count,
)
from datasets.services.annotations import ShapeInput, annotation_replace
from datasets.services.previews import preview_jpeg

_SIZES = (64, 1_024)


class SampleViewSet(StudioViewSet):
    """Samples."""

    resource = "samples"
    rules = RULES

    @extend_schema(
        responses=paged(shapes.SampleShape),
        parameters=[
            *(OpenApiParameter(name, str) for name in (*FILTERS, "ordering", "cursor", "limit", "count")),
            OpenApiParameter("similar_to", uuid.UUID, description="A sample: only its nearest, in one page"),
        ],
    )
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Samples by `ordering` (`imported_at`, `name`, `size`, `id`; `-` turns it round, commas part several).

        Without it in the order of their ids, which is that of their import. `state`, `split`, `label` and
        `tag` take several values with commas between; `label` is the id of a class, `tag` may be `none`. `filter` says all that in one line:
        `label:cat,dog (state:unlabeled or finding:blurry) -split:test size>100kb name~"wing" score>=0.8`.
        `region` is a polygon on the map, `x,y,x,y` of 0 to 1; of what lies in it the first 5,000.
        `count=1` counts, past 10,000 only where it costs nothing; `count=exact` to the end.
        """
        dataset = dataset_browsed(self.user, dataset_id)
        self.allow(dataset.project_id, held=dataset.held)
        conditions = {name: request.query_params[name] for name in FILTERS if name in request.query_params}
        if near := uuid_of(request, "similar_to"):
            return self._similar(request, dataset_for(self.user, dataset_id), near, conditions)
        ordering = [name.replace("size", "size_bytes") for name in ordering_of(request, ORDERINGS, "id")]
        exactly = request.query_params.get("count") == "exact"
        count = partial(samples_count, dataset_id, conditions, task=dataset.task, exactly=exactly)
        return page_fetched(
            request,
            partial(rows_listed, Listing(dataset_id, dataset.task, tuple(conditions.items()))),
            render=partial(_rendered, dataset_id=dataset_id, modality=dataset.modality),
            ordering=ordering,
            count=count,
        )

    @extend_schema(
        responses=browse_forms.FacetsShape, parameters=[OpenApiParameter(name, str) for name in FILTERS]
    )
    def facets(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """How many of the samples that pass the filters have which state, split, class, finding and tag.

        Each kind is counted without its own parameter, so that another value can be chosen; of more than
        100,000 samples that many are looked at, and `partial` names the kind.
        """
        dataset = dataset_browsed(self.user, dataset_id)
        self.allow(dataset.project_id, held=dataset.held)
        conditions = {name: request.query_params[name] for name in FILTERS if name in request.query_params}
        return Response(samples_facets(dataset_id, conditions, task=dataset.task))

    @extend_schema(responses=browse_forms.TagsShape)
    def tags(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """The tags of the data set and how many samples carry each, the most used first; at most 1,000."""
        dataset = dataset_browsed(self.user, dataset_id)
        self.allow(dataset.project_id, held=dataset.held)
        return Response({"results": tags_counted(dataset_id)})

    def _similar(
        self, request: Request, dataset: Dataset, near: uuid.UUID, conditions: dict[str, str]
    ) -> Response:
        sample = sample_for(self.user, near)
        if sample.dataset_id != dataset.pk:
            raise InvalidInput("no such sample in this data set", field="similar_to")
        rows = similar_rows(dataset, sample, conditions, among=MAX_LIMIT)
        return Response(
            {"results": rows[: limit_of(request)], "next": None, "previous": None, "count": len(rows)}
        )

    @extend_schema(responses=shapes.SampleShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One sample; its `ETag` is the revision of its annotation."""
        sample = sample_for(self.user, pk)
        self.allow(sample.dataset.project_id)
        return Response(sample_row(pk), headers={"ETag": etag_of(sample.annotation_revision)})

    @extend_schema(
        responses=paged(shapes.SampleHistoryShape),
        parameters=[OpenApiParameter(name, str) for name in ("cursor", "limit", "count")],
    )
    def history(self, request: Request, pk: uuid.UUID) -> Response:
        """Everything that was said of the sample, the newest first.

        `origin` is what an imported file says of who labeled it elsewhere and when; nobody saw that here.
        """
        sample = sample_for(self.user, pk)
        self.allow(sample.dataset.project_id)
        return page(
            request, history_rows(pk), render=partial(history_render, sample=sample), ordering=("-revision",)
        )

    @extend_schema(
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("size", int, description="Longer side in pixels, 64 to 1024")],
    )
    def media(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """The picture: with `size` a JPEG of that many pixels, else the original bytes."""
        sample = sample_for(self.user, pk)
        self.allow(sample.dataset.project_id)
        size = request.query_params.get("size")
        if size is None:
            return blob_response(request._request, blob_row(sample.sha256))  # type: ignore[return-value]
        if sample.dataset.modality != Modality.IMAGE:
            raise InvalidInput("only pictures have other sizes; leave size out", field="size")
        side = number_of(request, "size", default=_SIZES[1], least=_SIZES[0], most=_SIZES[1])
        response = HttpResponse(preview_jpeg(sample, side), content_type="image/jpeg")
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        response["ETag"] = f'"{sample.sha256}-{side}"'
        return response


class SampleAnnotationViewSet(StudioViewSet):
    """`/samples/{id}/annotation/`."""

    resource = "sample_annotations"
    rules = RULES

    @extend_schema(responses=shapes.SampleAnnotationShape)
    def retrieve(self, request: Request, sample_id: uuid.UUID) -> Response:
        """What is said of the sample now."""
        sample = sample_for(self.user, sample_id)
        self.allow(sample.dataset.project_id)
        return _annotation(sample)

    @extend_schema(request=forms.SampleAnnotationForm, responses=shapes.SampleAnnotationShape)
    def update(self, request: Request, sample_id: uuid.UUID) -> Response:
        """Replace the annotation; a stale `revision` or `If-Match` gets 409 with `params.current`."""
        sample = sample_for(self.user, sample_id)
        self.allow(sample.dataset.project_id)
        sent = accepted(forms.SampleAnnotationForm, request.data)
        named = revision_expected(request)
        annotation_replace(
            sample_id,
            expected_revision=sent["revision"] if named in (None, sent["revision"]) else NO_REVISION,
            shapes=[*map(_shape, sent["shapes"]), *map(_span, sent["spans"])],
            actor=self.user,
            source="human",
            state=sent["state"],
        )
        return _annotation(sample_for(self.user, sample_id))


def _annotation(sample: Sample) -> Response:
    return Response(annotation_of(sample), headers={"ETag": etag_of(sample.annotation_revision)})


def _span(row: dict[str, Any]) -> ShapeInput:
    return ShapeInput(id=row["id"], kind="span", label=row["class"], span=(row["start"], row["end"]))


def _shape(row: dict[str, Any]) -> ShapeInput:
    box = row.get("box")
    return ShapeInput(
        id=row["id"],
        kind=row["kind"],
        label=row["label"],
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        span=_ends(row),
        score=row.get("score"),
        source=row["source"],
        geometry={name: row[name] for name in FIELD_OF_KIND.values() if row.get(name) is not None},
        attributes=row.get("attributes"),
        relations=tuple((str(one["type"]), str(one["to"])) for one in row.get("relations", ())),
    )


def _ends(row: dict[str, Any]) -> tuple[float, float] | None:
    """Of a span whole numbers, of a region seconds."""
    if "start" not in row or "end" not in row:
        return None
    ends = row["start"], row["end"]
    is_whole = row["kind"] != "region" and all(end.is_integer() for end in ends)
    return (int(ends[0]), int(ends[1])) if is_whole else ends


def _rendered(rows: "list[dict[str, Any]]", dataset_id: uuid.UUID, modality: str) -> "list[dict[str, Any]]":
    return [listed_render(row, dataset_id, modality) for row in rows]
