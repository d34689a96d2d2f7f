from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0022_tags'),
    ]

    operations = [
        migrations.AlterField(
            model_name='bulkedit',
            name='action',
            field=models.CharField(choices=[('label', 'Label'), ('label_add', 'Label Add'), ('label_drop', 'Label Drop'), ('split', 'Split'), ('delete', 'Delete'), ('tag', 'Tag'), ('untag', 'Untag'), ('restore', 'Restore'), ('merge', 'Merge')], max_length=10),
        ),
    ]
