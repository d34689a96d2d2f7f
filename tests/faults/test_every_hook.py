"""Every fault point of the code is a place where a process dies here; then the same work is done again and is whole."""

import os
import re
import uuid
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from core.jobs import dispatch, runner
from core.models import Upload
from core.services.scratch import scratch_dir
from core.services.uploads import upload_append, upload_create, upload_path
from core.storage.s3 import S3Location, S3Store
from datasets.models import (
    DatasetVersion,
    EmbeddingMap,
    EmbeddingPart,
    Sample,
    VersionExport,
)
from datasets.selectors.vectors import embedded_ids
from datasets.services.augmented_versions import augmented_submit
from datasets.services.bulk_edits import Selection, bulk_submit, bulk_undo
from datasets.services.cleanings import cleaning_submit, cleaning_undo
from datasets.services.embeddings import embeddings_submit
from datasets.services.exports import export_submit
from datasets.services.recipes import recipe_create
from labeling.models import Annotation, AnnotationEvent, Campaign, Item
from labeling.services.annotate import Save, annotation_save
from labeling.services.campaigns import CampaignPlan, campaign_create
from labeling.services.claims import Claimant, item_claim, item_skip
from serving.dataplane.journal import Journal
from serving.models import Endpoint, JournalEntry
from serving.services import publish
from serving.services.journal_ingest import journal_ingest
from tests.datasets.tables import test_table_cleanings
from tests.faults import (
    test_bin_hooks,
    test_merge_hooks,
    test_reference_hooks,
    test_restore_hooks,
    test_resume_in_checkpoint,
    test_vector_hooks,
)
from tests.faults.forks import assert_dies
from tests.faults.state import broken, broken_but_jobs
from tests.faults.world import World, mark_of, stream
from tests.labeling import (
    test_acceptance,
    test_consensus_hooks,
    test_guidelines,
    test_learning,
    test_moves,
    test_prelabel_hooks,
    test_questions,
)
from tests.serving.test_journal import call
from tests.training import test_mark_suspects
from training.models import ModelVersion
from training.services.runs import RunRequest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "datasets", "labeling", "training", "serving", "applications", "studio")
FAULT = re.compile(r'\bfault\(f?"([^"{]+)"\)')
STEP = re.compile(r'run_together\([^)]*step="([^"]+)"')
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

UPLOAD = ["upload.after-create-file", "upload.after-fsync", "upload.after-row"]
IMPORT = [
    *("import.after-begin", "import.before-seal", "import.after-seal", "import.after-samples"),
    *("import.after-rows", "import.before-commit", "import.after-commit", "import.before-finish"),
    *("storage.before-fsync", "storage.after-fsync", "storage.after-link", "storage.after-dir-fsync"),
]
QUERY = ["import.after-query"]
VERSION = ["version.after-blob", "version.before-finish"]
EXPORT = ["export.before-part", "export.after-part", "export.after-blob"]
EMBED = [f"embeddings.{step}" for step in ("after-blob", "after-part", "before-look", "before-finish")]
AUGMENT = ["augmentation.after-batch", "augmentation.after-pictures"]
BULK = ["bulk.before-commit"]
CLEAN = [f"clean.{step}" for step in ("after-content", "after-plan", "before-commit", "before-finish")]
CLEAN_UNDO = ["clean.before-undo-commit"]
SAVE = ["labeling.save.before", "labeling.save.after"]
MOVE = ["labeling.move.before", "labeling.move.after"]
CAMPAIGN = ["labeling.campaign.rows"]
RUN = [f"training.run.{step}" for step in ("before-child", "before-register", "after-blob", "before-finish")]
CHECKPOINT = [f"training.checkpoint.{point}" for point in test_resume_in_checkpoint.POINTS]
PUBLISH = [f"serving.publish.{step}" for step in ("before_model", "before_table", "after_table")]
INGEST = [f"serving.journal.{step}" for step in ("before_rows", "in_transaction", "after_commit")]
S3 = ["storage.after-s3-put"]
ELSEWHERE = (
    test_bin_hooks.HOOKS
    + test_consensus_hooks.HOOKS
    + test_acceptance.HOOKS
    + test_guidelines.HOOKS
    + test_learning.HOOKS
    + test_moves.HOOKS
    + test_questions.HOOKS
    + test_merge_hooks.HOOKS
    + test_prelabel_hooks.HOOKS
    + test_mark_suspects.HOOKS
    + test_reference_hooks.HOOKS
    + test_table_cleanings.HOOKS
    + test_restore_hooks.HOOKS
    + test_vector_hooks.HOOKS
)
KNOWN = [
    *UPLOAD,
    *IMPORT,
    *QUERY,
    *(VERSION + EXPORT + CAMPAIGN + ELSEWHERE),
    *EMBED,
    *AUGMENT,
    *BULK,
    *CLEAN,
    *CLEAN_UNDO,
    *SAVE,
    *MOVE,
    *RUN,
    *CHECKPOINT,
    *PUBLISH,
    *INGEST,
    *S3,
]


