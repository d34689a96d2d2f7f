"""Cleaning of pictures, from a recipe to its undo."""

import io
import json

import pytest
from PIL import Image

from core.clock import utc_now
from core.imaging import probe
from core.models import Blob, Job
from core.services import blobs
from core.services.blobs import blob_read, blob_row
from core.services.collection import unreferenced_blobs
from core.services.storage import container_store
from datasets.cleaning.pictures.pool import CleanPool
from datasets.models import Cleaning, Sample, Shape
from datasets.services import clean_samples
from labeling.services.campaigns import CampaignPlan, campaign_create
from tests.datasets.cleaning.conftest import assert_counted, cleaned, posted, recipe, shown, state_of, undone
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i}.jpg": picture(i, (320, 240)) for i in range(6)}
SMALL = (("resize", {"pixels": 160}),)


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


def boxed(run_import, dataset, boxes):
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 320, "height": 240} for n in (1, 2)]
    rows = [
        {"id": n, "image_id": image, "category_id": 1, "bbox": box, "iscrowd": 0}
        for n, (image, box) in enumerate(boxes, 1)
    ]
    body = {"images": images, "categories": [{"id": 1, "name": "cat"}], "annotations": rows}
    files = {f"{n}.jpg": picture(n, (320, 240)) for n in (1, 2)}
    assert run_import(dataset, files | {"a.json": json.dumps(body).encode()}).state == "succeeded"


def test_everything_follows_the_bytes_and_comes_back_with_them(client, filled):
    before = state_of(filled)
    result = cleaned(client, filled, *SMALL)
    assert result["changed"] == 6, (result, shown(client, result))
    for sample in Sample.objects.filter(dataset=filled):
        header = probe(blob_read(sample.sha256))
        assert (header.width, header.height) == (160, 120)
        assert (sample.payload["width"], sample.payload["height"]) == (160, 120)
        assert sample.size_bytes == len(blob_read(sample.sha256))
        assert probe(blob_read(sample.thumb_sha256)).width == 160
        assert sample.features["v"]
        assert sample.annotation_revision == 1
    assert_counted(filled)
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (6, 0)
    assert state_of(filled) == before
    assert_counted(filled)
    again = cleaned(client, filled, *SMALL)
    assert again["changed"] == 6


def test_old_and_new_files_are_kept_while_there_is_a_way_back(client, filled):
    old = set(Sample.objects.filter(dataset=filled).values_list("sha256", flat=True))
    result = cleaned(client, filled, *SMALL)
    new = set(Sample.objects.filter(dataset=filled).values_list("sha256", flat=True))
    assert not old & new
    assert not unreferenced_blobs(utc_now()).filter(pk__in=old | new).exists()
    undone(client, result)
    assert not unreferenced_blobs(utc_now()).filter(pk__in=old | new).exists()


def test_boxes_move_and_come_back_and_what_is_cut_away_is_named(client, make_dataset, run_import):
    dataset = make_dataset("object_detection")
    boxed(run_import, dataset, [(1, [100, 60, 50, 40]), (1, [0, 0, 20, 20]), (2, [200, 100, 60, 60])])
    before = state_of(dataset)
    result = cleaned(client, dataset, ("crop_margins", {"left": 0.25}), ("resize", {"pixels": 120}))
    boxes = {
        (s.sample.name, s.x, s.y, s.w, s.h)
        for s in Shape.objects.filter(dataset=dataset).select_related("sample")
    }
    assert boxes == {("1.jpg", 10, 30, 25, 20), ("2.jpg", 60, 50, 30, 30)}
    assert result["shapes_lost"] == 1
    assert [(row["name"], row["code"]) for row in shown(client, result)["problems"]] == [
        ("1.jpg", "shapes_lost")
    ]
    assert_counted(dataset)
    assert set(Sample.objects.filter(dataset=dataset).values_list("annotation_revision", flat=True)) == {2}
    assert undone(client, result)["restored"] == 2
    assert state_of(dataset) == before
    assert_counted(dataset)


