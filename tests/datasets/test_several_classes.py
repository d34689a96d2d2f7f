"""Pictures of several classes: from a table to versions, copies and exports, and by hand."""

import json
import uuid

import pytest

from core.services.blobs import blob_read
from datasets.models import DatasetVersion, LabelClass, Sample
from datasets.selectors.counters import drift_of
from datasets.selectors.samples import samples_filtered
from datasets.services.augmented_versions import augmented_submit
from datasets.services.exports import export_submit
from datasets.services.recipes import recipe_create
from datasets.services.versions import version_opened, version_submit
from datasets.splits import SplitSpec
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)
TAGS = {"1.jpg": {"sea", "sky"}, "2.jpg": {"sky"}, "3.jpg": {"sea", "city"}, "4.jpg": {"city"}}


@pytest.fixture
def tagged(make_dataset, run_import):
    """A data set of four pictures of one or two of three classes."""
    dataset = make_dataset("image_multilabel", name="scenes")
    rows = "".join(f'{name},"{";".join(sorted(tags))}"\r\n' for name, tags in TAGS.items())
    files = {name: picture(int(name[0])) for name in TAGS}
    job = run_import(dataset, {**files, "tags.csv": f"file,tags\r\n{rows}".encode()})
    assert job.state == "succeeded", job.error_detail
    assert (job.result["annotated"], job.result["problems"]) == (4, {})
    return dataset


def said(dataset):
    names = {str(row.pk): row.name for row in LabelClass.objects.filter(dataset=dataset)}
    return {row.name: {names[one] for one in row.labels} for row in Sample.objects.filter(dataset=dataset)}


def frozen(project, dataset):
    job = worked(
        version_submit(
            actor=project.created_by,
            dataset=dataset,
            name="v",
            spec=SplitSpec("random", 0.5, 0.25, 0.25, 1),
            conditions={},
        )
    )
    assert job.state == "succeeded", job.error_detail
    return DatasetVersion.objects.get(pk=job.result["id"])


def test_a_table_of_tags_gives_every_class_and_the_filter_finds_each(tagged):
    assert said(tagged) == TAGS
    sea = LabelClass.objects.get(name="sea")
    rows = samples_filtered(tagged.pk, {"label": str(sea.pk)}, task=tagged.task)
    assert set(rows.values_list("name", flat=True)) == {"1.jpg", "3.jpg"}
    assert drift_of(tagged.pk) == {}


def test_boxes_of_other_tools_become_the_classes_of_their_picture(make_dataset, run_import):
    dataset = make_dataset("image_multilabel", name="from boxes")
    files = {"a.jpg": picture(1), "b.jpg": picture(2)}
    boxes = [(1, [1, 1, 9, 9]), (2, [2, 2, 9, 9]), (1, [5, 5, 9, 9])]
    coco = {
        "images": [{"id": i, "file_name": name, "width": 96, "height": 64} for i, name in enumerate(files)],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [
            {"id": i, "image_id": 0, "category_id": label, "bbox": box}
            for i, (label, box) in enumerate(boxes)
        ],
    }
    run_import(dataset, {**files, "annotations.json": json.dumps(coco).encode()})
    assert said(dataset) == {"a.jpg": {"cat", "dog"}, "b.jpg": set()}


@pytest.mark.parametrize("format", ["csv", "jsonl", "coco", "cvat", "datumaro", "label_studio", "labelme"])
def test_what_is_exported_comes_back_with_all_its_classes(tagged, project, make_dataset, run_import, format):
    version = frozen(project, tagged)
    job = worked(export_submit(actor=project.created_by, version=version, format=format, include_media=True))
    assert job.state == "succeeded", job.error_detail
    again = make_dataset("image_multilabel", name="again")
    result = run_import(again, blob_read(job.result["sha256"])).result
    assert (result["format"], result["problems"]) == (format, {})
    names = {row.sha256: row.name for row in Sample.objects.filter(dataset=tagged)}
    back = {names[row.sha256]: row.name for row in Sample.objects.filter(dataset=again)}
    assert {name: said(again)[other] for name, other in back.items()} == TAGS


def test_folders_have_no_place_for_several_classes(tagged, client_for, project):
    version = frozen(project, tagged)
    answer = client_for(project.created_by).post(
        f"/api/v1/versions/{version.pk}/exports/",
        {"format": "folder_per_class", "include_media": True},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "format_unfit")


def test_copies_carry_all_classes_of_their_original(tagged, project):
    version = frozen(project, tagged)
    recipe = recipe_create(
        actor=project.created_by,
        project=project,
        name="noise",
        steps=[{"op": "noise"}],
    )
    job = worked(
        augmented_submit(actor=project.created_by, version=version, recipe=recipe, copies=2, seed=1, name="")
    )
    assert job.state == "succeeded", job.error_detail
    with version_opened(DatasetVersion.objects.get(pk=job.result["id"])) as (_, rows):
        samples = list(rows)
    originals = {row.name.rpartition(".")[0]: row.labels for row in samples if "+" not in row.name}
    copies = [row for row in samples if "+" in row.name]
    assert len(copies) == 2 * version.counts["train"]
    for copy in copies:
        assert copy.labels == originals[copy.name.partition("+")[0]]
        assert copy.labels


def test_a_person_says_several_classes_none_but_no_class_twice(tagged, client_for, project):
    client, sample = client_for(project.created_by), Sample.objects.get(name="2.jpg")
    sea, city = (LabelClass.objects.get(name=name) for name in ("sea", "city"))

    def put(*labels):
        shapes = [{"id": str(uuid.uuid4()), "kind": "class", "label": str(one.pk)} for one in labels]
        revision = Sample.objects.get(pk=sample.pk).annotation_revision
        return client.put(
            f"/api/v1/samples/{sample.pk}/annotation/",
            {"revision": revision, "shapes": shapes},
            content_type="application/json",
        )

    assert put(sea, city).status_code == 200
    assert said(tagged)["2.jpg"] == {"sea", "city"}
    assert put(sea, sea).status_code == 422
    assert put().status_code == 200
    assert said(tagged)["2.jpg"] == set()
    assert drift_of(tagged.pk) == {}
