"""Augmentation of recordings: what is heard changes, what is said of it stays. Pure."""

from datasets.augment.sounds.operators import OPERATORS
from datasets.augment.sounds.sound import Sound

__all__ = ["OPERATORS", "Sound"]
