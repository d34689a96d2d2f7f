"""Writes of core."""
