"""Vectors of texts: what the pieces are, what the axes are, what is near."""

import unicodedata
from collections import Counter

import numpy as np
import pytest

from datasets.embeddings import meanings, ngrams
from datasets.embeddings.meanings import Meanings, Projector, fitted_to
from datasets.embeddings.ngrams import pieces_of
from datasets.embeddings.projections import (
    made_of_sounds,
    made_of_texts,
    meanings_packed,
    meanings_unpacked,
    timbres_unpacked,
)
from tests.datasets.embeddings.prose import chinese, english


def pieces_slowly(text):
    """How often each piece comes, as strings."""
    plain = f" {' '.join(unicodedata.normalize('NFKC', text).lower().split())} "
    found = [plain[i : i + n] for n in range(1, 5) for i in range(len(plain) - n + 1)]
    found = [piece for piece in found if piece != " "]
    words = "".join(c if c.isalnum() or ord(c) > 127 else " " for c in plain).split()
    return Counter(found) + Counter(f"word {word}" for word in words if 4 < len(word) <= 24)


@pytest.mark.parametrize(
    "text",
    [
        "The cat sat, the cat ran.",
        "模型训练完成，数据集已保存。",
        "ＦＵＬＬ　Width 全角 and 😀",
        "a",
        "x" * 30,
        "a-b_c/d",
    ],
)
def test_pieces_are_all_runs_of_four_and_the_words(text):
    numbers, counts = pieces_of(text)
    slow = pieces_slowly(text)
    assert sorted(counts.astype(int)) == sorted(slow.values())
    assert len(numbers) == len(slow) == len(set(numbers.tolist()))
    assert numbers.min() >= 0
    assert numbers.max() < ngrams.SPACE


def test_a_piece_is_the_same_wherever_it_stands():
    first, second = (set(pieces_of(text)[0].tolist()) for text in ("one weather two", "far away the weather"))
    assert len(first & second) >= len(set(pieces_of("weather")[0].tolist())) - 2


@pytest.mark.parametrize("text", ["", "   ", "\u3000\n\t"])
def test_nothing_has_no_pieces(text):
    assert len(pieces_of(text)[0]) == 0


@pytest.mark.parametrize(
    "text", ["\ud800 lone", "\0\0\0", "e" + "\u0301" * 50_000, "\ufdfa" * 20_000, "字" * 1_000_000]
)
def test_hostile_texts_cost_no_more_than_others(text):
    numbers, counts = pieces_of(text)
    assert 0 < len(numbers) <= 5 * ngrams.CHARACTERS
    assert np.isfinite(counts).all()


def test_axes_are_the_leading_singular_vectors():
    texts = [text for _, text in english()[::3]]
    fitted = fitted_to(texts, seed=0)
    count = len(texts)
    dense = np.zeros((count, len(fitted.vocabulary)))
    for row, text in enumerate(texts):
        pieces, counts = pieces_of(text)
        at = np.searchsorted(fitted.vocabulary, pieces).clip(0, len(fitted.vocabulary) - 1)
        known = fitted.vocabulary[at] == pieces
        dense[row, at[known]] = (1 + np.log(counts[known])) * fitted.weights[at[known]]
        dense[row] /= np.linalg.norm(dense[row])
    values = np.linalg.svd(dense, compute_uv=False)
    axes = fitted.axes.astype(np.float64)
    explained = ((dense @ axes) ** 2).sum()
    best = (values[: meanings.WIDTH] ** 2).sum()
    assert explained == pytest.approx(best, rel=2e-3)
    here = axes[:, np.abs(axes).sum(axis=0) > 0]
    np.testing.assert_allclose(here.T @ here, np.eye(here.shape[1]), atol=5e-3)


def test_one_seed_gives_the_same_bytes_and_another_does_not():
    texts = [text for _, text in english()[:80]]
    made = made_of_texts(len(texts))
    first = meanings_packed(fitted_to(texts, 0), made)
    assert meanings_packed(fitted_to(texts, 0), made) == first
    assert meanings_packed(fitted_to(texts, 1), made) != first
    stored = meanings_unpacked(first)
    again, direct = Projector(stored), Projector(fitted_to(texts, 0))
    for text in texts[:5]:
        np.testing.assert_array_equal(again.vector(text), direct.vector(text))


@pytest.mark.parametrize("read", [meanings_unpacked, timbres_unpacked])
@pytest.mark.parametrize("content", [b"", b"\0" * 64, b"\xff" * 8, b"{}" * 40])
def test_what_is_no_projection_is_refused(read, content):
    with pytest.raises(ValueError):
        read(content)


def neighbors_alike(rows):
    """The share of the five nearest that are of one kind, and what chance would give."""
    projector = Projector(fitted_to([text for _, text in rows], 0))
    vectors = np.stack([projector.vector(text) for _, text in rows])
    _, kinds = np.unique([kind for kind, _ in rows], return_inverse=True)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    near = np.argsort(-cosines, axis=1)[:, :5]
    shares = np.bincount(kinds) / len(kinds)
    return float((kinds[near] == kinds[:, None]).mean()), float((shares**2).sum())


def test_near_texts_are_of_one_kind_in_english_and_in_chinese():
    share, chance = neighbors_alike(english())
    assert share > 0.7
    assert chance < 0.2
    share, chance = neighbors_alike(chinese())
    assert share > chance + 0.2, (share, chance)


def test_what_shares_nothing_has_no_vector_and_no_axes():
    fitted = fitted_to(["alpha beta gamma", "alpha beta delta"], 0)
    assert isinstance(fitted, Meanings)
    assert Projector(fitted).vector("天地玄黄宇宙洪荒") is None
    assert fitted_to(["abc", "西瓜"], 0) is None
    assert fitted_to([], 0) is None
    assert fitted_to(["only one"], 0) is None


def test_memory_is_bounded_by_the_sample(monkeypatch):
    monkeypatch.setattr(meanings, "FITTED", 20)
    looked_at = []

    def endless():
        for number in range(10_000):
            looked_at.append(number)
            yield f"text number {number} of many"

    assert fitted_to(endless(), 0) is not None
    assert len(looked_at) <= 21


def test_a_projection_is_outgrown_by_twice_as_many_until_no_more_would_be_looked_at():
    small = made_of_texts(100)
    assert not small.is_outgrown_by(199)
    assert small.is_outgrown_by(200)
    assert not made_of_texts(meanings.FITTED).is_outgrown_by(10_000_000)
    assert small.is_current
    assert made_of_sounds(1).is_current
    assert not type(small)(small.kind, small.version + 1, 1, 1).is_current
