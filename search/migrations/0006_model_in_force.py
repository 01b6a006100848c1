import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The model in force is a row, and the pipeline of a page is that of its words: its vectors speak for themselves.

    What is there stays: only the mark is written anew, by the sweep that finds that it differs.
    """

    dependencies = [("search", "0005_vectors_of_pages")]

    operations = [
        migrations.AddField("embeddingmodel", "source", models.TextField(default="", db_default="")),
        migrations.AddField("indexedpage", "verified_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="ModelChoice",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("switched_at", models.DateTimeField(null=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("force", models.BooleanField(default=False, db_default=False)),
                ("stopped", models.TextField(default="", db_default="")),
                ("verdict", models.TextField(default="", db_default="")),
                ("embedded", models.BigIntegerField(default=0, db_default=0)),
                ("seconds", models.FloatField(default=0.0, db_default=0.0)),
                ("run_before", models.BigIntegerField(null=True)),
                ("run_after", models.BigIntegerField(null=True)),
                *(
                    (
                        name,
                        models.ForeignKey(
                            null=name != "current",
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="search.embeddingmodel",
                        ),
                    )
                    for name in ("current", "previous", "candidate")
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="search_modelchoice_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="VectorFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, db_default=0)),
                ("error", models.TextField(default="", db_default="")),
                *(
                    (
                        name,
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=f"search.{to}",
                        ),
                    )
                    for name, to in (("model", "embeddingmodel"), ("passage", "passage"))
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["model", "passage"], name="search_vectorfailure_once")
                ]
            },
        ),
    ] + [
        migrations.RunSQL(
            f"alter table search_vectorfailure add constraint search_vectorfailure_{column}_fk "
            f"foreign key ({column}) references {target} (id) on delete cascade",
            f"alter table search_vectorfailure drop constraint search_vectorfailure_{column}_fk",
        )
        for column, target in (("model_id", "search_embeddingmodel"), ("passage_id", "search_passage"))
    ]
