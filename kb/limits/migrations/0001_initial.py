from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("key", models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ("drained_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        # Updated by every question: no journal, and room in each page for the next version of a row.
        migrations.RunSQL(
            "alter table limits_bucket set unlogged, set (fillfactor = 50)",
            "alter table limits_bucket set logged, reset (fillfactor)",
        ),
    ]
