"""Files beside pictures that look like annotations and that no reader took. Pure."""

import re
from typing import Final

from datasets.formats.base import Member, Problem, Tree
from datasets.formats.layout import examples

_SUFFIXES: Final = frozenset(("json", "jsonl", "ndjson", "xml", "csv", "tsv", "txt"))
# What lies beside pictures and says nothing of a single one.
_HARMLESS: Final = re.compile(
    r"^((readme|licen[cs]e|copying|notice|changelog|changes|citation|attribution|credits|about|requirements"
    r"|package|dataset[-_](metadata|infos?)|checksums?|(sha|md5)\w*)([._-][\w.-]*)?"
    r"|(class(es)?|names)([-_]names)?\.txt)$"
)


def not_understood(tree: Tree, but_for: frozenset[str] = frozenset()) -> tuple[Problem, ...]:
    """One finding for all files that could hold labels, but for those with the suffixes `but_for`."""
    found = [member for member in tree.members if is_like_annotations(member, but_for)]
    if not found:
        return ()
    files = "file was" if len(found) == 1 else "files were"
    names = examples([member.name for member in found])
    detail = (
        f"{len(found)} {files} not read as labels: {names}; "
        "if labels are inside, choose their format by hand instead of letting it be found out"
    )
    return (Problem("annotations_not_understood", names, detail, len(found)),)


def is_like_annotations(member: Member, but_for: frozenset[str] = frozenset()) -> bool:
    """By its name; whether labels are inside only a reader could tell."""
    tail = member.name.rpartition("/")[2].lower()
    return member.suffix in _SUFFIXES - but_for and not _HARMLESS.match(tail)
