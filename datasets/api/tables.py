"""`/datasets/{id}/table/`, its rows and its columns."""

import json
import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import etag_of, revision_expected
from core.api.fields import NameField
from core.api.forms import accepted
from core.api.queries import number_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.errors import InvalidInput
from datasets.api.rules import RULES
from datasets.models import Dataset
from datasets.selectors import tables as selectors
from datasets.selectors.datasets import dataset_for
from datasets.services import table_columns as services
from datasets.tables.kinds import DATE_FORMATS, KINDS
from datasets.tables.query import MAX_PAGE, OPERATORS

Serializer = serializers.Serializer[Any]
_MAX_OFFSET = 2**53
_FILTER = f"JSON: `[{{column, op, value}}]`, op one of {', '.join(OPERATORS)}"


class ColumnParamsForm(Serializer):
    """How a column's cells are read."""

    decimal = serializers.ChoiceField(choices=(".", ","), required=False)
    format = serializers.ChoiceField(choices=("", *DATE_FORMATS), required=False)


class TableChangeForm(Serializer):
    """What may change about a table."""

    target = serializers.IntegerField(min_value=0, allow_null=True)
    revision = serializers.IntegerField(required=False, min_value=0)


class TableColumnForm(Serializer):
    """Another name, or another kind; one of them."""

    name = NameField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    params = ColumnParamsForm(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A name is changed at once, a kind by a job."""
        if ("name" in attrs) == ("kind" in attrs):
            raise serializers.ValidationError({"kind": ["send a name or a kind"]})
        return attrs


class TableColumnShape(Serializer):
    """A column: its kind, why, and what it holds."""

    index = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    reason = serializers.DictField()
    params = serializers.DictField()
    statistics = serializers.DictField()


class TableShape(Serializer):
    """A table; `associations` hold Pearson's r of numbers, Cramér's V of categories and, as
    `missing`, which columns rows lack together."""

    dataset = serializers.UUIDField()
    revision = serializers.IntegerField()
    target = serializers.IntegerField(allow_null=True)
    rows = serializers.IntegerField()
    bytes = serializers.IntegerField()
    is_described = serializers.BooleanField()
    columns = TableColumnShape(many=True)
    associations = serializers.DictField()


class TableRowShape(Serializer):
    """A row. `cells` in the order of the page's columns; `misfits` are texts that their column could not take."""

    id = serializers.IntegerField()
    cells = serializers.ListField(child=serializers.JSONField(allow_null=True))
    misfits = serializers.DictField(child=serializers.CharField())


class TableRowsShape(Serializer):
    """A page of rows; `count` is of all rows that the filter takes."""

    results = TableRowShape(many=True)
    columns = serializers.ListField(child=serializers.IntegerField())
    count = serializers.IntegerField()
    revision = serializers.IntegerField()


class TableViewSet(StudioViewSet):
    """`/datasets/{id}/table/`."""

    resource = "tables"
    rules = RULES

    @extend_schema(responses=TableShape)
    def retrieve(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Columns, statistics and associations; the `ETag` is the revision."""
        dataset = self._dataset(dataset_id)
        return _answer(dataset)

    @extend_schema(request=TableChangeForm, responses=TableShape)
    def partial_update(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Choose the column that is to be predicted."""
        dataset = self._dataset(dataset_id)
        sent = accepted(TableChangeForm, request.data)
        services.table_update(
            actor=self.user,
            dataset=dataset,
            target=sent["target"],
            revision=sent.get("revision", revision_expected(request)),
        )
        return _answer(dataset)

    @extend_schema(
        responses=TableRowsShape,
        parameters=[
            OpenApiParameter("limit", int),
            OpenApiParameter("offset", int),
            OpenApiParameter("after", int, description="Rows behind the row with this id"),
            OpenApiParameter(
                "sort", str, description="The number of a column, with - in front for descending"
            ),
            OpenApiParameter("filter", str, description=_FILTER),
            OpenApiParameter("columns", str, description="Numbers with commas; the first 200 when absent"),
        ],
    )
    def rows(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """A page of rows, in the order of their ids unless sorted."""
        dataset = self._dataset(dataset_id)
        return Response(selectors.rows_asked(selectors.table_of(dataset), _asked(request)))

    def _dataset(self, dataset_id: uuid.UUID) -> Dataset:
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return dataset


class TableColumnViewSet(StudioViewSet):
    """`/datasets/{id}/table/columns/{index}/`."""

    resource = "table_columns"
    rules = RULES

    @extend_schema(
        request=TableColumnForm,
        responses={
            200: TableColumnShape,
            202: JobAcceptedSerializer,
        },
    )
    def partial_update(self, request: Request, dataset_id: uuid.UUID, index: int) -> Response:
        """Rename at once, or have the column read as another kind, which a job does; `If-Match` is the table's."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        selectors.table_of(dataset)
        sent = accepted(TableColumnForm, request.data)
        if "name" in sent:
            column = services.column_rename(
                actor=self.user,
                dataset=dataset,
                index=index,
                name=sent["name"],
                revision=revision_expected(request),
            )
            return Response(selectors.column_render(column))
        job = services.column_retype_submit(
            actor=self.user,
            dataset=dataset,
            index=index,
            kind=sent["kind"],
            params=dict(sent.get("params", {})),
            revision=revision_expected(request),
        )
        return self.accepted(job)


def _answer(dataset: Dataset) -> Response:
    table = selectors.table_of(dataset)
    return Response(selectors.table_render(table), headers={"ETag": etag_of(table.revision)})


def _asked(request: Request) -> selectors.RowsAsked:
    sort = request.query_params.get("sort", "")
    after = request.query_params.get("after")
    return selectors.RowsAsked(
        limit=number_of(request, "limit", default=100, least=1, most=MAX_PAGE),
        offset=number_of(request, "offset", default=0, least=0, most=_MAX_OFFSET),
        after=None if after is None else number_of(request, "after", default=0, least=0, most=_MAX_OFFSET),
        sort=_numbers(sort.removeprefix("-"), "sort")[0] if sort else None,
        is_descending=sort.startswith("-"),
        filter=_filter(request),
        columns=_numbers(request.query_params.get("columns", ""), "columns"),
    )


def _filter(request: Request) -> Any:
    text = request.query_params.get("filter") or "[]"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("a filter is JSON", field="filter") from exc
    if not isinstance(found, list):
        raise InvalidInput("a filter is a list of conditions", field="filter")
    return found


def _numbers(text: str, field: str) -> list[int]:
    pieces = [piece for piece in text.split(",") if piece]
    if len(pieces) > selectors.MAX_COLUMNS_SHOWN or not all(
        piece.isascii() and piece.isdigit() and len(piece) < 8 for piece in pieces
    ):
        raise InvalidInput(
            f"up to {selectors.MAX_COLUMNS_SHOWN} numbers of columns were expected", field=field
        )
    if not pieces and field == "sort":
        raise InvalidInput("the number of a column was expected", field=field)
    return [int(piece) for piece in pieces]
