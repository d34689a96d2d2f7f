"""The base of every view: one look-up of the rule, one way to answer."""

import uuid
from typing import Any, ClassVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core import selectors
from core.api import idempotency
from core.api.rules import Need, Public, Rules, SiteAdmin
from core.errors import Forbidden, NotFound, Unauthorized
from core.models import Job, Project, User


class StudioViewSet(viewsets.ViewSet):
    """Views of one resource.

    The rule of `<resource>_<action>` decides before the action runs; an action without a rule is
    refused. Where the rule needs a permission on a project, the action must say for which one
    (`allow`), or that its list is narrowed by a `*_visible_to` selector (`scoped`); an action that
    did neither is a bug and answers 500.

    `reading_actions` are POSTs that change nothing: a key on them is not remembered, and no transaction
    is opened for them.
    """

    resource: ClassVar[str]
    rules: ClassVar[Rules]
    permission_classes = ()
    secret_actions: ClassVar[frozenset[str]] = frozenset()
    reading_actions: ClassVar[frozenset[str]] = frozenset()

    _asked = False

    @property
    def operation(self) -> str:
        """The stored name of what is being done, also the OpenAPI operationId."""
        return f"{self.resource}_{self.action}"

    @property
    def user(self) -> User:
        """The caller; only behind a rule that is not public."""
        return cast(User, self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whoever may not do this; answer a repeated request from the record."""
        super().initial(request, *args, **kwargs)
        if not self.action:
            return  # an unknown method: DRF answers 405
        rule = self.rules.get(self.operation)
        if rule is None:
            raise Forbidden("this operation is not open to anybody")
        if isinstance(rule, Public):
            return
        if not request.user.is_authenticated:
            raise Unauthorized("sign in first")
        if isinstance(rule, SiteAdmin) and not request.user.is_superuser:
            raise Forbidden("only a site administrator may do this")
        if self.action in self.reading_actions:
            return
        try:
            idempotency.begin(request)
        except idempotency.Replay:
            self._asked = True  # it was asked when the answer was first given, to the same person
            raise

    def allow(self, project: Project | uuid.UUID, *, held: frozenset[str] | None = None) -> frozenset[str]:
        """Check the rule's permission on the project; all the caller's permissions there.

        `held` are those, where the statement that found the object has read them.

        Raises NotFound for a stranger and Forbidden for a member without the permission.
        """
        self._asked = True
        project_id = project.pk if isinstance(project, Project) else project
        if held is None:
            held = selectors.project_permissions(self.user, project_id)
        if "access_project" not in held:
            raise NotFound
        rule = self.rules[self.operation]
        if isinstance(rule, Need) and rule.permission not in held:
            raise Forbidden("your role in this project does not allow this", needs=rule.permission)
        return held

    def scoped(self) -> None:
        """Declare that what follows is narrowed to what the caller may see."""
        self._asked = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As DRF's; a repeated unsafe request and its answer are one transaction."""
        if self.action_map.get(str(request.method).lower()) in self.reading_actions:
            return super().dispatch(request, *args, **kwargs)
        with idempotency.transaction_for(request):
            response = super().dispatch(request, *args, **kwargs)
            idempotency.keep(request, response, secret=self.action in self.secret_actions)
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Catch an action that forgot to ask for its permission."""
        rule = self.rules.get(self.operation) if self.action else None
        if isinstance(rule, Need) and response.status_code < 400 and not self._asked:
            raise RuntimeError(f"{self.operation} answered without asking for {rule.permission}")
        return super().finalize_response(request, response, *args, **kwargs)

    def created(self, body: dict[str, Any], location: str | None = None) -> Response:
        """201 with the new thing."""
        return Response(
            body, status=status.HTTP_201_CREATED, headers={"Location": location} if location else None
        )

    def accepted(self, job: Job, **extra: Any) -> Response:
        """202 with the job that does it."""
        headers = {"Location": f"/api/v1/jobs/{job.pk}/"}
        return Response(
            {**extra, "job": selectors.job_render(job)}, status=status.HTTP_202_ACCEPTED, headers=headers
        )

    def no_content(self) -> Response:
        """204."""
        return Response(status=status.HTTP_204_NO_CONTENT)
