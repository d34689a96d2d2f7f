"""Views by name."""

from typing import Any, Final

from django.db import IntegrityError, transaction

from core.errors import Conflict, InvalidInput
from core.models import User
from core.services import audit
from datasets.models import Dataset, Modality, SavedView
from datasets.selectors.samples import samples_filtered

MAX_VIEWS: Final = 200
PARTS: Final = ("q", "label", "state", "split", "finding", "tag", "ordering", "view", "columns", "rows")


class ViewNameTaken(Conflict):
    """Another view of this data set has the name."""

    code = "view_name_taken"


class TooManyViews(Conflict):
    """Delete one first."""

    code = "too_many_views"


def view_create(*, actor: User, dataset: Dataset, name: str, query: dict[str, Any]) -> SavedView:
    """Keep a view under a name. Raises InvalidInput, FilterInvalid, ViewNameTaken, TooManyViews."""
    called = " ".join(name.split())
    if not 1 <= len(called) <= 100:
        raise InvalidInput("a name has 1 to 100 characters", field="name")
    unknown = sorted(set(query) - set(PARTS))
    if unknown:
        raise InvalidInput("a view has no such part", field="query", known=list(PARTS), unknown=unknown)
    if dataset.modality != Modality.TABULAR:
        samples_filtered(dataset.pk, {"filter": query.get("q", "")}, task=dataset.task)
    try:
        with transaction.atomic():
            if SavedView.objects.filter(dataset=dataset).count() >= MAX_VIEWS:
                raise TooManyViews(f"a data set keeps at most {MAX_VIEWS} views; delete one first")
            view = SavedView.objects.create(dataset=dataset, name=called, query=query, created_by=actor)
            audit.record(actor, "datasets.view.created", view, project=dataset.project_id, name=called)
    except IntegrityError as exc:
        raise ViewNameTaken("another view has that name", fields={"name": ["taken"]}) from exc
    return view


def view_delete(*, actor: User, view: SavedView) -> None:
    """Forget it."""
    with transaction.atomic():
        audit.record(actor, "datasets.view.deleted", view, project=view.dataset.project_id, name=view.name)
        view.delete()
