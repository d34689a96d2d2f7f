"""Who sees which campaign, item and annotation, and what they may do with it."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Aggregate, CharField, Exists, OuterRef, Q, QuerySet, Subquery

from core.errors import Forbidden, NotFound
from core.models import ProjectUserPermission, User
from core.prepared import Prepared
from core.roles import PERMISSIONS, Permission
from core.selectors import project_ids_with
from labeling.models import AcceptanceItem, Annotation, Campaign, CampaignAssignee, Consensus, Item


class JoinedText(Aggregate):
    """Texts of a group with commas between them."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """The same under its older name."""
        return self.as_sql(compiler, connection, function="group_concat", **context)


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do in one campaign."""

    permissions: frozenset[str]
    is_assigned: bool
    is_open_to_all: bool

    @property
    def may_label(self) -> bool:
        """Take items and answer them."""
        given = self.is_assigned or self.is_open_to_all or "manage_project" in self.permissions
        return given and "label_project" in self.permissions

    @property
    def may_see(self) -> bool:
        """Know that the campaign exists."""
        return self.may_label or "view_project" in self.permissions

    def need(self, permission: Permission) -> None:
        """Raises NotFound for whoever may not know of it, Forbidden for whoever may not do it."""
        if not self.may_see:
            raise NotFound
        if permission not in self.permissions:
            raise Forbidden("your role in this project does not allow this", needs=permission)

    def need_label(self) -> None:
        """Raises NotFound or Forbidden for whoever does not label here."""
        self.need("label_project")
        if not self.may_label:
            raise Forbidden("this campaign is given to other people", needs="assignment")


def with_access(rows: QuerySet[Any], user: User, campaign: str = "") -> QuerySet[Any]:
    """Annotate rows with what `access_of` reads; `campaign` is the path to the campaign, ending in `__`.

    Rows of deleted projects and data sets fall out.
    """
    held = ProjectUserPermission.objects.filter(
        user_id=user.pk, content_object_id=OuterRef(f"{campaign}project_id")
    )
    names = held.order_by().values("content_object_id").annotate(names=JoinedText("permission__codename"))
    campaign_id = OuterRef(f"{campaign}pk" if not campaign else f"{campaign.removesuffix('__')}_id")
    assigned = CampaignAssignee.objects.filter(campaign_id=campaign_id)
    live = {f"{campaign}{part}__deleted_at__isnull": True for part in ("project", "dataset")}
    found: QuerySet[Any] = rows.filter(**live).annotate(
        access_permissions=Subquery(names.values("names")),
        access_assigned=Exists(assigned.filter(user_id=user.pk)),
        access_restricted=Exists(assigned),
    )
    return found


def access_of(row: Any, user: User) -> Access:
    """The access that `with_access` wrote onto a row."""
    names = (row.access_permissions or "").split(",")
    permissions = PERMISSIONS if user.is_superuser else names
    return Access(
        permissions=frozenset(permissions if user.is_active else ()),
        is_assigned=row.access_assigned,
        is_open_to_all=not row.access_restricted,
    )


# A deleted data set takes its campaigns along, and brings them back.
_LIVE = Q(dataset__deleted_at__isnull=True)


def campaigns_to_label(user: User) -> QuerySet[Campaign]:
    """Campaigns that hand work to `user`."""
    restricted = CampaignAssignee.objects.filter(campaign_id=OuterRef("pk"))
    managed = Q(project_id__in=project_ids_with(user, "manage_project"))
    given = Q(Exists(restricted.filter(user_id=user.pk))) | ~Q(Exists(restricted)) | managed
    return Campaign.objects.filter(_LIVE, given, project_id__in=project_ids_with(user, "label_project"))


def campaigns_to_review(user: User) -> QuerySet[Campaign]:
    """Campaigns whose answers `user` may judge."""
    return Campaign.objects.filter(_LIVE, project_id__in=project_ids_with(user, "review_project"))


def campaigns_visible_to(user: User) -> QuerySet[Campaign]:
    """Campaigns `user` may know of: their own work, and all of a project whose data they may view."""
    viewed = Q(project_id__in=project_ids_with(user, "view_project"))
    return Campaign.objects.filter(_LIVE, viewed | Q(pk__in=campaigns_to_label(user).values("pk")))


def campaign_for(user: User, campaign_id: uuid.UUID) -> tuple[Campaign, Access]:
    """The campaign and what `user` may do in it. Raises NotFound."""
    campaign = with_access(Campaign.objects.select_related("dataset"), user).filter(pk=campaign_id).first()
    return seen(campaign, user)


def item_for(user: User, item_id: uuid.UUID, *, lock: bool = False) -> tuple[Item, Access]:
    """The item with its campaign, data set and sample. Raises NotFound.

    `lock` holds the item and its sample until the transaction ends, and reads both as they then are.
    `is_resolved` on the item says whether a reviewer has decided what the answers to its sample come to,
    `is_in_batch` whether it belongs to a batch that is being judged.
    """
    return seen(next(iter((_LOCKED if lock else _READ).found(user.pk, item_id)), None), user)


def _item(user_id: uuid.UUID, item_id: uuid.UUID) -> QuerySet[Item]:
    resolved = Consensus.objects.filter(
        campaign_id=OuterRef("campaign_id"), sample_id=OuterRef("sample_id"), state="resolved"
    )
    batches = AcceptanceItem.objects.filter(item_id=OuterRef("pk"), acceptance__state="open")
    rows = Item.objects.select_related("campaign__dataset", "sample").annotate(
        is_resolved=Exists(resolved), is_in_batch=Exists(batches)
    )
    return with_access(rows, User(pk=user_id), "campaign__").filter(pk=item_id)


_READ: Final = Prepared(_item, uuid.UUID, uuid.UUID)
_LOCKED: Final = Prepared(
    lambda user_id, item_id: _item(user_id, item_id).select_for_update(of=("self", "sample")),
    uuid.UUID,
    uuid.UUID,
)


def annotation_for(user: User, annotation_id: uuid.UUID) -> tuple[Annotation, Access]:
    """The annotation, if it is the user's own work or they may view the project. Raises NotFound."""
    rows = Annotation.objects.select_related("item", "campaign__dataset", "author")
    annotation, access = seen(with_access(rows, user, "campaign__").filter(pk=annotation_id).first(), user)
    if annotation.author_id != user.pk and "view_project" not in access.permissions:
        raise NotFound
    return annotation, access


def items_touched_by(user: User) -> QuerySet[Item]:
    """Items that `user` holds or held: assigned to them last, or answered by them once."""
    answered = Annotation.objects.filter(item_id=OuterRef("pk"), author_id=user.pk)
    projects = project_ids_with(user, "label_project")
    return Item.objects.filter(
        Q(assignee_id=user.pk) | Q(lease_holder_id=user.pk) | Q(Exists(answered)),
        campaign__project_id__in=projects,
        campaign__dataset__deleted_at__isnull=True,
    )


def seen(row: Any, user: User) -> tuple[Any, Access]:
    """A row of `with_access` and its access. Raises NotFound for none and for one the user may not know of."""
    if row is None:
        raise NotFound
    access = access_of(row, user)
    if not access.may_see:
        raise NotFound
    return row, access
