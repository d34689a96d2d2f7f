from typing import Any

from django.db import migrations, models


def _unplace(apps: Any, editor: Any) -> None:
    """Spans have no box; those that were taken back a release have one of zeros."""
    apps.get_model("datasets", "Shape").objects.filter(kind="span").update(x=None, y=None, w=None, h=None)


def _place(apps: Any, editor: Any) -> None:
    """The release before lets no shape be without a box; the spans themselves stay as they are."""
    apps.get_model("datasets", "Shape").objects.filter(kind="span").update(x=0, y=0, w=0, h=0)


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0007_geometry'),
    ]

    operations = [
        migrations.AddField(
            model_name='sample',
            name='search_text',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AlterField(
            model_name='shape',
            name='kind',
            field=models.CharField(choices=[('class', 'Class'), ('box', 'Box'), ('rotated_box', 'Rotated Box'), ('polygon', 'Polygon'), ('mask', 'Mask'), ('polyline', 'Polyline'), ('keypoints', 'Keypoints'), ('span', 'Span')], max_length=12),
        ),
        migrations.RemoveConstraint(
            model_name='shape',
            name='datasets_shape_geometry',
        ),
        migrations.RunPython(_unplace, _place),
        migrations.AddConstraint(
            model_name='shape',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('class', 'box')), models.Q(('geometry__isnull', False), models.Q(('kind', 'span'), ('x__isnull', False), _connector='OR')), _connector='OR'), name='datasets_shape_geometry'),
        ),
    ]
