"""Suggestions look for words by the letters they begin with: without an index, among all words of the site."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0008_audiences")]

    operations = [
        migrations.AddIndex(
            "lexeme",
            models.Index(fields=["word"], opclasses=["varchar_pattern_ops"], name="search_lexeme_word"),
        ),
    ]
