"""One column for a term's language and stem, and the passage's length beside it (search/index/models.py).

The rows cannot be carried over, so the index starts empty and the next sweep fills it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunSQL("truncate search_indexedpage, search_lexeme cascade", migrations.RunSQL.noop),
        migrations.RemoveIndex("posting", "search_posting_term"),
        migrations.RemoveField("posting", "language"),
        migrations.AlterField("posting", "term", models.CharField(max_length=112)),
        migrations.AddField("posting", "length", models.PositiveSmallIntegerField(default=0), preserve_default=False),
        migrations.AddIndex(
            "posting",
            models.Index(
                fields=["term"],
                include=("page", "passage", "title", "keywords", "headings", "body", "length"),
                name="search_posting_term",
            ),
        ),
        migrations.RenameField("lexeme", "term", "stem"),
    ]
