"""What other applications may want to know."""

from typing import Final

from django.dispatch import Signal

# Inside the transaction and before the rows go; `ids` are those of the samples, which are locked.
samples_ending: Final = Signal()
