import numpy as np
import pytest

from datasets.formats.decoding.child import answer_for
from datasets.quality.features import Features
from datasets.quality.pictures import Pictures, picture_findings
from tests.datasets.quality.scenes import FAULTS, encoded, scene

CLEAN, EACH = 120, 5


def measured(contents):
    answers = [answer_for(content, 160) for content in contents]
    sizes = [(answer.width, answer.height) for answer in answers]
    return Pictures.of(sizes, [Features.from_json(answer.features) for answer in answers])


@pytest.fixture(scope="module")
def clean():
    return measured([encoded(scene(seed)) for seed in range(CLEAN)])


def test_every_planted_fault_is_named_and_hardly_anything_else(clean):
    planted = [code for code in FAULTS for _ in range(EACH)]
    spoiled = measured([FAULTS[code](scene(1000 + i)) for i, code in enumerate(planted)])
    found = picture_findings(Pictures.joined([clean, spoiled]))
    for i, code in enumerate(planted):
        assert found[code][CLEAN + i], f"{code} was missed"
    alarms = np.any([mask[:CLEAN] for mask in found.values()], axis=0)
    assert alarms.mean() <= 0.05


def test_a_set_that_is_all_alike_is_no_set_of_faults(clean):
    night = measured([FAULTS["picture_dark"](scene(seed)) for seed in range(40)])
    icons = measured([FAULTS["picture_tiny"](scene(seed)) for seed in range(40)])
    assert not picture_findings(night)["picture_dark"].any()
    assert not picture_findings(icons)["picture_tiny"].any()


def test_an_empty_picture_is_called_empty_and_not_blurred_as_well(clean):
    found = picture_findings(Pictures.joined([clean, measured([FAULTS["picture_uniform"](scene(7))])]))
    assert [code for code, mask in found.items() if mask[-1]] == ["picture_uniform"]


def test_no_picture_is_no_finding():
    assert picture_findings(Pictures.of([], [])) == {}
