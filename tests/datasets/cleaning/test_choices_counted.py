"""What a preview says steps that choose would take out is what they take out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datasets.models import Sample
from tests.datasets.cleaning.conftest import cleaned, done, grown, posted, recipe

pytestmark = pytest.mark.django_db(transaction=True)

BODY = "the quick brown fox jumps over the lazy dog and runs away from all of them today"


def chosen(client, dataset, *steps, **more):
    path = f"datasets/{dataset.pk}/cleanings/preview/"
    answer = posted(client, path, recipe=recipe(*steps), **more)
    assert answer.status_code == 200, answer.content
    return answer.json()["chosen"]


def told(client, dataset, *steps, **more):
    rows = chosen(client, dataset, *steps, **more)
    return [(row["to"], row["count"], row["total"], row["exact"]) for row in rows]


def checked(client, dataset):
    done(client.post(f"/api/v1/datasets/{dataset.pk}/quality-checks/", {}, format="json"))


@pytest.mark.parametrize(
    "step",
    [
        ("sample_random", {"keep": 6}),
        ("sample_random", {"keep": 100}),
        ("sample_stratified", {"keep": 6}),
        ("sample_value", {"column": "label", "most": 3}),
        ("sample_value", {"column": "group", "most": 3}),
        ("drop_finding", {"finding": "unlabeled"}),
    ],
)
def test_a_step_takes_out_as_many_as_its_preview_says(client, make_texts, step):
    dataset = make_texts([*((f"text {n}", "ab"[n % 5 == 0]) for n in range(17)), "no label", "nor here"])
    ((to, count, total, is_exact),) = told(client, dataset, step)
    assert (to, total, is_exact) == ("bin", 19, True)
    assert count == cleaned(client, dataset, step).get("binned", 0)
    assert Sample.objects.filter(dataset=dataset).count() == 19 - count


def test_what_a_check_names_is_shown_before_it_goes(client, make_texts):
    dataset = make_texts([(f"text {n}", "ab"[n % 2]) for n in range(3)] + ["no label", "nor here"])
    named, by_chance = chosen(
        client, dataset, ("drop_finding", {"finding": "unlabeled"}), ("sample_random", {"keep": 1})
    )
    unlabeled = Sample.objects.filter(dataset=dataset, state="unlabeled").order_by("pk")
    assert [row["id"] for row in named["examples"]] == [
        str(pk) for pk in unlabeled.values_list("pk", flat=True)
    ]
    assert by_chance["examples"] == []


def test_copies_are_counted_by_the_newest_checks_and_unknown_before(client, make_texts, project):
    dataset = make_texts([BODY, BODY.upper(), (f"{BODY} again", "a"), "something else"])
    assert told(client, dataset, ("dedupe", {})) == [("bin", None, 4, False)]
    checked(client, dataset)
    assert told(client, dataset, ("dedupe", {})) == [("bin", 2, 4, True)]
    assert told(client, dataset, ("dedupe", {"near": False})) == [("bin", 1, 4, True)]
    assert told(client, dataset, ("dedupe", {}), filter="state:unlabeled") == [("bin", 2, 3, False)]
    assert cleaned(client, dataset, ("dedupe", {}))["binned"] == 2
    assert told(client, dataset, ("dedupe", {})) == [("bin", 1, 2, False)]
    grown(dataset, ["came after the checks"], project.created_by)
    assert told(client, dataset, ("dedupe", {})) == [("bin", None, 3, False)]


def test_a_step_counts_what_the_steps_before_leave_it(client, make_texts):
    dataset = make_texts([(f"text {n}", "ab"[n % 2]) for n in range(10)])
    steps = (("sample_random", {"keep": 8}), ("sample_random", {"keep": 3, "rest": "test"}))
    assert told(client, dataset, *steps) == [("bin", 2, 10, True), ("test", 5, 8, True)]
    # Behind a step that makes copies of one another: at most as many.
    assert told(client, dataset, ("lower", {}), *steps) == [("bin", 2, 10, False), ("test", 7, 10, False)]
    assert told(client, dataset, ("lower", {}), ("dedupe", {})) == [("bin", None, 10, False)]
    value = ("sample_value", {"column": "label", "most": 1})
    assert told(client, dataset, steps[0], value)[1] == ("bin", 8, 8, False)
    assert told(client, dataset, ("lower", {})) == []
    result = cleaned(client, dataset, *steps)
    assert (result["binned"], result["split"]) == (2, 5)


def test_more_samples_cost_no_more_statements(client, make_texts, project):
    dataset = make_texts([("a", "x"), ("b", "y")])
    steps = (("drop_finding", {"finding": "text_empty"}), ("sample_value", {"most": 1}), ("dedupe", {}))

    def counted():
        with CaptureQueriesContext(connection) as seen:
            told(client, dataset, *steps)
        return len(seen)

    few = counted()
    grown(dataset, [(f"text {n}", "xyz"[n % 3]) for n in range(40)], project.created_by)
    assert counted() <= few
