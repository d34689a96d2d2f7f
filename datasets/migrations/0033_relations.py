from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0032_regions'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataset',
            name='relations',
            field=models.JSONField(blank=True, default=list, help_text='what spans may be to one another, see datasets.relations'),
        ),
    ]