def test_what_was_drawn_since_stays_and_is_counted(client, make_dataset, run_import):
    dataset = make_dataset("object_detection")
    boxed(run_import, dataset, [(1, [100, 60, 50, 40]), (2, [200, 100, 60, 60])])
    result = cleaned(client, dataset, *SMALL)
    sample = Sample.objects.get(dataset=dataset, name="1.jpg")
    saved = client.put(
        f"/api/v1/samples/{sample.pk}/annotation/", {"revision": 2, "shapes": []}, format="json"
    )
    assert saved.status_code == 200, saved.content
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (1, 1)
    sample.refresh_from_db()
    assert (sample.payload["width"], Shape.objects.filter(sample=sample).exists()) == (160, False)


def test_what_waits_in_a_campaign_is_left_alone_and_so_it_is_by_the_undo(client, filled, project):
    ids = [
        str(pk) for pk in Sample.objects.filter(dataset=filled).order_by("pk").values_list("pk", flat=True)
    ]

    def campaign(name, chosen):
        plan = CampaignPlan(name=name, selection={"filter": "ids", "ids": chosen})
        campaign_create(actor=project.created_by, dataset=filled, plan=plan)

    campaign("one", ids[:2])
    result = cleaned(client, filled, *SMALL)
    assert (result["changed"], result["in_work"]) == (4, 2)
    campaign("two", ids[2:3])
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (3, 1)


def test_who_labels_while_it_runs_loses_nothing(client, filled, monkeypatch):
    """The sample is changed between the making of its new pixels and their writing."""
    write, calls = clean_samples.answers_write, []

    def late(*args, **options):
        if not calls:
            Sample.objects.filter(dataset=filled).update(annotation_revision=7)
        calls.append(options)
        write(*args, **options)

    monkeypatch.setattr(clean_samples, "answers_write", late)
    assert cleaned(client, filled, *SMALL)["changed"] == 6
    assert len(calls) == 2
    calls.clear()

    def always(*args, **options):
        for row in Sample.objects.filter(dataset=filled):
            Sample.objects.filter(pk=row.pk).update(annotation_revision=row.annotation_revision + 1)
        write(*args, **options)

    monkeypatch.setattr(clean_samples, "answers_write", always)
    assert cleaned(client, filled, ("resize", {"pixels": 80}))["in_work"] == 6


def test_an_upside_down_photo_is_written_upright_once(client, make_dataset, run_import):
    exif = Image.Exif()
    exif[0x0112] = 6
    dataset = make_dataset()
    run_import(dataset, {"cat/a.jpg": picture(1, (300, 200), exif=exif), "cat/b.jpg": picture(2)})
    assert cleaned(client, dataset, ("auto_orient", {}))["changed"] == 1
    sample = Sample.objects.get(dataset=dataset, name="cat/a.jpg")
    assert (sample.payload["width"], sample.payload["height"], sample.features["orientation"]) == (
        200,
        300,
        1,
    )
    assert "changed" not in cleaned(client, dataset, ("auto_orient", {}))


def test_a_damaged_file_is_a_problem_and_the_others_are_cleaned(client, make_dataset, run_import):
    # Of its own: containers are known by their content, and the next test would find the damaged one.
    filled = make_dataset()
    run_import(filled, {f"cat/{i}.jpg": picture(700 + i, (320, 240)) for i in range(6)})
    victim = Sample.objects.filter(dataset=filled).order_by("pk")[2]
    row = blob_row(victim.sha256)
    path = container_store().local_path(row.container)
    raw = bytearray(path.read_bytes())
    raw[row.offset : row.offset + row.size_bytes] = b"\0" * row.size_bytes
    path.chmod(0o600)
    path.write_bytes(raw)
    result = cleaned(client, filled, *SMALL)
    assert (result["changed"], result["problems"]) == (5, 1)
    assert shown(client, result)["problems"][0]["code"] == "unreadable"


