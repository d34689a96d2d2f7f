"""Trees and plans for tests of the readers."""

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, Problem
from datasets.formats.registry import format_detected
from tests.datasets.pictures import picture, saved, zipped

P = picture(1)


def tree_of(folder, files):
    packed = {
        name: content.encode() if isinstance(content, str) else content for name, content in files.items()
    }
    return open_tree(saved(folder, zipped(packed)), "upload.zip", folder)


def planned(folder, files, wanted="auto"):
    """The key of the format and its plan."""
    tree = tree_of(folder, files)
    choice = format_detected(tree, wanted)
    return choice.importer.key, choice.plan(tree)


def drafts(plan):
    return {d.member.name: d for d in plan.items if isinstance(d, Draft)}


def codes(plan):
    """How often each code was met."""
    found = {}
    for item in plan.items:
        if isinstance(item, Problem):
            found[item.code] = found.get(item.code, 0) + item.count
    return found


def rows(draft, size=(64, 48)):
    """Label and rounded pixels of every box."""
    return [(b.label, *(round(v, 3) for v in (b.x, b.y, b.w, b.h))) for b in draft.boxes_px(*size)]
