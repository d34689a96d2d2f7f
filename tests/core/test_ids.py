import time
import uuid

from core.ids import uuid7


def test_ids_are_valid_and_say_when_they_were_made():
    before, made, after = time.time_ns() // 1_000_000, uuid7(), time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_of_one_batch_sort_as_they_were_made():
    """Lists by time end with the id: the lines of a file stay in their order."""
    made = [uuid7() for _ in range(5_000)]
    assert len(set(made)) == 5_000
    assert made == sorted(made)
