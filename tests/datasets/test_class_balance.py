"""The balance of classes before and after, without a database."""

from datasets.class_balance import balance_changes

COUNTS = {"samples": 10, "train": 8, "val": 2, "test": 0}


def side(*rows):
    return [
        {"id": key, "name": name, "name_zh": "", "train": train, "val": val, "test": test}
        for key, name, train, val, test in rows
    ], COUNTS


def test_a_class_that_came_went_or_has_another_name_is_told():
    after = side(("1", "cat", 4, 1, 0), ("3", "hound", 2, 0, 0), ("4", "fox", 1, 1, 0))
    before = side(("1", "cat", 4, 1, 0), ("2", "cow", 1, 0, 0), ("3", "dog", 2, 0, 0))
    rows = {row["name"]: row for row in balance_changes(after, before)}
    assert {name: row["change"] for name, row in rows.items()} == {
        "cat": "", "hound": "renamed", "fox": "added", "cow": "removed",
    }  # fmt: skip
    assert rows["cow"]["all"] == {"before": 1, "after": 0, "before_share": 0.1, "after_share": 0.0}
    assert rows["fox"]["train"] == {"before": 0, "after": 1, "before_share": 0.0, "after_share": 0.125}


def test_a_part_without_samples_has_no_share():
    (row,) = balance_changes(side(("1", "cat", 3, 1, 0)), side(("1", "cat", 2, 1, 0)))
    assert row["test"] == {"before": 0, "after": 0, "before_share": 0.0, "after_share": 0.0}
    assert (row["all"]["before"], row["all"]["after"]) == (3, 4)
