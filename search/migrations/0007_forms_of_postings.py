"""The forms of a term are kept with each page that has them, so that nothing depends on a form of a hidden page.

Postings have none until their page is analysed anew, which the raised ANALYSIS_VERSION sees to. The vocabulary's own
spelling of a word, which anybody's page may have been the source of, goes.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


def _texts() -> models.Field:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.TextField(), db_default=models.Value("{}"), default=list, size=None
    )


class Migration(migrations.Migration):
    dependencies = [("search", "0006_model_in_force")]

    operations = [
        migrations.AddField("posting", "forms", _texts()),
        migrations.AddField("posting", "written", _texts()),
        migrations.AlterField(
            "posting",
            "page",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="search.indexedpage",
            ),
        ),
        migrations.AddIndex("posting", models.Index(fields=["page", "term"], name="search_posting_of_page")),
        migrations.RemoveField("lexeme", "written"),
    ]
