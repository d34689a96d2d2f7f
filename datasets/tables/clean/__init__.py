"""Recipes that change the rows of a table, as SQL over its parts, so that memory is flat. Pure.

They share their operators' meaning with `datasets.preparation`, which computes features for a model; tests hold the
two together.
"""
