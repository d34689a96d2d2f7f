"""What was said about a sample, one row a statement."""

import uuid

from django.db import models
from django.db.models import Q


class ShapeKind(models.TextChoices):
    """Form of a shape. `class` says it of the whole sample and has no geometry."""

    CLASS = "class"
    BOX = "box"
    ROTATED_BOX = "rotated_box"
    POLYGON = "polygon"
    MASK = "mask"
    POLYLINE = "polyline"
    KEYPOINTS = "keypoints"
    SPAN = "span"
    REGION = "region"


class Shape(models.Model):
    """A class, alone or with a place. Boxes are pixels of the upright image, origin top-left.

    What four numbers cannot hold is in `geometry`, as the fields the API shows (`polygon`, `mask`, …, see
    `datasets.geometry`, `start` and `end` of a span or region) and `attributes`; the four numbers are the box around
    it then, and null of what has no box.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="shapes")
    dataset = models.ForeignKey(
        "datasets.Dataset", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    label_class = models.ForeignKey(
        "datasets.LabelClass", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=ShapeKind.choices)
    position = models.PositiveIntegerField(default=0)
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    w = models.FloatField(null=True, blank=True)
    h = models.FloatField(null=True, blank=True)
    geometry = models.JSONField(null=True, blank=True)
    source = models.CharField(max_length=10, default="human")
    score = models.FloatField(null=True, blank=True)

    class Meta:
        """A label filter is a range of one index."""

        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="box") | Q(x__isnull=False, y__isnull=False, w__gt=0, h__gt=0),
                name="datasets_shape_box",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("class", "box"))
                | (Q(geometry__isnull=False) & (Q(kind__in=("span", "region")) | Q(x__isnull=False))),
                name="datasets_shape_geometry",
            ),
        )
        indexes = (
            models.Index(fields=("label_class", "sample"), name="datasets_shape_by_class"),
            models.Index(
                fields=("dataset", "score", "sample"),
                condition=Q(score__isnull=False),
                name="datasets_shape_by_score",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
