"""Vectors in files and the search through them."""

import uuid

import numpy as np
import pytest

from datasets.embeddings.parts import Place, chunks_read, part_ids, part_packed, part_vectors, widened
from datasets.embeddings.search import nearest, vector_of


def kept(folder, ids, vectors, before=b"", name="part"):
    content = part_packed(ids, vectors)
    path = folder / name
    path.write_bytes(before + content + b"behind")
    return Place(path, len(before), len(content))


def made(count, seed=0, size=32):
    rng = np.random.default_rng(seed)
    return [rng.bytes(16) for _ in range(count)], rng.normal(size=(count, size)).astype(np.float32)


def test_a_part_within_a_file_reads_as_unit_vectors_under_their_ids(tmp_path):
    ids, vectors = made(7)
    ids[3] = b"\1" * 14 + b"\0\0"  # a name whose end is nothing is still a name
    place = kept(tmp_path, ids, vectors, before=b"something else")
    assert [bytes(one).ljust(16, b"\0") for one in part_ids(place)] == ids
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(part_vectors(place), units, atol=1e-3)


@pytest.mark.parametrize(
    "spoil", [lambda c: c[:8], lambda c: c[:-1], lambda c: b"XXXX" + c[4:], lambda c: b""]
)
def test_what_is_no_part_is_refused(tmp_path, spoil):
    content = spoil(part_packed(*made(3)))
    (tmp_path / "part").write_bytes(content)
    with pytest.raises(ValueError):
        list(chunks_read([Place(tmp_path / "part", 0, len(content))]))


def test_the_search_over_several_parts_answers_like_sorting_everything(tmp_path):
    ids, vectors = made(5_000, size=24)
    places = [
        kept(tmp_path, ids[a:b], vectors[a:b], name=f"{a}")
        for a, b in ((0, 3_000), (3_000, 3_001), (3_001, 5_000))
    ]
    query = vector_of(places, ids[3_000])
    assert query is not None
    exact = np.concatenate([chunk for _, chunk in chunks_read(places)]) @ query
    order = np.argsort(-exact, kind="stable")[:40]
    found = nearest(places, query, 40)
    assert [one for one, _ in found] == [ids[i] for i in order]
    np.testing.assert_allclose([cosine for _, cosine in found], exact[order], atol=1e-5)
    assert found[0][0] == ids[3_000]


def test_halves_are_widened_exactly():
    bits = np.arange(65_536, dtype=np.uint16)
    halves = bits[np.isfinite(bits.view(np.float16))].view(np.float16)
    np.testing.assert_array_equal(widened(halves), halves.astype(np.float32))
    np.testing.assert_array_equal(np.signbit(widened(halves)), np.signbit(halves))


def test_a_picture_without_a_vector_has_none(tmp_path):
    assert vector_of([kept(tmp_path, *made(3))], uuid.uuid4().bytes) is None
    assert nearest([], np.ones(3, np.float32), 5) == []
