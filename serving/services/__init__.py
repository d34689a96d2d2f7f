"""Writes of serving."""
