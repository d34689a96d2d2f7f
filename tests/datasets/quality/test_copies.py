"""Groups of copies as a finding tells of them."""

from datasets.quality.copies import GROUPS_SHOWN, ROWS_SHOWN, grouped


def test_the_largest_groups_come_first_and_all_rows_are_named():
    rows, params = grouped([[9, 4], [1, 7, 3], [2, 8]])
    assert rows == [1, 2, 3, 4, 7, 8, 9]
    assert params == {"groups": 3, "examples": [[1, 3, 7], [2, 8], [4, 9]], "sizes": [3, 2, 2]}


def test_what_differs_is_shown_before_more_of_the_same():
    splits = ["train"] * 9 + ["test", ""]
    _, params = grouped([list(range(11))], splits)
    assert params["examples"] == [[0, 9, 10, 1, 2, 3]]
    assert params["sizes"] == [11]


def test_what_is_shown_is_bounded_and_what_is_counted_is_not():
    rows, params = grouped([list(range(50 * at, 50 * at + 50)) for at in range(100)])
    assert (len(rows), params["groups"]) == (5_000, 100)
    assert len(params["examples"]) == GROUPS_SHOWN
    assert {len(group) for group in params["examples"]} == {ROWS_SHOWN}


def test_nothing_is_nothing():
    assert grouped([]) == ([], {"groups": 0, "examples": [], "sizes": []})
