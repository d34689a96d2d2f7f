"""Texts through the interface: preview, recipes of their own, versions with copies."""

import json

import pytest

from core.models import Job
from core.services.blobs import blob_read
from datasets.models import LabelClass, Sample
from datasets.services.datasets import dataset_create
from datasets.services.versions import version_materialize
from tests.datasets.conftest import worked
from tests.datasets.test_augmented_versions import augmented, frozen, posted, recipe_of, refusal, rows

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = [{"op": "synonym"}, {"op": "typos"}]


def line(number):
    """A text as doccano has it; offsets differ with the length of the number."""
    text = f"Alice {number} bought a large movie ticket in New York, 非常好."
    place = text.index("New York")
    return {"text": text, "label": [[0, 5, "PER"], [place, place + 8, "LOC"]]}


LINES = [line(number) for number in range(12)]


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def texts(project, run_import):
    dataset = dataset_create(
        actor=project.created_by, project=project, name="notes", modality="text", task="ner"
    )
    packed = "\n".join(json.dumps(line, ensure_ascii=False) for line in LINES).encode()
    job = run_import(dataset, {"all.jsonl": packed})
    assert job.state == "succeeded", job.error_detail
    assert job.result["annotated"] == 12, job.result
    return dataset


def text_recipe(client, project, steps=STEPS, name="t"):
    body = {"project": str(project.pk), "name": name, "steps": steps, "modality": "text"}
    answer = client.post("/api/v1/recipes/", body, format="json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["modality"] == "text"
    return answer.json()["id"]


def previewed(client, dataset, **body):
    sent = {"dataset": str(dataset.pk), **body}
    return client.post("/api/v1/augmentations/preview/", sent, format="json")


def test_a_preview_shows_what_changed_and_where_entities_are(client, texts):
    body = previewed(client, texts, steps=STEPS, seed=4).json()
    assert (len(body["results"]), body["unreadable"]) == (12, [])
    people = str(LabelClass.objects.get(dataset=texts, name="PER").pk)
    for one in body["results"]:
        old = "".join(piece["old"] for piece in one["pieces"])
        assert old == blob_read(Sample.objects.get(pk=one["sample"]).sha256).decode()
        assert one["pieces"][0] == {"old": "Alice", "new": "Alice", "label": people}
        assert one["changed"]
        assert sum(piece["old"] != piece["new"] for piece in one["pieces"]) >= 1
    again = previewed(client, texts, steps=STEPS, seed=4).json()["results"]
    other = previewed(client, texts, steps=STEPS, seed=5).json()["results"]
    assert again == body["results"] != other


def test_a_version_has_copies_of_the_training_texts_with_their_entities(client, project, texts, tmp_path):
    version = frozen(client, texts)
    made = augmented(client, version, text_recipe(client, project), copies=3)
    old, new = rows(version), rows(made)
    assert {key: new[key] for key in old} == old
    copies = [sample for key, sample in new.items() if key not in old]
    assert len(copies) == made.counts["train"] - version.counts["train"]
    # A short text may by chance become the same twice: what the ids of samples say of the seed differs each time.
    same = sum(row["count"] for row in made.warnings if row["code"] == "augmentation_unchanged")
    assert len(copies) + same == 3 * version.counts["train"]
    assert same <= 4
    for copy in copies:
        text = blob_read(copy.sha256).decode()
        assert [text[span.start : span.end] for span in copy.spans] == ["Alice", "New York"]
        assert (copy.split, copy.media_type, copy.name[-4:]) == ("train", "text/plain", ".txt")
    assert made.counts["objects"] == version.counts["objects"] + 2 * len(copies)
    lines = version_materialize(made.pk, tmp_path).read_text().splitlines()
    assert len(lines) == 1 + made.counts["samples"]


def test_the_same_recipe_and_seed_give_the_same_texts(client, project, texts):
    version = frozen(client, texts)
    recipe = text_recipe(client, project)
    one, two, other = (augmented(client, version, recipe, seed=seed) for seed in (1, 1, 2))
    assert one.content_hash == two.content_hash != other.content_hash
    assert rows(one) == rows(two)
    assert len(previewed(client, texts, recipe=recipe).json()["results"]) == 12


def test_copies_that_say_the_same_are_left_out_and_counted(client, project, texts):
    version = frozen(client, texts)
    table = "movie,film"
    params = {"bundled": False, "table": table}
    recipe = text_recipe(client, project, [{"op": "synonym", "params": params}])
    made = augmented(client, version, recipe, copies=3)
    train = version.counts["train"]
    assert made.counts["train"] == 2 * train
    (warning,) = [row for row in made.warnings if row["code"] == "augmentation_unchanged"]
    assert (warning["count"], len(warning["params"]["samples"])) == (2 * train, train)


def test_a_version_with_copies_goes_out_with_their_entities(client, project, texts):
    made = augmented(client, frozen(client, texts), text_recipe(client, project), copies=1)
    answer = client.post(f"/api/v1/versions/{made.pk}/exports/", {"format": "doccano"}, format="json")
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail


def test_a_recipe_is_for_data_of_its_kind(client, project, texts, make_dataset, run_import):
    recipe = text_recipe(client, project)
    pictures = make_dataset()
    assert refusal(previewed(client, pictures, recipe=recipe)) == {"recipe"}
    assert refusal(previewed(client, pictures, steps=STEPS)) == {"steps.0.op", "steps.1.op"}
    plain = recipe_of(client, project, [{"op": "gray"}], "g")
    version = frozen(client, texts)
    assert refusal(posted(client, version, plain)) == {"recipe"}
    listed = client.get(f"/api/v1/recipes/?project={project.pk}&modality=text").json()["results"]
    assert [row["id"] for row in listed] == [recipe]
    changed = client.patch(f"/api/v1/recipes/{recipe}/", {"modality": "image"}, format="json")
    assert refusal(changed) == {"modality"}
    gray = client.patch(f"/api/v1/recipes/{recipe}/", {"steps": [{"op": "gray"}]}, format="json")
    assert refusal(gray) == {"steps.0.op"}


def test_operators_are_those_of_the_modality(client):
    keys = [row["key"] for row in client.get("/api/v1/augmentations/operators/?modality=text").json()]
    assert keys == ["synonym", "swap_words", "delete_words", "insert_words", "typos"]
    assert refusal(client.get("/api/v1/augmentations/operators/?modality=tabular")) == {"modality"}
