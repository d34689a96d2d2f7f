"""Recipes of many steps: what they keep in between, and what that costs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import InvalidInput
from datasets.tables.engine import rows
from tests.datasets.tables.clean.tables import clean, part

CLIP = {"op": "clip", "params": {"columns": ["x"], "low": 0}}
SOME = {"op": "filter", "params": {"column": "x", "test": "ge", "value": "0"}}
MANY = [CLIP] * 14 + [SOME, CLIP, SOME]


def number_part(folder):
    return part(folder, {"x": ("number", [float(i) for i in range(1000)])})


def peak_mb(folder) -> int:
    """Of a process of its own that does MANY; what a process says of its children counts the one that began them."""
    told = (
        "import pathlib; from tests.datasets.tables.clean import test_many_steps as t; "
        f"folder = pathlib.Path({str(folder)!r}); t.clean(folder, *t.number_part(folder), t.MANY); "
        "print(pathlib.Path('/proc/self/status').read_text())"
    )
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    return int(re.search(r"VmHWM:\s+(\d+) kB", done.stdout)[1]) // 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from procfs")
def test_a_filter_behind_many_steps_needs_no_memory_that_doubles_with_each(tmp_path):
    assert peak_mb(tmp_path) < 250


def test_rows_kept_in_between_are_let_go_when_later_ones_are_kept(tmp_path):
    made = clean(tmp_path, *number_part(tmp_path), MANY)
    kept = rows(made.connection, "SELECT table_name FROM duckdb_tables()")
    assert kept == [(f"s{len(MANY) - 1}",)]
    assert len(made.ids) == made.done.rows[-1] == 1000


def test_a_row_that_says_something_under_both_names_keeps_a_column_from_its_new_name(tmp_path):
    path, columns = part(tmp_path, {"y": ("number", [None, 2.0]), "x": ("number", [1.0, None])})
    steps = [{"op": "rename", "params": {"column": "x", "name": "y"}}]
    made = clean(tmp_path, path, columns, steps, known={"y": columns[0]})
    assert (made.names, made.column("y")) == (["y"], [1.0, 2.0])
    path, columns = part(tmp_path, {"y": ("number", [1.0]), "x": ("number", [1.0])}, "both")
    with pytest.raises(InvalidInput, match="already"):
        clean(tmp_path, path, columns, steps, known={"y": columns[0]})
