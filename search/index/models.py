"""The rows a page becomes. Content, words and vectors commit together; PostgreSQL itself deletes them with the page.

The foreign keys are declared in the database with ON DELETE CASCADE (migration 0001), not in Django: a page that
is deleted by any road, raw SQL included, leaves nothing behind, and deleting one does not first read its rows.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from pgvector.django import HalfVectorField


class EmbeddingModel(models.Model):
    """A model with which passages were embedded. Vectors of two models are never compared."""

    name = models.CharField(max_length=200)
    source = models.TextField(default="", db_default="")
    """what loads it: a key of search.embedding.models, a name on the hub, or a folder"""
    fingerprint = models.CharField(max_length=250, unique=True)
    dimensions = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.fingerprint


class ModelChoice(models.Model):
    """The one row that says which model is in force, for all processes alike (search/embedding/in_force.py).

    Without it the setting SEARCH_EMBEDDING_MODEL decides: it is made with the first vectors.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    current = models.ForeignKey(EmbeddingModel, on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey(EmbeddingModel, null=True, on_delete=models.PROTECT, related_name="+")
    """its vectors are kept: for going back, and for processes that have the current one not loaded yet"""
    switched_at = models.DateTimeField(null=True)

    # A change under way.
    candidate = models.ForeignKey(EmbeddingModel, null=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(null=True)
    force = models.BooleanField(default=False, db_default=False)
    """switch without asking the judged questions"""
    stopped = models.TextField(default="", db_default="")
    """why it does not go on by itself; empty while it does"""
    verdict = models.TextField(default="", db_default="")
    """what the judged questions said, of this change or the last one"""
    embedded = models.BigIntegerField(default=0, db_default=0)
    seconds = models.FloatField(default=0.0, db_default=0.0)
    """passages embedded for the change, and what that took: the rest is estimated from it"""
    run_before = models.BigIntegerField(null=True)
    run_after = models.BigIntegerField(null=True)
    """kept measurements of both models on the judged questions (search.evaluation.models.Run)"""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="search_modelchoice_once")]

    def __str__(self) -> str:
        return str(self.current)


class IndexedPage(models.Model):
    """What the index holds of a page, what it was computed from, and who is working on it.

    A page is due when `revision`, `published_at` or `pipeline` differ from the page's and the code's own, when
    `wanted` is ahead of `done`, or when a passage lacks its vector. Nothing else says so: there is no queue that
    could lose it.
    """

    page = models.OneToOneField(
        "wagtailcore.Page",
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    translation_key = models.UUIDField(null=True)
    language = models.CharField(max_length=10, default="", db_default="")
    kind = models.CharField(max_length=40, default="", db_default="")
    title = models.TextField(default="", db_default="")
    facets = ArrayField(models.TextField(), default=list, db_default=models.Value("{}"))
    """"name:value" each, e.g. "task_area:0d3c…"."""
    passage_count = models.PositiveIntegerField(default=0, db_default=0)
    length = models.PositiveIntegerField(default=0, db_default=0)
    """words without stop words, all passages together"""
    lengths = ArrayField(models.PositiveSmallIntegerField(), default=list, db_default=models.Value("{}"))
    """the same of each passage, in order: BM25 needs them for hundreds of passages, and reading those costs more"""

    # What the rows were computed from.
    revision = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    pipeline = models.CharField(max_length=64, default="", db_default="")
    """versions of splitter and analysis; empty as long as nothing was ever written"""
    wanted = models.BigIntegerField(default=1, db_default=1)
    """counted up when something the page shows changes without a new revision of the page"""
    done = models.BigIntegerField(default=0, db_default=0)
    """`wanted` as it was when the rows were computed"""
    indexed_at = models.DateTimeField(null=True)
    related_at = models.DateTimeField(null=True)
    """when relations were last computed with these rows; null: not yet"""

    # Work in progress.
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", db_default="")

    verified_at = models.DateTimeField(null=True)
    """when the rows were last computed a second time and compared (search/index/verification.py)"""

    class Meta:
        indexes = [models.Index(fields=["translation_key"], name="search_indexedpage_key")]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class Passage(models.Model):
    """A stretch of a page with its place in it."""

    page = models.ForeignKey(
        IndexedPage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="passages"
    )
    ordinal = models.PositiveIntegerField()
    anchor = models.CharField(max_length=200, blank=True)
    heading_path = ArrayField(models.TextField(), default=list)
    text = models.TextField()
    text_hash = models.CharField(max_length=32)
    """of what is embedded (title, headings, text): while it stays, the vector stays"""
    length = models.PositiveIntegerField()

    class Meta:
        ordering = ["page_id", "ordinal"]

    def __str__(self) -> str:
        return self.text[:80]


class PassageVector(models.Model):
    """A passage in the space of one model. Dimensions may differ from model to model.

    The HNSW index of a model with many vectors is data, not schema: search/index/approximate.py makes it.
    """

    passage = models.ForeignKey(
        Passage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="vectors"
    )
    model = models.ForeignKey(
        EmbeddingModel,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="vectors",
        db_index=False,
    )
    page = models.ForeignKey(
        IndexedPage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    """the passage's page again: the exact scan would otherwise read every passage's text to know it"""
    embedding = HalfVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "passage"], name="search_passagevector_once")]
        indexes = [models.Index(fields=["model", "page"], name="search_passagevector_page")]

    def __str__(self) -> str:
        return f"{self.passage_id} in {self.model_id}"


