"""Fields of forms that several resources share."""

import unicodedata
from typing import Any, Final

from rest_framework import serializers

# Joins letters and pictographs.
_JOINERS: Final = frozenset("\u200c\u200d")
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


class NameField(serializers.CharField):
    """What people call something. Signs that nobody sees could hide in it, turn it around, or steer a terminal."""

    def to_internal_value(self, data: Any) -> str:
        """Raises ValidationError."""
        name: str = super().to_internal_value(data)
        if any(_is_unseen(sign) for sign in name):
            raise serializers.ValidationError(
                "a name has no control characters and other unseen signs; type it anew"
            )
        return name


def _is_unseen(sign: str) -> bool:
    return not sign.isspace() and sign not in _JOINERS and unicodedata.category(sign) in _UNSEEN
