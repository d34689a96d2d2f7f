"""`/annotations/`: one person's answer to one item."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import etag_of
from core.api.forms import accepted
from core.api.views import StudioViewSet
from labeling.api import forms, shapes
from labeling.api.render import next_to_label, next_to_review, saved_render
from labeling.api.rules import RULES
from labeling.selectors.access import annotation_for
from labeling.selectors.progress import annotation_history
from labeling.services.annotate import SUBMITTED, Save, annotation_save, annotation_take_back
from labeling.services.claims import Claimant
from labeling.services.parts import annotation_document
from labeling.services.reviews import Judgment, annotation_review


class AnnotationViewSet(StudioViewSet):
    """`/annotations/{id}/`; the id is made by the client, so every save can be repeated."""

    resource = "annotations"
    rules = RULES

    @extend_schema(responses=shapes.AnnotationShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """The answer as it stands."""
        annotation, _ = annotation_for(self.user, pk)
        body = {
            **annotation_document(annotation, annotation.campaign.dataset),
            "author": annotation.author.username,
        }
        return Response(body, headers={"ETag": etag_of(annotation.revision)})

    @extend_schema(request=forms.AnnotationForm, responses=shapes.SavedShape)
    def update(self, request: Request, pk: uuid.UUID) -> Response:
        """Save a draft or submit. `next` puts the caller's next item into the same answer."""
        self.scoped()
        sent = accepted(forms.AnnotationForm, request.data)
        save = Save(
            annotation_id=pk,
            item_id=sent["item"],
            revision=sent["revision"],
            state=sent["state"],
            shapes=sent["shapes"],
            seconds_spent=sent["seconds_spent"],
        )
        saved = annotation_save(self.user, save)
        body = saved_render(saved)
        if sent["next"] and saved.state == SUBMITTED:
            body["next"] = next_to_label(Claimant(self.user, saved.campaign_id, 1, sent["held"]))
        return Response(body, headers={"ETag": etag_of(saved.revision)})

    @extend_schema(request=None, responses=shapes.SavedShape)
    def take_back(self, request: Request, pk: uuid.UUID) -> Response:
        """Turn a submission nobody has reviewed into a draft again."""
        self.scoped()
        return Response(saved_render(annotation_take_back(self.user, pk)))

    @extend_schema(request=forms.VerdictForm, responses=shapes.SavedShape)
    def review(self, request: Request, pk: uuid.UUID) -> Response:
        """Accept, reject with a reason, or fix."""
        self.scoped()
        sent = accepted(forms.VerdictForm, request.data)
        judgment = Judgment(pk, sent["verdict"], sent["reason"], sent.get("shapes"), sent.get("revision"))
        saved = annotation_review(self.user, judgment)
        body = saved_render(saved)
        if sent["next"]:
            found = next_to_review(
                Claimant(self.user, saved.campaign_id, 1, sent["held"]), sent.get("acceptance")
            )
            body["next"] = found[0] if found else None
        return Response(body)

    @extend_schema(responses=shapes.HistoryShape)
    def history(self, request: Request, pk: uuid.UUID) -> Response:
        """Every step of the answer, oldest first."""
        annotation, _ = annotation_for(self.user, pk)
        return Response({"results": annotation_history(annotation)})
