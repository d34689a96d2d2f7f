from typing import Any

from django.db import migrations, models

TASKS = [('image_classification', 'Image Classification'), ('image_multilabel', 'Image Multilabel'), ('object_detection', 'Object Detection'), ('semantic_segmentation', 'Semantic Segmentation'), ('instance_segmentation', 'Instance Segmentation'), ('keypoints', 'Keypoints'), ('text_classification', 'Text Classification'), ('text_multilabel', 'Text Multilabel'), ('ner', 'Ner'), ('tabular_classification', 'Tabular Classification'), ('tabular_regression', 'Tabular Regression'), ('audio_classification', 'Audio Classification'), ('audio_events', 'Audio Events')]
KINDS = [('class', 'Class'), ('box', 'Box'), ('rotated_box', 'Rotated Box'), ('polygon', 'Polygon'), ('mask', 'Mask'), ('polyline', 'Polyline'), ('keypoints', 'Keypoints'), ('span', 'Span'), ('region', 'Region')]


def _unplace(apps: Any, editor: Any) -> None:
    """Regions have no box; those that were taken back a release have one of zeros."""
    apps.get_model("datasets", "Shape").objects.filter(kind="region").update(x=None, y=None, w=None, h=None)


def _place(apps: Any, editor: Any) -> None:
    """The release before lets no shape but a span be without a box; the regions themselves stay as they are."""
    apps.get_model("datasets", "Shape").objects.filter(kind="region").update(x=0, y=0, w=0, h=0)


class Migration(migrations.Migration):
    dependencies = [("datasets", "0031_checked_revision")]

    operations = [
        migrations.AlterField(
            model_name="dataset", name="task", field=models.CharField(choices=TASKS, max_length=30)
        ),
        migrations.AlterField(
            model_name="shape", name="kind", field=models.CharField(choices=KINDS, max_length=12)
        ),
        migrations.RemoveConstraint(model_name="shape", name="datasets_shape_geometry"),
        migrations.RunPython(_unplace, _place),
        migrations.AddConstraint(
            model_name="shape",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("class", "box")),
                    models.Q(
                        ("geometry__isnull", False),
                        models.Q(("kind__in", ("span", "region")), ("x__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="datasets_shape_geometry",
            ),
        ),
    ]
