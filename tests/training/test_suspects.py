"""What may be said of labels when groups keep whole classes together."""

import numpy as np
import pytest

from datasets.embeddings.heads import FOLDS, folds_of, told_apart
from datasets.embeddings.parts import Place, part_packed
from datasets.services.embeddings import KNOWN
from training.embedder.analyze import suspects_write

EACH, SIZE = 60, 16


@pytest.fixture
def compared(tmp_path):
    """The number of labels compared and the lines written for four well-told classes in the given groups."""

    def run(groups):
        rng = np.random.default_rng(0)
        labels = np.repeat(np.arange(4), EACH)
        vectors = np.eye(SIZE)[labels] + rng.normal(0, 0.05, (len(labels), SIZE))
        ids = [bytes([1 + row // 250, 1 + row % 250]) * 8 for row in range(len(labels))]
        known = np.zeros(len(labels), KNOWN)
        known["id"], known["label"], known["group"] = ids, labels, groups(labels)
        content = part_packed(ids, vectors)
        (tmp_path / "part").write_bytes(content)
        target = tmp_path / "suspects.jsonl"
        places = [Place(tmp_path / "part", 0, len(content))]
        count = suspects_write(target, places, known, 4)
        return count, target.read_text().splitlines() if target.exists() else None

    return run


def test_right_labels_of_pictures_without_groups_are_compared_and_believed(compared):
    count, lines = compared(lambda labels: np.arange(len(labels)))
    assert count == 4 * EACH
    assert len(lines) <= 0.02 * count


def test_classes_that_are_groups_are_not_compared(compared):
    assert compared(lambda labels: -labels - 1) == (0, None)


def test_pictures_of_one_group_are_not_compared(compared):
    assert compared(lambda labels: np.full(len(labels), -1)) == (0, None)


def test_a_class_that_is_one_group_is_left_out_and_the_others_are_compared(compared):
    count, lines = compared(lambda labels: np.where(labels == 2, -1, np.arange(len(labels))))
    assert count == 3 * EACH
    assert len(lines) <= 0.02 * count


def test_what_is_told_apart_has_its_class_in_another_fold():
    rng = np.random.default_rng(4)
    labels, groups = rng.integers(0, 12, 60), rng.integers(0, 9, 60)
    folds = folds_of(groups)
    slow = [any(labels[j] == labels[i] and folds[j] != folds[i] for j in range(60)) for i in range(60)]
    assert told_apart(labels, folds).tolist() == slow
    assert folds.max() < FOLDS
