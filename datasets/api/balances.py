"""`/versions/{id}/balances/`: rare classes of a table made up for."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import NameField
from core.api.forms import accepted
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from datasets.api.rules import RULES
from datasets.selectors.datasets import version_for
from datasets.services.table_balance import METHODS, BalanceSpec, balance_preview, balance_submit

Serializer = serializers.Serializer[Any]


class BalanceForm(Serializer):
    """How rare classes are made up for."""

    method = serializers.ChoiceField(choices=METHODS, default="smote")
    share = serializers.FloatField(min_value=0.01, max_value=1, default=1.0)
    neighbors = serializers.IntegerField(min_value=1, max_value=50, default=5)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    name = NameField(max_length=200, allow_blank=True, default="")


class BalancedClassShape(Serializer):
    """Training rows of a class, and what one weighs so that all classes weigh the same; null without rows."""

    name = serializers.CharField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    weight = serializers.FloatField(allow_null=True)


class BalancePreviewShape(Serializer):
    """What a version would have."""

    classes = BalancedClassShape(many=True)
    made = serializers.IntegerField()
    rows = serializers.DictField(child=serializers.IntegerField())


class VersionBalanceViewSet(StudioViewSet):
    """`/versions/{id}/balances/`."""

    resource = "version_balances"
    rules = RULES

    @extend_schema(
        responses=BalancePreviewShape,
        parameters=[
            OpenApiParameter("method", str, enum=METHODS, description="`smote` if left out"),
            OpenApiParameter("share", float, description="Of the most frequent class, 0.01 to 1"),
        ],
    )
    def preview(self, request: Request, version_id: uuid.UUID) -> Response:
        """Training rows of each class before and after, and the weight of each; nothing is made."""
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        sent = accepted(BalanceForm, request.query_params)
        sent.pop("name")
        return Response(balance_preview(version, BalanceSpec(**sent)))

    @extend_schema(request=BalanceForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, version_id: uuid.UUID) -> Response:
        """Freeze a version in which rare classes have more training rows; the job's result is the version.

        `smote` makes rows between near rows of a class, numbers in between and categories as most near ones have them;
        `copies` repeats rows; `weights` adds none. Validation and test stay as they are. The weights of the classes are
        in the version's `augmentation`.
        """
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        sent = accepted(BalanceForm, request.data)
        name = sent.pop("name")
        job = balance_submit(actor=self.user, version=version, spec=BalanceSpec(**sent), name=name)
        return self.accepted(job)
