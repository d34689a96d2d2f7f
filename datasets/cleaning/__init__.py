"""Cleaning: operators on single texts and pictures, and on whole sets, as checked recipes. Pure."""

from datasets.cleaning.base import Choice, Operator
from datasets.cleaning.recipe import MAX_STEPS, described, recipe_from, recipe_json

__all__ = ["MAX_STEPS", "Choice", "Operator", "described", "recipe_from", "recipe_json"]
