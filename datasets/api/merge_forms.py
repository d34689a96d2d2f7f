"""What branches and merges take in and answer."""

from typing import Any

from rest_framework import serializers

from core.api.fields import NameField
from datasets.api.browse_forms import STUCK
from datasets.models import MergeConflict
from datasets.three_way import CONFLICTS

Serializer = serializers.Serializer[Any]
SIDES = ("ours", "theirs")
STATES = ("planning", "planned", "failed", "doing", "done", "undoing", "undone")


class BranchForm(Serializer):
    """A data set to be made from a version."""

    name = NameField(max_length=200)


class MergeForm(Serializer):
    """A version to be brought into the data set.

    `classes` names for classes of the version, by their ids, a class of the data set by its id, or `new`, or `drop`;
    what is left out is taken as proposed. Of a table they are the words of its target column. `removals` removes here what was removed there.
    """

    version = serializers.UUIDField()
    classes = serializers.DictField(child=serializers.CharField(max_length=1_000), required=False)
    removals = serializers.BooleanField(default=False)


class MergeChoiceForm(Serializer):
    """Which side is right, of the conflicts named or, without names, of all."""

    choice = serializers.ChoiceField(choices=MergeConflict.Choice.choices, allow_blank=True)
    conflicts = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, min_length=1, max_length=10_000
    )


class MergeApplyForm(Serializer):
    """Which side wins where nothing was chosen."""

    policy = serializers.ChoiceField(choices=SIDES, default="ours")


class MergeVersionShape(Serializer):
    """A version of a data set."""

    version = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    dataset = serializers.UUIDField()
    dataset_name = serializers.CharField()


class MergeEditJobShape(Serializer):
    """The job that does a merge or takes it back."""

    id = serializers.UUIDField()
    is_open = serializers.BooleanField()


class MergeShape(Serializer):
    """A merge. `base` is what both come from, null for strangers; `mapping` class there -> class here, `new`, `drop`.

    `job` looked at it; `policy` is the side that wins where nothing was chosen, null until it is done; `edit_job` is
    the last that did it or took it back.
    """

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    source = MergeVersionShape()  # type: ignore[assignment]
    base = MergeVersionShape(allow_null=True)
    mapping = serializers.DictField(child=serializers.CharField())
    removals = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    state = serializers.ChoiceField(choices=STATES)
    edit = serializers.UUIDField(allow_null=True)
    policy = serializers.ChoiceField(choices=SIDES, allow_null=True)
    edit_job = MergeEditJobShape(allow_null=True)
    undoable = serializers.BooleanField()
    stuck = serializers.ChoiceField(choices=STUCK, allow_blank=True)
    job = serializers.UUIDField(allow_null=True)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class SaidShape(Serializer):
    """A class and how often a side says it of the sample."""

    name = serializers.CharField()
    name_zh = serializers.CharField()
    count = serializers.IntegerField()


class MergeConflictShape(Serializer):
    """A sample that both sides changed; `sample` is the one here, `other` the one there."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in CONFLICTS])
    name = serializers.CharField()
    sample = serializers.UUIDField(allow_null=True)
    other = serializers.UUIDField(allow_null=True)
    thumb_url = serializers.CharField(allow_null=True)
    excerpt = serializers.CharField()
    base = SaidShape(many=True)
    ours = SaidShape(many=True)
    theirs = SaidShape(many=True)
    choice = serializers.ChoiceField(choices=MergeConflict.Choice.choices)


class ProposedClassShape(Serializer):
    """A class of the version: `to` is a class id here or `new`; `why` is `origin`, `name` or `new`.

    Of tables the ids are the words themselves.
    """

    id = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    to = serializers.CharField()
    why = serializers.ChoiceField(choices=["origin", "name", "new"])


class WordShape(Serializer):
    """A word of the target column."""

    id = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)


class MergeProposalShape(Serializer):
    """What a merge would start from; `here` are the words of a table's target, null for others."""

    base = MergeVersionShape(allow_null=True)
    classes = ProposedClassShape(many=True)
    here = WordShape(many=True, allow_null=True)
