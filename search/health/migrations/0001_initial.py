from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Sign",
            fields=[
                (
                    "part",
                    models.CharField(
                        choices=[("worker", "Worker"), ("schedule", "Schedule")],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "permissions": [
                    ("view_index", "Can see how the search index is doing"),
                    ("retry_index", "Can have failed pages of the search index tried again"),
                ],
                "default_permissions": (),
            },
        ),
    ]