@pytest.fixture
def world(project, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    return World(project)


def hooks() -> set[str]:
    found: set[str] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text("utf-8")
            found |= set(FAULT.findall(text))
            found |= {f"{step}.{end}" for step in STEP.findall(text) for end in ("before", "after")}
    return found


def test_every_fault_point_of_the_code_is_killed_by_a_test():
    assert hooks() == set(KNOWN)


def test_an_upload_that_dies_never_says_more_than_it_holds(world):
    begin, *parts = UPLOAD
    assert_dies(begin, partial(upload_create, world.boss, length=10))
    assert not Upload.objects.exists()
    for hook in parts:
        upload = upload_create(world.boss, length=10)
        add = partial(upload_append, world.boss, upload.pk, offset=0)
        assert_dies(hook, lambda add=add: add(body=stream(b"0123456789")))
        assert broken() == []
        upload.refresh_from_db()
        assert upload.offset in (0, 10)
        if upload.offset == 0:
            add(body=stream(b"0123456789"))
        assert upload_path(upload.pk).read_bytes() == b"0123456789"


def test_an_import_that_dies_anywhere_is_finished_by_the_next_attempt(world):
    for hook in IMPORT:
        job = world.import_job(each=3)
        before = Sample.objects.count()
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert Sample.objects.count() == before + 6, hook
        assert broken() == [], hook


def test_a_version_and_its_export_that_die_are_made_once(world):
    world.finished(world.import_job())
    for number, hook in enumerate(VERSION, 1):
        job = world.version_job()
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert DatasetVersion.objects.count() == number - 1, hook
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert DatasetVersion.objects.count() == number, hook
    version = DatasetVersion.objects.get(number=1)
    for number, hook in enumerate(EXPORT, 1):
        job = export_submit(actor=world.boss, version=version, format="coco", include_media=True)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert VersionExport.objects.count() == number - 1, hook
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert VersionExport.objects.count() == number, hook
        assert not list(scratch_dir().glob("export-*")), hook
    assert len(set(VersionExport.objects.values_list("sha256", flat=True))) == 1
    assert broken() == []


def test_augmented_copies_that_die_are_made_once(world):
    version = world.version()
    recipe = recipe_create(actor=world.boss, project=world.project, name="r", steps=[{"op": "gray"}])
    for number, hook in enumerate([*AUGMENT, *VERSION], 2):
        job = augmented_submit(
            actor=world.boss, version=version, recipe=recipe, copies=1, seed=number, name="more"
        )
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert DatasetVersion.objects.count() == number - 1, hook
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert DatasetVersion.objects.get(number=number).counts["train"] == 2 * version.counts["train"], hook
    assert broken() == []


def test_a_bulk_edit_and_its_undo_that_die_change_each_sample_once(world, monkeypatch):
    monkeypatch.setattr("datasets.services.bulk_edits.BATCH", 4)
    world.finished(world.import_job(each=5))
    for hook in BULK:
        edit, job = bulk_submit(
            actor=world.boss, dataset=world.dataset, action="label", value="", selection=Selection()
        )
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert not Sample.objects.filter(state="unlabeled").exists(), hook
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert Sample.objects.filter(state="unlabeled", annotation_revision=2).count() == 10, hook
        _, back = bulk_undo(actor=world.boss, edit_id=edit.pk)
        assert_dies(hook, lambda back=back: runner.run(back.pk))
        assert broken_but_jobs() == [], hook
        world.finished(back)
        assert Sample.objects.filter(state="labeled", annotation_revision=3).count() == 10, hook
    assert broken() == []


def test_a_cleaning_and_its_undo_that_die_anywhere_change_each_sample_once(world, monkeypatch):
    monkeypatch.setattr("datasets.services.clean_images.ImageCleaner.batch", 4)
    monkeypatch.setattr("datasets.services.clean_choices.BATCH", 2)
    monkeypatch.setattr("datasets.services.clean_undo.BATCH", 3)
    world.finished(world.import_job(each=5))
    steps = [
        {"op": "resize", "params": {"pixels": 24}},
        {"op": "sample_random", "params": {"keep": 6}},
        {"op": "convert", "params": {"colors": "gray"}},
    ]
    rows = Sample.objects.filter(dataset=world.dataset).order_by("pk")
    before = list(rows.values_list("pk", "sha256", "payload", "features"))
    for hook in CLEAN:
        cleaning, job = cleaning_submit(actor=world.boss, dataset=world.dataset, recipe={"steps": steps})
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        cleaning.refresh_from_db()
        wanted = {"changed": 16, "binned": 4, "in_work": 0}
        assert (cleaning.state, cleaning.counts) == ("applied", wanted), hook
        assert {row.payload["mode"] for row in rows} == {"L"}, hook
        assert rows.count() == 6, hook
        _, back = cleaning_undo(actor=world.boss, cleaning_id=cleaning.pk)
        assert_dies(CLEAN_UNDO[0], lambda back=back: runner.run(back.pk))
        assert broken_but_jobs() == [], hook
        world.finished(back)
        cleaning.refresh_from_db()
        assert (cleaning.state, cleaning.counts["restored"], cleaning.counts["kept"]) == ("undone", 20, 0)
        assert list(rows.values_list("pk", "sha256", "payload", "features")) == before, hook
    assert broken() == []


def test_an_analysis_that_dies_anywhere_makes_each_vector_once(world):
    for number, hook in enumerate(EMBED, 1):
        world.finished(world.import_job(each=3))
        job = embeddings_submit(actor=world.boss, dataset=world.dataset)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert sum(EmbeddingPart.objects.values_list("count", flat=True)) == 6 * number, hook
        assert len(set(embedded_ids(world.dataset.pk).tolist())) == 6 * number, hook
        assert EmbeddingMap.objects.get().count == 6 * number, hook
    assert broken() == []


def test_a_campaign_a_save_and_a_skip_that_die_are_whole_or_absent(world):
    world.finished(world.import_job())
    plan = CampaignPlan(name="Round", selection={"filter": "all"})
    for hook in CAMPAIGN:
        assert_dies(hook, lambda: campaign_create(actor=world.boss, dataset=world.dataset, plan=plan))
        assert not Campaign.objects.exists()
    campaign = campaign_create(actor=world.boss, dataset=world.dataset, plan=plan)
    label = world.dataset.classes.order_by("index")[0].pk
    for number, hook in enumerate(SAVE):
        (item,) = item_claim(Claimant(world.boss, campaign.pk, 1))
        save = Save(uuid.uuid4(), item, 0, "submitted", [mark_of(label)], 1.0)
        assert_dies(hook, lambda save=save: annotation_save(world.boss, save))
        assert Annotation.objects.count() == AnnotationEvent.objects.count() == number, hook
        assert broken() == [], hook
        assert annotation_save(world.boss, save).revision == 1
        assert AnnotationEvent.objects.count() == number + 1, hook
    for hook in MOVE:
        (item,) = item_claim(Claimant(world.boss, campaign.pk, 1))
        assert_dies(hook, lambda item=item: item_skip(world.boss, item, "blurred"))
        assert Item.objects.get(pk=item).state == "new", hook
        item_skip(world.boss, item, "blurred")
        assert Item.objects.get(pk=item).state == "skipped", hook
    assert broken() == []


def test_a_run_that_dies_around_its_trainer_makes_one_model_which_is_then_published_and_called(world):
    version = world.version()
    run = world.run(version, RunRequest(profile="fast", params={"image_side": 64}, device="cpu"))
    for hook in RUN:
        assert_dies(hook, lambda: runner.run(run.job_id))
        assert not ModelVersion.objects.exists(), hook
        assert broken_but_jobs() == [], hook
        _forget_attempts(run)
    world.finished(run.job)
    model = ModelVersion.objects.get()
    endpoint = Endpoint.objects.create(
        project=world.project,
        name="dying",
        created_by=world.boss,
        routes=[{"model_version": str(model.pk), "weight": 1}],
    )
    folder = publish.serving_folder()
    for hook in PUBLISH:
        assert_dies(hook, publish.table_publish)
        assert not list(folder.glob("models/*.onnx")) or hook != "serving.publish.before_model"
    assert publish.table_publish() >= 1
    assert [path.stem for path in folder.glob("models/*.onnx") if path.stem == model.sha256] == [model.sha256]
    _ingested(endpoint)
    endpoint.delete()
    publish.table_publish()


def _forget_attempts(run: object) -> None:
    from tests.faults.world import expired

    expired(run.job)  # type: ignore[attr-defined]


def _ingested(endpoint: Endpoint) -> None:
    for number, hook in enumerate(INGEST, 1):
        journal = Journal(publish.serving_folder() / "journal", f"boot{number}")
        journal.add(call(endpoint, number), [b"a picture"])
        journal.close()
        assert_dies(hook, journal_ingest)
        assert JournalEntry.objects.count() == (number if hook.endswith("after_commit") else number - 1)
        journal_ingest()
        assert JournalEntry.objects.count() == number, hook


def test_a_put_into_an_object_store_that_dies_can_be_repeated(tmp_path, monkeypatch):
    import boto3
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="faults")
        location = S3Location("faults", "studio/", endpoint, "us-east-1")

        def put() -> str:
            with S3Store(location, tmp_path / str(os.getpid())).writer() as writer:
                writer.write(b"whole")
                return writer.commit()

        for hook in S3:
            assert_dies(hook, put)
            store = S3Store(location, tmp_path / "other")
            assert [store.read(found.sha256) for found in store.containers()] == [b"whole"]
            assert store.read(put()) == b"whole"
    finally:
        server.stop()


def test_the_forked_process_used_a_connection_of_its_own(world):
    from tests.faults.forks import code_of

    assert code_of(lambda: connection.ensure_connection()) == 0
    assert code_of(lambda: 1 / 0) == 1
    assert Sample.objects.count() == 0
