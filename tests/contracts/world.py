"""One object of every kind, in one project, for the contracts that try every operation."""

import uuid
from datetime import timedelta
from typing import Any

from core.clock import utc_now
from core.models import ApiToken, Invitation, Job, Project, User
from core.services.blobs import blob_put, blobs_register
from core.services.uploads import upload_create
from datasets.models import (
    BucketSource,
    BucketSync,
    BulkEdit,
    Cleaning,
    Dataset,
    DatasetVersion,
    ImportBatch,
    LabelClass,
    LabelSuspicion,
    Merge,
    Recipe,
    Sample,
    SavedView,
    Table,
    TableColumn,
    VersionExport,
)
from labeling.models import (
    Acceptance,
    Annotation,
    Campaign,
    CampaignAssignee,
    Consensus,
    Item,
    Question,
)
from serving.models import Endpoint, EndpointKey, JournalEntry
from tests.contracts.world_training import training_rows


class World:
    """`ids` maps the segment before a path parameter to the id that fills it."""

    def __init__(self, project: Project, members: dict[str, User]) -> None:
        self.project, self.members, self.owner = project, members, members["manager"]
        self.ids: dict[str, str] = {"projects": str(project.pk), "members": members["viewer"].username}
        self._core()
        self._datasets()
        self._made_of_datasets()
        self._labeling()
        self.ids |= training_rows(project, self.owner, self.version, self.sample)
        self._serving()

    def body(self, operation: str) -> dict[str, Any]:
        """What a well-meant request of an operation says about its project."""
        named = {"project": self.ids["projects"], "name": "another"}
        bodies: dict[str, dict[str, Any]] = {
            "datasets_create": {**named, "task": "image_classification"},
            "augmentations_preview": {"dataset": self.ids["datasets"], "count": 1},
            "version_augmentations_create": {"recipe": self.ids["recipes"]},
            "tables_partial_update": {"target": None},
            "table_columns_partial_update": {"name": "another"},
            "recipes_create": {**named, "steps": [{"op": "fog"}]},
            "label_suspicions_partial_update": {"settled": True},
            "syncs_create": {
                "s3": {"endpoint": "https://203.0.113.1", "bucket": "photos"},
                "every": "day",
            },
            "bucket_sources_partial_update": {"key_id": "", "secret": ""},
            "saved_views_create": {"name": "another", "query": {"q": "label:cat"}},
            "bulk_edits_create": {"action": "split", "value": "test", "conditions": {}},
            "cleanings_create": {"recipe": {"steps": [{"op": "dedupe"}]}},
            "cleanings_preview": {"recipe": {"steps": [{"op": "dedupe"}]}},
            "version_branches_create": {"name": "another"},
            "merges_create": {"version": self.ids["versions"]},
            "merges_choose": {"choice": "ours"},
            "campaigns_create": {"dataset": self.ids["datasets"], "name": "another"},
            "endpoints_create": {
                **named,
                "routes": [{"model_version": self.ids["model-versions"], "weight": 1}],
            },
            "runs_create": {**named, "dataset_version": self.ids["versions"], "algorithm": "auto"},
            "models_create": {**named, "task": "image_classification"},
            "evaluations_create": {"dataset_version": self.ids["versions"], "split": "val"},
            "annotations_update": {"item": self.ids["items"], "revision": 1, "shapes": [], "state": "draft"},
            "annotations_review": {"verdict": "accept"},
            "prelabels_create": {"model": self.ids["model-versions"], "mapping": {}},
            "weak_rules_update": {"rules": [], "revision": 0},
            "weak_rules_preview": {"rules": []},
            "weak_rules_apply": {"revision": 0},
            "assist_prepare": {"item": self.ids["items"]},
            "assist_segment": {"item": self.ids["items"], "points": [{"x": 1, "y": 1}]},
            "consensus_resolve": {"revision": 1, "annotation": self.ids["annotations"]},
            "items_skip": {"reason": "blurred"},
            "acceptances_create": {"count": 1},
            "acceptances_return_all": {"reason": "no"},
            "questions_create": {"text": "A cat?"},
            "questions_comment": {"text": "A cat."},
            "learning_update": {"on": False},
            "guidelines_update": {"base": 0, "text": "# Cats"},
            "campaigns_moves": {"from": None, "to": None},
            "campaigns_samples": {"selection": {"filter": "all"}},
            "feedback_create": {"request_id": self.ids["requests"], "label": "cat"},
            "members_update": {"role": "viewer"},
            "invitations_create": {"people": [{"username": "new-person", "role": "viewer"}]},
            "users_create": {"username": "new-person"},
            "tokens_create": {"name": "mine"},
        }
        return bodies.get(operation, {})

    def _core(self) -> None:
        now = utc_now()
        job = Job.objects.create(
            kind="datasets.import", queue="import", project=self.project, created_by=self.owner
        )
        upload = upload_create(self.owner, length=10)
        token = ApiToken.objects.create(user=self.owner, name="t", prefix="st_x", secret_sha256="0" * 64)
        Invitation.objects.create(
            project=self.project,
            username="guest",
            role="viewer",
            token_sha256="1" * 64,
            invited_by=self.owner,
            expires_at=now + timedelta(days=1),
        )
        stored = blob_put(b"a picture, as far as storage knows", "image/jpeg")
        blobs_register([stored])
        self.sha256 = stored.sha256
        self.ids |= {
            "jobs": str(job.pk),
            "uploads": str(upload.pk),
            "tokens": str(token.pk),
            "users": str(self.owner.pk),
            "invitations": "a-token-nobody-has",
            "requests": str(uuid.uuid4()),
        }

    def _datasets(self) -> None:
        dataset = Dataset.objects.create(
            project=self.project, name="Pictures", task="image_classification", created_by=self.owner
        )
        LabelClass.objects.create(dataset=dataset, index=0, name="cat", color="#4C6EF5")
        # Who may ask for a table is decided before anybody looks at what kind of data set it is.
        TableColumn.objects.create(
            table=Table.objects.create(dataset=dataset), index=73519, name="age", kind="number"
        )
        self.ids["columns"] = "73519"
        self._sources(dataset)
        self.sample = Sample.objects.create(
            dataset=dataset,
            name="a.jpg",
            sha256=self.sha256,
            thumb_sha256=self.sha256,
            media_type="image/jpeg",
            size_bytes=1,
            payload={"width": 8, "height": 8},
            imported_at=utc_now(),
        )
        self.dataset = dataset
        self.ids |= {"datasets": str(dataset.pk), "samples": str(self.sample.pk)}

    def _made_of_datasets(self) -> None:
        dataset = self.dataset
        batch = ImportBatch.objects.create(dataset=dataset, created_by=self.owner)
        self.version = DatasetVersion.objects.create(
            dataset=dataset,
            number=1,
            name="v1",
            manifest_sha256=self.sha256,
            content_hash=self.sha256,
            counts={"samples": 1, "train": 0, "val": 0, "test": 0},
            created_by=self.owner,
        )
        export = VersionExport.objects.create(
            version=self.version, format="coco", sha256=self.sha256, size_bytes=1, created_by=self.owner
        )
        recipe = Recipe.objects.create(project=self.project, name="Winter", created_by=self.owner)
        view = SavedView.objects.create(dataset=dataset, name="Cats", created_by=self.owner)
        edit = BulkEdit.objects.create(
            dataset=dataset,
            action="split",
            value="test",
            state="done",
            created_by=self.owner,
            created_at=utc_now(),
        )
        self.ids |= {
            "merges": self._merge(dataset),
            "imports": str(batch.pk),
            "versions": str(self.version.pk),
            "exports": str(export.pk),
            "recipes": str(recipe.pk),
            "views": str(view.pk),
            "bulk-edits": str(edit.pk),
            "cleanings": str(self._cleaning(dataset).pk),
            "label-suspicions": str(self._suspicion(dataset).pk),
        }

    def _suspicion(self, dataset: Dataset) -> LabelSuspicion:
        said = dataset.classes.get()
        # A number that is found in nothing else, as that of the column.
        fields = {"pk": 73519421, "given": said, "suggested": said, "revision": 0, "rank": 0, "margin": -0.5}
        return LabelSuspicion.objects.create(dataset=dataset, sample=self.sample, **fields)

    def _cleaning(self, dataset: Dataset) -> Cleaning:
        return Cleaning.objects.create(
            dataset=dataset,
            recipe={"version": 1, "steps": [{"op": "dedupe", "params": {}}]},
            state="applied",
            created_by=self.owner,
            created_at=utc_now(),
        )

    def _merge(self, dataset: Dataset) -> str:
        merge = Merge.objects.create(
            dataset=dataset, source=self.version, created_by=self.owner, created_at=utc_now()
        )
        return str(merge.pk)

    def _sources(self, dataset: Dataset) -> None:
        gone = Dataset.objects.create(
            project=self.project, name="Gone", task="ner", created_by=self.owner, deleted_at=utc_now()
        )
        self.ids["bin"] = str(gone.pk)
        sync = BucketSync.objects.create(
            dataset=dataset, every="day", next_run_at=utc_now(), created_by=self.owner, source={"bucket": "b"}
        )
        source = BucketSource.objects.create(
            project=self.project, endpoint="https://203.0.113.1", bucket="photos", region="us-east-1",
            created_by=self.owner, used_at=utc_now(),
        )  # fmt: skip
        self.ids |= {"syncs": str(sync.pk), "bucket-sources": str(source.pk)}

    def _labeling(self) -> None:
        annotator = self.members["annotator"]
        campaign = Campaign.objects.create(
            project=self.project,
            dataset=self.dataset,
            name="Round",
            task="image_classification",
            created_by=self.owner,
        )
        CampaignAssignee.objects.create(campaign=campaign, user=annotator)
        item = Item.objects.create(campaign=campaign, sample=self.sample, assignee=annotator)
        annotation = Annotation.objects.create(
            id=uuid.uuid4(),
            item=item,
            campaign=campaign,
            sample=self.sample,
            author=annotator,
            saved_at=utc_now(),
        )
        consensus = Consensus.objects.create(
            campaign=campaign, sample=self.sample, state="conflict", due_at=utc_now()
        )
        batch = Acceptance.objects.create(
            campaign=campaign, number=1, seed="00", size=0, drawn=0, created_by=self.owner
        )
        question = Question.objects.create(
            campaign=campaign, item=item, author=annotator, created_at=utc_now()
        )
        self.ids |= {"acceptances": str(batch.pk), "questions": str(question.pk)}
        self.ids["consensus"] = str(consensus.pk)
        self.ids |= {"campaigns": str(campaign.pk), "items": str(item.pk), "annotations": str(annotation.pk)}

    def _serving(self) -> None:
        endpoint = Endpoint.objects.create(project=self.project, name="birds", created_by=self.owner)
        key = EndpointKey.objects.create(
            endpoint=endpoint, prefix="sk_abcdefgh", digest="2" * 64, created_by=self.owner
        )
        JournalEntry.objects.create(
            endpoint=endpoint,
            request_id=self.ids["requests"],
            model_version=self.ids["model-versions"],
            kind="image",
            at=utc_now(),
            latency_ms=1.0,
            answer={},
        )
        self.ids |= {"endpoints": str(endpoint.pk), "keys": str(key.pk)}
