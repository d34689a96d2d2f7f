"""Rows of CSV for writers. Pure."""

from collections.abc import Iterable


def csv_row(values: Iterable[str]) -> str:
    """One line with its end; quotes where CSV needs them."""
    return ",".join(_cell(value) for value in values) + "\r\n"


def _cell(value: str) -> str:
    needs_quotes = any(ch in value for ch in ',"\r\n;\t|') or value != value.strip()
    return '"' + value.replace('"', '""') + '"' if needs_quotes else value
