"""What a client asks of rows, without a database."""

import time
from datetime import datetime

import pytest

from core.errors import InvalidInput
from datasets.tables.engine import QueryTooLong, connect, deadline, rows
from datasets.tables.kinds import Column
from datasets.tables.query import conditions_from

WHEN = {0: Column(0, "when", "datetime")}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-01-31T01:30:00+02:00", datetime(2026, 1, 30, 23, 30)),
        ("2026-01-31T01:30:00Z", datetime(2026, 1, 31, 1, 30)),
        ("2026-01-31T01:30:00", datetime(2026, 1, 31, 1, 30)),
        ("2026-01-31", datetime(2026, 1, 31)),
    ],
)
def test_a_time_with_an_offset_is_the_moment_it_says(said, meant):
    (one,) = conditions_from([{"column": 0, "op": "ge", "value": said}], WHEN)
    assert one.value == meant
    assert one.value.tzinfo is None


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:00:00-05:00", "soon"])
def test_a_time_that_is_none_is_refused(said):
    with pytest.raises(InvalidInput, match="holds dates"):
        conditions_from([{"column": 0, "op": "ge", "value": said}], WHEN)


@pytest.mark.parametrize("kind", ["text", "category", "id"])
@pytest.mark.parametrize(
    ("op", "value"), [("eq", "a\ud800"), ("ne", "\udfff"), ("contains", "\ud800"), ("in", ["a", "\ud800"])]
)
def test_half_a_surrogate_pair_is_refused(kind, op, value):
    with pytest.raises(InvalidInput):
        conditions_from([{"column": 0, "op": op, "value": value}], {0: Column(0, "said", kind)})


@pytest.mark.parametrize(
    "sent",
    [
        {"op": "row"},
        {"op": "row", "value": []},
        {"op": "row", "value": [True]},
        {"op": "row", "value": ["1) OR (true"]},
        {"op": "row", "value": [-1]},
        {"op": "row", "value": [2**63]},
        {"op": "row", "value": list(range(10_001))},
        {"op": "copied"},
        {"op": "copied", "value": [1]},
        {"column": 0, "op": "outside", "value": ["2026-01-01"]},
        {"column": 0, "op": "outside", "value": "2026-01-01"},
    ],
)
def test_a_test_of_rows_that_is_none_is_refused(sent):
    with pytest.raises(InvalidInput):
        conditions_from([sent], WHEN)


def test_characters_beyond_the_first_plane_are_asked_for(tmp_path):
    (one,) = conditions_from([{"column": 0, "op": "eq", "value": "a😀"}], {0: Column(0, "said", "text")})
    assert rows(connect([tmp_path]), "SELECT ?", [one.value]) == [("a😀",)]


def test_a_question_that_takes_too_much_memory_says_so(tmp_path):
    connection = connect([tmp_path], memory="16MB")
    with pytest.raises(QueryTooLong, match="memory"), deadline(connection):
        rows(connection, "SELECT list(md5(CAST(i AS VARCHAR)) ORDER BY i) FROM range(2_000_000) t(i)")


def test_a_question_that_takes_too_long_says_so(tmp_path):
    connection = connect([tmp_path])
    with pytest.raises(QueryTooLong, match="too long"), deadline(connection, 0.2):
        rows(connection, "SELECT sum(a.i * b.i) FROM range(10_000_000) a(i), range(10_000_000) b(i)")


def test_time_that_runs_out_between_two_questions_ends_the_next(tmp_path):
    connection = connect([tmp_path])

    def asked():
        with deadline(connection, 0.05):
            rows(connection, "SELECT 1")
            time.sleep(0.2)
            rows(connection, "SELECT sum(sqrt(i)) FROM range(300_000_000) t(i)")

    with pytest.raises(QueryTooLong, match="too long"):
        asked()


def test_a_question_answered_in_time_leaves_the_connection_in_peace(tmp_path):
    connection = connect([tmp_path])
    with deadline(connection, 0.05):
        rows(connection, "SELECT 1")
    time.sleep(0.1)
    assert rows(connection, "SELECT count(*) FROM range(20_000_000) t(i) WHERE sqrt(i) < 0") == [(0,)]
