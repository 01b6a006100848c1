"""Questions that people have judged, and measurements kept so that two of them can be compared."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class JudgedQuestion(models.Model):
    """A question whose answers somebody has marked. Without any marks: of kind "unanswerable", or not judged yet."""

    class Kind(models.TextChoices):
        NONE = "", _("Any question")
        GERMAN = "german", _("German")
        ENGLISH = "english", _("English")
        ACROSS = "across", _("Across languages")
        TYPO = "typo", _("With a typing error")
        COMPOUND = "compound", _("Compound word")
        UNANSWERABLE = "unanswerable", _("The site has no answer")

    class Split(models.TextChoices):
        NONE = "", _("Not divided")
        TUNE = "tune", _("For tuning")
        HELD = "held", _("Held back")

    class Asker(models.TextChoices):
        VISITOR = "visitor", _("Somebody who is not signed in")
        MEMBER = "member", _("A member who is signed in")

    text = models.CharField(_("question"), max_length=500)
    language = models.CharField(_("language"), max_length=10)
    """of the question and of the reader: results are shown in it where there is a choice"""
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True, default=Kind.NONE)
    split = models.CharField(
        _("half"),
        max_length=10,
        choices=Split.choices,
        blank=True,
        default=Split.NONE,
        help_text=_(
            "Weights are chosen on the one half; the other is only looked at to see what they are worth."
        ),
    )
    reader = models.CharField(
        _("asked by"), max_length=10, choices=Asker.choices, default=Asker.VISITOR, blank=False
    )
    source = models.CharField(max_length=100, unique=True, null=True, blank=True, editable=False)
    """where it was loaded from ("demo:de-001"); null for questions that editors wrote, of which there are many"""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("judged by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("judged question")
        verbose_name_plural = _("judged questions")
        default_permissions = ()
        permissions = [("judge", _("Can judge answers of the search"))]
        ordering = ["language", "text", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "language", "reader"],
                name="evaluation_question_once",
                violation_error_message=_("This question is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.text


class Judgement(models.Model):
    """How well a page, or a passage of it, answers a question."""

    class Grade(models.IntegerChoices):
        WRONG = 0, _("Does not belong here")
        TOUCHES = 1, _("Touches the question")
        HELPS = 2, _("Helps a lot")
        ANSWERS = 3, _("Answers the question")

    question = models.ForeignKey(
        JudgedQuestion, verbose_name=_("question"), on_delete=models.CASCADE, related_name="judgements"
    )
    translation_key = models.UUIDField(_("page"))
    """of the page in all its languages, since a result stands for all of them"""
    anchor = models.CharField(_("passage"), max_length=200, blank=True, default="")
    """of the passage that answers; "" is the page as a whole"""
    heading = models.CharField(_("heading"), max_length=300, blank=True, default="")
    """of the passage, for people to read"""
    grade = models.PositiveSmallIntegerField(
        _("grade"), choices=Grade.choices, validators=[MaxValueValidator(3)]
    )

    class Meta:
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        default_permissions = ()
        ordering = ["question_id", "-grade", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "translation_key", "anchor"],
                name="evaluation_judgement_once",
                violation_error_message=_("This passage has been judged for this question already."),
            ),
            models.CheckConstraint(
                condition=models.Q(grade__gte=0, grade__lte=3), name="evaluation_judgement_grade"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.translation_key} {self.grade}"


class Run(models.Model):
    """A measurement over the judged questions, with the settings it was made with."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    name = models.CharField(_("name"), max_length=100, blank=True, default="")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING, editable=False
    )
    error = models.TextField(_("error"), blank=True, default="", editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    """last sign of whoever is measuring; an old one in a running measurement means that nobody is any more"""
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True, editable=False)

    split = models.CharField(
        _("half"), max_length=10, choices=JudgedQuestion.Split.choices, blank=True, default=""
    )
    """"" asks all questions"""
    leg = models.CharField(_("what is measured"), max_length=30, default="full")
    """a name of search.evaluation.legs.LEGS"""
    figures: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("figures"), default=dict, blank=True
    )
    """figures of search/conf.py that differ from the site's own in this run"""

    model = models.CharField(_("model"), max_length=250, blank=True, default="", editable=False)
    """fingerprint of the model that embedded questions and texts"""
    question_count = models.PositiveIntegerField(_("questions"), default=0, editable=False)
    question_done = models.PositiveIntegerField(_("questions asked"), default=0, editable=False)
    metrics = models.JSONField(_("measures"), default=dict, editable=False)
    """{"de-de": {"n": 40, "ndcg": 0.81, "recall": 0.93, "mrr": 0.84}, …, "all": {…}}: language of the question and
    of the texts that answer it"""
    honesty = models.JSONField(_("honesty"), default=dict, editable=False)
    """{"answerable": 200, "unanswerable": 30, "auroc": 0.97, "refused": 0.03, "admitted": 0.1}; shares in [0, 1]"""
    times = models.JSONField(_("times"), default=dict, editable=False)
    """{"p50_ms": 12.0, "p95_ms": 25.0, "n": 234} of retrieval, from the question to its answer"""

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name or f"{self.created_at:%Y-%m-%d %H:%M}"


class RunQuestion(models.Model):
    """What a measurement says about one question."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="questions")
    question = models.ForeignKey(JudgedQuestion, on_delete=models.CASCADE, related_name="+")
    pair = models.CharField(max_length=21)
    """"de-en": language of the question, language of the texts that answer it"""
    judged = models.CharField(max_length=32)
    """digest of the judgements as they were: two runs over other judgements are not comparable"""
    ndcg = models.FloatField(null=True)
    """nDCG@10; null where there is nothing to find"""
    recall = models.FloatField(null=True)
    """recall@50"""
    mrr = models.FloatField(null=True)
    """1 / rank of the first judged page, 0 where none is among the first 50"""
    confidence = models.FloatField(null=True)
    answered = models.BooleanField(default=True)
    found = models.JSONField(default=list)
    """the first ten results: [{"key": translation key, "language": "de", "anchor": "…"}]"""

    class Meta:
        verbose_name = _("result of a question")
        verbose_name_plural = _("results of questions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "question"], name="evaluation_runquestion_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.question_id}"