class VectorFailure(models.Model):
    """A passage that a model was tried on beside the one in force, and that has no vector of it (yet)."""

    model = models.ForeignKey(
        EmbeddingModel, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    passage = models.ForeignKey(Passage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    """counted before the model is asked, so that a passage which kills the process is counted too"""
    error = models.TextField(default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "passage"], name="search_vectorfailure_once")]

    def __str__(self) -> str:
        return f"{self.passage_id} by {self.model_id}: {self.error[:80]}"


class Lexeme(models.Model):
    """A word form of the corpus: its stem, and the two words it might be made of (search.analysis.compounds).

    Rows stay when the last page with the word goes: `search.vocabulary` only says where to look, and the statement
    of a question decides by the forms that the reader may see (Posting.forms).
    """

    language = models.CharField(max_length=10)
    word = models.CharField(max_length=100)
    stem = models.CharField(max_length=100)
    parts = ArrayField(models.TextField(), default=list)
    """stems of all parts of all candidate splits"""
    splits = ArrayField(models.TextField(), default=list)
    """the candidate splits, "first last" each"""
    analysis = models.CharField(max_length=10, default="", db_default="")
    """ANALYSIS_VERSION that made the row; another one's is computed anew when its page is"""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="search_lexeme_once")]
        indexes = [
            GinIndex(fields=["parts"], name="search_lexeme_parts"),
            # By the letters a word begins with, in whatever order the database sorts words.
            models.Index(fields=["word"], opclasses=["varchar_pattern_ops"], name="search_lexeme_word"),
        ]

    def __str__(self) -> str:
        return self.word


class Posting(models.Model):
    """A term on a page, counted by field so that field weights can change without a new index."""

    term = models.CharField(max_length=112)
    """language and stem in one ("de:antrag"): the planner knows how frequent one column's values are, not two's"""
    page = models.ForeignKey(
        IndexedPage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    length = models.PositiveIntegerField(default=0, db_default=0)
    """IndexedPage.length again: the score of a term on a page needs it, and a page's row is only read when it is shown"""
    title = models.PositiveSmallIntegerField(default=0)
    keywords = models.PositiveSmallIntegerField(default=0)
    """title and keywords belong to the whole page and count for its first passage"""
    headings = models.PositiveSmallIntegerField(default=0)
    body = models.PositiveSmallIntegerField(default=0)
    places = ArrayField(models.IntegerField(), default=list)
    """for each passage with the term, in order: its ordinal << 16 | headings << 8 | body, counts up to 255"""
    forms = ArrayField(models.TextField(), default=list, db_default=models.Value("{}"))
    """the folded words of this page that have the term ("anträge", "antrag"), sorted. What the vocabulary proposes
    counts for a reader who sees a page with that very form: a form of a hidden page says nothing"""
    written = ArrayField(models.TextField(), default=list, db_default=models.Value("{}"))
    """the same as this page writes them, in the same order"""

    class Meta:
        indexes = [
            models.Index(
                fields=["term"],
                include=["page", "length", "title", "keywords", "headings", "body", "places"],
                name="search_posting_term",
            ),
            models.Index(fields=["page", "term"], name="search_posting_of_page"),
        ]

    def __str__(self) -> str:
        return f"{self.term} on {self.page_id}"
