"""Who runs this site and who pays for it. The project has changed its name before, so none of it is code."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from kb.core.both_languages import said


@register_setting(icon="site")
class SiteIdentity(BaseSiteSetting):
    """Name, operator, logo and funder of a site, editable in the settings menu."""

    site_name = models.CharField(_("name of the site"), max_length=60, default="Lotse")
    operator = models.CharField(
        _("operator"),
        max_length=160,
        blank=True,
        help_text=_("The organisation that answers for the content."),
    )
    contact_email = models.EmailField(
        _("contact"), blank=True, help_text=_("Shown in the footer, and used for reports of barriers.")
    )
    logo = models.ForeignKey(
        "core.LotseImage",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    funder_text_de = models.CharField(
        _("funder (German)"),
        max_length=300,
        blank=True,
        help_text=_("The sentence the funding body asks for, for example “Gefördert durch …”."),
    )
    funder_text_en = models.CharField(_("funder (English)"), max_length=300, blank=True)
    funder_emblem = models.ForeignKey(
        "core.LotseImage",
        verbose_name=_("emblem of the funder"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    demo_banner = models.BooleanField(
        _("demonstration"),
        default=False,
        help_text=_("Says on every page that the content is invented."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("site_name"),
                FieldPanel("operator"),
                FieldPanel("contact_email"),
                FieldPanel("logo"),
            ],
            heading=_("Operator"),
        ),
        MultiFieldPanel(
            [FieldPanel("funder_text_de"), FieldPanel("funder_text_en"), FieldPanel("funder_emblem")],
            heading=_("Funder"),
        ),
        FieldPanel("demo_banner"),
    ]
    select_related = ["logo", "funder_emblem"]

    class Meta:
        verbose_name = _("name, operator and funder")

    def __str__(self) -> str:
        return self.site_name

    @property
    def operator_language(self) -> str:
        """The operator's name is written once, in the site's first language."""
        return settings.LANGUAGE_CODE

    @property
    def funder_text(self) -> str:
        """The funder's sentence in the language being read, the other one where it is missing."""
        return said(self, "funder_text")[0]

    @property
    def funder_language(self) -> str:
        """The language that `funder_text` is in."""
        return said(self, "funder_text")[1]
