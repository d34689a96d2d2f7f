"""Fields of forms that several resources share."""

import unicodedata
from typing import Any, Final

from rest_framework import serializers

# Joins letters and pictographs.
_JOINERS: Final = frozenset("\u200c\u200d")
# Part of the flags of regions.
_TAGS: Final = range(0xE0020, 0xE0080)
# Becomes a space where a name is stored.
_SPACES: Final = frozenset("\t")
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


class NameField(serializers.CharField):
    """What people call something. Signs that nobody sees could hide in it, turn it around, or steer a terminal."""

    def to_internal_value(self, data: Any) -> str:
        """Raises ValidationError."""
        name: str = super().to_internal_value(data)
        if any(map(_is_unseen, name)) or (name and all(sign in _JOINERS for sign in name)):
            raise serializers.ValidationError(
                "a name has no control characters and other unseen signs; type it anew"
            )
        return name


def _is_unseen(sign: str) -> bool:
    if sign in _JOINERS or sign in _SPACES or ord(sign) in _TAGS:
        return False
    return unicodedata.category(sign) in _UNSEEN
