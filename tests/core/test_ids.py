import time
import uuid

from core.ids import uuid4_text, uuid7


def test_ids_are_valid_and_say_when_they_were_made():
    before, made, after = time.time_ns() // 1_000_000, uuid7(), time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_of_one_batch_sort_as_they_were_made():
    """Lists by time end with the id: the lines of a file stay in their order."""
    made = [uuid7() for _ in range(5_000)]
    assert len(set(made)) == 5_000
    assert made == sorted(made)


def test_random_ids_as_text_are_those_of_the_standard():
    made = [uuid4_text() for _ in range(2_000)]
    assert len(set(made)) == 2_000
    assert all(str(uuid.UUID(text)) == text for text in made)
    assert {(one.version, one.variant) for one in map(uuid.UUID, made)} == {(4, uuid.RFC_4122)}