def test_files_are_looked_up_together_and_a_missing_one_is_a_problem_of_its_own(client, filled, monkeypatch):
    look_up, asked = blobs.blobs_locations, []

    def counted(sha256s, hold=None):
        asked.append(len(sha256s))
        return look_up(sha256s, hold)

    monkeypatch.setattr(blobs, "blobs_locations", counted)
    assert cleaned(client, filled, *SMALL)["changed"] == 6
    assert asked == [6]
    Blob.objects.filter(pk=Sample.objects.filter(dataset=filled).first().sha256).delete()
    result = cleaned(client, filled, ("resize", {"pixels": 80}))
    assert (result["changed"], result["problems"]) == (5, 1)
    assert shown(client, result)["problems"][0]["code"] == "file_missing"


def test_a_child_that_dies_costs_the_picture_it_died_of(tmp_path):
    good = tmp_path / "good.jpg"
    good.write_bytes(picture(1, (320, 240)))
    row = {"path": str(good), "offset": 0, "length": good.stat().st_size, "shapes": []}
    # A path that opens and never ends: the process is refused the memory.
    bad = {**row, "path": "/dev/zero", "length": 1 << 40}
    with CleanPool(recipe(*SMALL), 160, size=1) as pool:
        first = pool.cleaned([row])
        pool._children[0]._process.kill()
        answers = pool.cleaned([row, bad, row])
    assert "decoded" in first[0].line
    assert [("decoded" in one.line) for one in answers] == [False, False, True]


def twins(size, quality):
    image = Image.open(io.BytesIO(picture(50, (640, 480))))
    out = io.BytesIO()
    image.resize(size).save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_of_copies_the_largest_stays_and_a_labeled_one_before_it(client, make_dataset, run_import):
    dataset = make_dataset()
    files = {
        "large.jpg": twins((640, 480), 90),
        "small.jpg": twins((320, 240), 80),
        "tiny.jpg": twins((200, 150), 80),
    }
    run_import(dataset, files | {"other.jpg": picture(9, (320, 240))}, format="images")
    before = state_of(dataset)
    result = cleaned(client, dataset, ("dedupe", {}))
    assert result["binned"] == 2
    names = set(Sample.objects.filter(dataset=dataset).values_list("name", flat=True))
    assert names == {"large.jpg", "other.jpg"}
    undone(client, result)
    assert state_of(dataset) == before
    Sample.objects.filter(name="tiny.jpg").update(state="labeled")
    cleaned(client, dataset, ("dedupe", {}))
    assert Sample.objects.filter(dataset=dataset, name="tiny.jpg").exists()
    assert not Sample.objects.filter(dataset=dataset, name="large.jpg").exists()


def test_a_preview_shows_both_sides_and_keeps_nothing(client, make_dataset, run_import):
    dataset = make_dataset("object_detection")
    boxed(run_import, dataset, [(1, [100, 60, 50, 40]), (1, [0, 0, 20, 20]), (2, [200, 100, 60, 60])])
    before = state_of(dataset)
    body = recipe(("crop_margins", {"left": 0.25}), ("resize", {"pixels": 120}))
    answer = posted(client, f"datasets/{dataset.pk}/cleanings/preview/", recipe=body).json()
    assert (answer["looked_at"], answer["changed"]) == (2, 2)
    first = next(row for row in answer["results"] if row["name"] == "1.jpg")
    assert (first["state"], first["lost"]) == ("changed", 1)
    assert (first["before"]["width"], first["before"]["height"]) == (320, 240)
    assert (first["after"]["width"], first["after"]["height"]) == (120, 120)
    assert len(first["before"]["shapes"]) == 2
    assert len(first["after"]["shapes"]) == 1
    assert first["after"]["picture"].startswith("data:image/jpeg;base64,")
    assert state_of(dataset) == before
    assert not Cleaning.objects.exists()


def test_a_diverse_sample_needs_vectors(client, filled):
    answer = posted(
        client, f"datasets/{filled.pk}/cleanings/", recipe=recipe(("sample_diverse", {"keep": 2}))
    )
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert (job.state, job.error_code) == ("failed", "not_embedded")
