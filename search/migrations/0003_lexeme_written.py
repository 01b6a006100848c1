from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0002_terms")]

    operations = [
        # Rows without it are shown folded until their page is indexed again with a word that is new.
        migrations.AddField("lexeme", "written", models.CharField(max_length=100, default="", db_default="")),
    ]
