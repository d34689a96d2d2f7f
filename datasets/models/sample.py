"""One thing to be labeled."""

from django.db import models
from django.db.models import Q

from core.ids import uuid7


class SampleState(models.TextChoices):
    """How far labeling has come."""

    UNLABELED = "unlabeled"
    DRAFT = "draft"
    LABELED = "labeled"
    REVIEWED = "reviewed"
    REJECTED = "rejected"


class Split(models.TextChoices):
    """Where a sample belongs when somebody already decided it."""

    NONE = "", "none"
    TRAIN = "train"
    VAL = "val"
    TEST = "test"


class AnnotationSource(models.TextChoices):
    """Who said it."""

    NONE = "", "nobody"
    HUMAN = "human"
    IMPORT = "import"
    MODEL = "model"


class Sample(models.Model):
    """Bytes in the store by their hash, what is known about them, and the state of their annotation.

    `payload` describes the content (an image: width, height, mode, frames; a text: characters, lines,
    excerpt, encoding), `features` what was computed from it, `search_text` what a search looks through, `has_vector` whether
    a part of its data set's embeddings has it. `label_class` is the first class of the annotation and `labels` all of them,
    kept here so that lists and filters need no join; so are its `tags`, in order, and how many they are.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="samples")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    thumb_sha256 = models.CharField(max_length=64, blank=True, default="")
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    features = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=SampleState.choices, default=SampleState.UNLABELED)
    split = models.CharField(max_length=5, choices=Split.choices, blank=True, default=Split.NONE)
    group = models.CharField(max_length=255, blank=True, default="")
    label_class = models.ForeignKey(
        "datasets.LabelClass",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    labels = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    tags = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    tag_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    annotation_revision = models.PositiveIntegerField(default=0)
    annotation_source = models.CharField(
        max_length=10, choices=AnnotationSource.choices, blank=True, default=AnnotationSource.NONE
    )
    search_text = models.TextField(blank=True, default="", db_default="")
    dhash64 = models.BigIntegerField(null=True, blank=True)
    has_vector = models.BooleanField(default=False, db_default=False)
    imported_at = models.DateTimeField()
    import_batch = models.ForeignKey(
        "datasets.ImportBatch",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )

    class Meta:
        """Every list order and filter is an index that ends in the id."""

        constraints = (
            models.UniqueConstraint(fields=("dataset", "sha256"), name="datasets_sample_once"),
            models.CheckConstraint(condition=Q(state__in=SampleState.values), name="datasets_sample_state"),
        )
        indexes = (
            models.Index(fields=("sha256",), name="datasets_sample_bytes"),
            models.Index(fields=("thumb_sha256",), name="datasets_sample_thumb"),
            # With the size, so that a few samples found elsewhere are put in its order without being opened.
            models.Index(fields=("dataset", "id", "size_bytes"), name="datasets_sample_id"),
            models.Index(fields=("dataset", "imported_at", "id"), name="datasets_sample_imported"),
            models.Index(fields=("dataset", "name", "id"), name="datasets_sample_name"),
            models.Index(fields=("dataset", "size_bytes", "id"), name="datasets_sample_size"),
            models.Index(fields=("dataset", "state", "id"), name="datasets_sample_by_state"),
            models.Index(fields=("dataset", "split", "id"), name="datasets_sample_by_split"),
            models.Index(fields=("dataset", "state", "split", "id"), name="datasets_sample_by_both"),
            models.Index(fields=("dataset", "label_class", "id"), name="datasets_sample_by_class"),
            models.Index(fields=("dataset", "tag_count", "id"), name="datasets_sample_by_tags"),
        )

    def __str__(self) -> str:
        return self.name
