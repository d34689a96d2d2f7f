"""Campaigns in the administration pages: to be read, closed and opened again; the work itself is not touched."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin.base import ScopedAdmin
from core.models import User
from labeling.models import Campaign, Review
from labeling.selectors.campaigns import with_totals
from labeling.services.campaigns import campaign_set_state


@admin.register(Campaign)
class CampaignAdmin(ScopedAdmin):
    """Labeling work of the projects the person manages."""

    list_display = (
        "name",
        "project",
        "state",
        "done",
        "waiting",
        "overlap",
        "review_rate",
        "due",
        "created_at",
    )
    list_filter = ("state", "task")
    search_fields = ("id", "name")
    list_select_related = ("project",)
    ordering = ("-created_at", "-id")
    actions = ("close", "reopen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """With their totals, in the same statement."""
        return with_totals(super().get_queryset(request), cast(User, request.user))

    @admin.display(description=_("Done"))
    def done(self, campaign: Any) -> str:
        """Answered of all."""
        answered = campaign.n_submitted + campaign.n_accepted + campaign.n_skipped
        return f"{answered} / {answered + campaign.n_new + campaign.n_rejected}"

    @admin.display(description=_("Waiting for review"))
    def waiting(self, campaign: Any) -> int:
        """Submitted and not yet judged."""
        return int(campaign.n_submitted)

    @admin.action(description=_("Close the selected campaigns"))
    def close(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        """Hand out nothing more."""
        self._set(request, queryset, Campaign.State.CLOSED)

    @admin.action(description=_("Open the selected campaigns again"))
    def reopen(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        """Go on."""
        self._set(request, queryset, Campaign.State.OPEN)

    def _set(self, request: HttpRequest, queryset: QuerySet[Campaign], state: str) -> None:
        count = 0
        for campaign in queryset:
            campaign_set_state(actor=cast(User, request.user), campaign=campaign, state=state)
            count += 1
        text = ngettext("%d campaign changed", "%d campaigns changed", count) % count
        self.message_user(request, text, messages.SUCCESS)


@admin.register(Review)
class ReviewAdmin(ScopedAdmin):
    """Verdicts, newest first."""

    project_path = "annotation__campaign__project"
    list_display = ("created_at", "reviewer", "verdict", "reason", "annotation")
    list_filter = ("verdict",)
    search_fields = ("annotation__id", "reviewer__username", "reason")
    list_select_related = ("reviewer", "annotation")
    ordering = ("-created_at", "-id")
