"""What the resources of core take in."""

from typing import Any

from rest_framework import serializers

from core.api.fields import NameField
from core.models import User
from core.roles import ROLE_NAMES
from core.services.tokens import SCOPES

Serializer = serializers.Serializer[Any]
PASSWORD_MOST = 128


def accepted(form: type[Serializer], raw: Any, *, partial: bool = False) -> dict[str, Any]:
    """The validated fields of a body; every problem of it at once as `params.fields`."""
    checked = form(data=raw, partial=partial)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


class CredentialsForm(Serializer):
    """A name and a password."""

    username = serializers.CharField(max_length=150, trim_whitespace=False)
    password = serializers.CharField(max_length=PASSWORD_MOST, trim_whitespace=False)


class PasswordForm(Serializer):
    """The present password and the new one."""

    old = serializers.CharField(max_length=PASSWORD_MOST, trim_whitespace=False)
    new = serializers.CharField(max_length=PASSWORD_MOST, trim_whitespace=False)


class InvitationAcceptForm(Serializer):
    """The password of the account to be made."""

    password = serializers.CharField(max_length=PASSWORD_MOST, trim_whitespace=False)


class ProfileForm(Serializer):
    """What people may change about themselves."""

    display_name = NameField(max_length=150, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=User.Language.choices, required=False)
    theme = serializers.ChoiceField(choices=User.Theme.choices, required=False)
    preferences = serializers.DictField(required=False)

    def validate_preferences(self, value: dict[str, Any]) -> dict[str, Any]:
        """At most 64 kB, as the browser keeps its settings here."""
        if len(str(value)) > 65_536:
            raise serializers.ValidationError("preferences hold at most 64 kB")
        return value


class TokenForm(Serializer):
    """A token to be made."""

    name = NameField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES),
        required=False,
        allow_empty=False,
        max_length=len(SCOPES),
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class UserForm(Serializer):
    """An account to be made or changed by a site administrator."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=PASSWORD_MOST, trim_whitespace=False)
    display_name = NameField(max_length=150, allow_blank=True, required=False)
    is_admin = serializers.BooleanField(required=False)


class UserChangeForm(Serializer):
    """What a site administrator may change about an account."""

    password = serializers.CharField(max_length=PASSWORD_MOST, trim_whitespace=False, required=False)
    display_name = NameField(max_length=150, allow_blank=True, required=False)
    is_admin = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)


class ProjectForm(Serializer):
    """A project to be made or changed."""

    name = NameField(max_length=200)
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    template = serializers.CharField(max_length=50, allow_blank=True, required=False)


class MemberForm(Serializer):
    """A role to be given."""

    role = serializers.ChoiceField(choices=ROLE_NAMES)


class InviteeForm(Serializer):
    """One person to be invited."""

    username = serializers.RegexField(r"^[\w.@+-]+\Z", max_length=150)
    role = serializers.ChoiceField(choices=ROLE_NAMES)
    display_name = NameField(max_length=150, allow_blank=True, required=False)


class InvitationForm(Serializer):
    """People to be invited."""

    people = InviteeForm(many=True, allow_empty=False)
