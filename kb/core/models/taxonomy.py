"""The task areas of cluster management (Aufgabenfelder), the first thing readers filter by."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField


class TaskArea(TranslatableMixin, index.Indexed, models.Model):
    """A field of work such as “Mitgliedergewinnung & -bindung”. One row for each language, joined by their key."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("short name"), max_length=80, help_text=_("For addresses and imports; the same in every language.")
    )
    description = models.TextField(
        _("description"),
        max_length=400,
        blank=True,
        help_text=_("What belongs here, in one or two sentences."),
    )
    icon = models.CharField(
        _("icon"), max_length=40, blank=True, help_text=_("Name of a KERN icon, for example “groups”.")
    )
    sort_order = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Low numbers come first.")
    )

    translatable_fields = [
        TranslatableField("name"),
        TranslatableField("description"),
        SynchronizedField("slug", overridable=False),
        SynchronizedField("icon", overridable=False),
        SynchronizedField("sort_order", overridable=False),
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("description"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        ordering = ["sort_order", "name"]
        verbose_name = _("task area")
        verbose_name_plural = _("task areas")
        constraints = [
            models.UniqueConstraint(fields=["locale", "slug"], name="core_taskarea_slug_in_locale"),
        ]

    def __str__(self) -> str:
        return self.name
