"""`/projects/{id}/bin/` and `/bin/{id}/restore/`."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.selectors import project_for
from datasets.api.forms import Serializer
from datasets.api.rules import RULES
from datasets.selectors.bin import entries_render, entries_shown, entry_for
from datasets.services import bin as services

MAX_ENTRIES = 500


class BinEntryShape(Serializer):
    """Deleted samples of one edit, those that a cleaning took out, or a deleted data set; `purge_at` is when it goes for good."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=("samples", "cleaning", "merge", "restore", "dataset"))
    dataset = serializers.UUIDField()
    name = serializers.CharField()
    modality = serializers.CharField()
    samples = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    deleted_at = serializers.DateTimeField()
    deleted_by = serializers.CharField()
    purge_at = serializers.DateTimeField()
    may_restore = serializers.BooleanField()


class BinEmptyForm(Serializer):
    """Which entries go; all of them when none are named."""

    entries = serializers.ListField(child=serializers.UUIDField(), max_length=MAX_ENTRIES, required=False)


class BinViewSet(StudioViewSet):
    """`/projects/{id}/bin/`."""

    resource = "bin"
    rules = RULES

    @extend_schema(responses=paged(BinEntryShape))
    def list(self, request: Request, project_id: uuid.UUID) -> Response:
        """What was deleted and can still be restored, newest first."""
        project = project_for(self.user, project_id)
        self.allow(project)
        return page(
            request, entries_shown([project.pk]), render=entries_render, ordering=("-deleted_at", "-id")
        )

    @extend_schema(request=BinEmptyForm, responses={202: JobAcceptedSerializer})
    def empty(self, request: Request, project_id: uuid.UUID) -> Response:
        """Let it go for good, now. What a frozen version holds stays with the version."""
        project = project_for(self.user, project_id)
        self.allow(project)
        sent = accepted(BinEmptyForm, request.data)
        return self.accepted(
            services.bin_empty(actor=self.user, project=project, entries=sent.get("entries"))
        )

    @extend_schema(request=None, responses={202: JobAcceptedSerializer, 204: None})
    def restore(self, request: Request, pk: uuid.UUID) -> Response:
        """Bring it back: samples by a job (202) that takes the edit or the cleaning back, a data set at once (204)."""
        entry = entry_for(self.user, pk)
        self.allow(entry.project_id)
        job = services.entry_restore(actor=self.user, entry=entry)
        return self.no_content() if job is None else self.accepted(job)
