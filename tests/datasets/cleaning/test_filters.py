"""Which samples are cleaned: a line of the filter language, or an object of filters."""

import pytest

from tests.datasets.cleaning.conftest import cleaned, shown

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"filter": "size>=1 or size<1", "split": "train"}, '(size>=1 or size<1) split:"train"'),
        ({"state": "unlabeled,draft", "tag": ""}, 'state:"unlabeled","draft"'),
        ({}, ""),
    ],
)
def test_an_object_of_filters_says_which_samples_are_cleaned_as_a_line_does(client, make_texts, said, line):
    dataset = make_texts(["ONE"])
    result = cleaned(client, dataset, ("lower", {}), filter=said)
    assert shown(client, result)["filter"] == line


def test_what_a_line_cannot_say_is_refused(client, make_texts):
    dataset = make_texts(["ONE"])
    answer = client.post(
        f"/api/v1/datasets/{dataset.pk}/cleanings/",
        {"recipe": {"steps": [{"op": "lower"}]}, "filter": {"region": "1,2"}},
        format="json",
    )
    assert answer.status_code == 422
    assert "region cannot be asked here" in answer.json()["params"]["fields"]["filter"][0]
