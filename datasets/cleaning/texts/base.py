"""The contract of an operator on single texts. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from datasets.cleaning.base import Operator
from datasets.cleaning.edits import Edit, bounded


class TextOperator(Operator, ABC):
    """Says what it replaces, so that spans can follow. Its time grows with the text and not faster."""

    def edits(self, text: str) -> list[Edit]:
        """Ascending replacements; nothing for a text that stays as it is. Raises TooManyChanges."""
        return bounded(self.found(text))

    @abstractmethod
    def found(self, text: str) -> Iterable[Edit]:
        """The replacements, one after the other."""
