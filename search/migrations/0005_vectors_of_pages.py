from django.db import migrations, models


class Migration(migrations.Migration):
    """The vectors of some pages without reading all: a reader who sees little, and the candidates of a question."""

    dependencies = [("search", "0004_postings_of_pages")]

    operations = [
        migrations.AddIndex(
            "passagevector", models.Index(fields=["model", "page"], name="search_passagevector_page")
        ),
    ]
