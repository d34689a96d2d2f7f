"""Operators on texts. Pure."""
