"""Class names that an import takes for one, and says so."""

import pytest

from datasets.models import LabelClass
from datasets.services import datasets as dataset_services
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)


def told(job):
    """Codes of the problems with their number, and the sentence of the joined classes."""
    assert job.state == "succeeded", job.error_detail
    details = [row["detail"] for row in job.result["problem_samples"] if row["code"] == "classes_joined"]
    return job.result["problems"], details


@pytest.mark.parametrize("dry_run", [False, True])
def test_folders_that_differ_in_case_only_are_told(make_dataset, run_import, dry_run):
    dataset = make_dataset()
    files = {"Polish/1.jpg": picture(1), "polish/2.jpg": picture(2), "plain/3.jpg": picture(3)}
    problems, details = told(run_import(dataset, files, dry_run=dry_run))
    assert problems == {"classes_joined": 1}
    assert len(details) == 1
    assert "“Polish”, “polish”" in details[0] or "“polish”, “Polish”" in details[0]
    assert LabelClass.objects.filter(dataset=dataset).count() == (0 if dry_run else 2)


def test_a_name_that_the_data_set_has_in_another_case_is_told(project, run_import):
    dataset = dataset_services.dataset_create(
        actor=project.created_by,
        project=project,
        name="texts",
        modality="text",
        task="text_classification",
    )
    rows = "text,label\none fine day,a_b\nanother sad day,c\n"
    assert told(run_import(dataset, {"t.csv": rows})) == ({}, [])
    rows = "text,label\na third odd day,A_B\nthe fourth grey day,c\n"
    problems, details = told(run_import(dataset, {"t.csv": rows}, on_problem="abort"))
    assert (problems, "“a_b”, “A_B”" in details[0]) == ({"classes_joined": 1}, True)
    assert sorted(LabelClass.objects.filter(dataset=dataset).values_list("name", flat=True)) == ["a_b", "c"]
