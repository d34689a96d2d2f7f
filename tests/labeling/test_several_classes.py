"""A campaign over pictures of several classes: any number is an answer, none included; twice the same is not."""

import pytest

from datasets.models import Sample


def test_any_number_of_classes_is_an_answer_and_none_is_one_too(make_world):
    world = make_world("image_multilabel", samples=2)
    world.campaign()
    anna = world.as_("anna")
    first = anna.save(anna.item()["id"], [world.mark("cat"), world.mark("eel")])
    assert first.status_code == 200, first.content
    second = anna.save(anna.item()["id"], [])
    assert second.status_code == 200, second.content
    said = sorted(Sample.objects.values_list("labels", "state"), key=lambda row: len(row[0]))
    assert said == [
        ([], "labeled"),
        ([str(world.classes["cat"].pk), str(world.classes["eel"].pk)], "labeled"),
    ]


@pytest.mark.parametrize("wrong", ["twice", "box"])
def test_what_is_no_set_of_classes_is_refused(make_world, wrong):
    world = make_world("image_multilabel", samples=1)
    world.campaign()
    anna = world.as_("anna")
    shapes = [world.mark("cat"), world.mark("cat")] if wrong == "twice" else [world.box()]
    answer = anna.save(anna.item()["id"], shapes)
    assert answer.status_code == 422, answer.content
    assert Sample.objects.get().labels == []
