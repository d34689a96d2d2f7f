import os
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


def test_a_forked_child_draws_identifiers_of_its_own():
    uuid4_text()
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, uuid4_text().encode())
        os._exit(0)
    os.waitpid(child, 0)
    drawn = os.read(read, 36).decode()
    os.close(read)
    os.close(write)
    assert len(drawn) == 36
    assert drawn != uuid4_text()
