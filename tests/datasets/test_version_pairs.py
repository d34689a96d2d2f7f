from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.services.version_pairs import Changes, Told, pairs_by_content

contents = st.sampled_from("abcdefgh")
versions = st.dictionaries(contents, st.tuples(st.integers(0, 20), st.integers(0, 2)), max_size=8)


def _stream(version, seen):
    rows = [Told(f"{number:03}-{sha256}", sha256, (label,)) for sha256, (number, label) in version.items()]
    for row in sorted(rows, key=lambda row: row.id):
        seen.append(row.id)
        yield row


@settings(max_examples=400, deadline=None)
@given(versions, versions)
def test_pairs_are_those_of_two_dictionaries_by_content(new, old):
    expected = [
        (sha256 in new and (new[sha256][1],), sha256 in old and (old[sha256][1],))
        for sha256 in new.keys() | old.keys()
    ]
    got = [
        (mine or False, theirs or False)
        for mine, theirs in pairs_by_content(_stream(new, []), _stream(old, []))
    ]
    assert sorted(map(repr, got)) == sorted(map(repr, expected))


def test_what_is_the_same_is_not_held_until_the_end():
    """A thousand equal samples: the first pair comes before the second sample is read."""
    version = {f"{number:04}": (number, 0) for number in range(1_000)}
    mine, theirs = [], []
    pairs = pairs_by_content(_stream(version, mine), _stream(version, theirs))
    next(pairs)
    assert (len(mine), len(theirs)) == (1, 1)


def test_changes_keep_the_first_ones_and_count_all():
    changes = Changes(3)
    for number in range(1_000, 0, -1):
        changes.add((number,))
    assert (changes.count, changes.listed()) == (1_000, [(1,), (2,), (3,)])
    assert len(changes.first) <= 6
