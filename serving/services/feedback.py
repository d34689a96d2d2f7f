"""What was right: said afterwards, by a person, about one call."""

from django.db import transaction

from core.errors import Conflict, NotFound
from core.models import User
from core.services import audit
from serving.models import Endpoint, Feedback, JournalEntry
from serving.selectors import endpoints_visible_to
from serving.services.journal_ingest import journal_ingest


class AmbiguousRequest(Conflict):
    """Several endpoints have a call of this id; name the endpoint."""

    code = "ambiguous_request"


def endpoint_of_request(user: User, request_id: str) -> Endpoint:
    """The endpoint that answered a request, among those `user` sees. Raises NotFound or AmbiguousRequest.

    A call of a moment ago is fetched from the data plane's journal first.
    """
    for attempt in range(2):
        rows = JournalEntry.objects.filter(request_id=request_id, endpoint__in=endpoints_visible_to(user))
        endpoints = list(Endpoint.objects.filter(pk__in=rows.values("endpoint_id"))[:2])
        if len(endpoints) > 1:
            raise AmbiguousRequest("several endpoints have this request id; name the endpoint")
        if endpoints:
            return endpoints[0]
        if attempt == 0:
            journal_ingest(most_batches=5)
    raise NotFound("no journaled request of this id")


def feedback_record(*, actor: User, endpoint: Endpoint, request_id: str, label: str) -> Feedback:
    """Keep the label; the newest one of a request counts."""
    with transaction.atomic():
        feedback = Feedback.objects.create(
            endpoint=endpoint, request_id=request_id, label=label, created_by=actor
        )
        audit.record(
            actor,
            "serving.feedback.given",
            feedback,
            project=endpoint.project_id,
            request=request_id,
            label=label,
        )
    return feedback
