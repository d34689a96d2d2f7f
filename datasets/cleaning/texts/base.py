"""The contract of an operator on single texts. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from datasets.cleaning.base import Operator
from datasets.cleaning.edits import Edit


class TextOperator(Operator, ABC):
    """Says what it replaces, so that spans can follow. Its time grows with the text and not faster."""

    @abstractmethod
    def edits(self, text: str) -> Sequence[Edit]:
        """Ascending replacements; nothing for a text that stays as it is."""
