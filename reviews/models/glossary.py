from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from reviews.choices import TermKind


class GlossaryTerm(models.Model):
    """How a vendor wants a term translated from one language into another.

    `term` is matched without regard to case; `kind` says whether to translate it as
    `translation`, to keep it, or never to translate it as `translation`.
    """

    vendor = models.ForeignKey(
        "reviews.Vendor", models.CASCADE, related_name="glossary", verbose_name=_("vendor")
    )
    source_language = models.CharField(_("from"), max_length=35)
    target_language = models.CharField(_("to"), max_length=35)
    term = models.CharField(_("term"), max_length=200)
    kind = models.CharField(
        _("action"), max_length=10, choices=TermKind, default=TermKind.TRANSLATE
    )
    # The required or the forbidden wording; empty where the term is kept.
    translation = models.CharField(_("translation"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        ordering = ["source_language", "target_language", "term"]
        constraints = [
            models.UniqueConstraint(
                "vendor",
                "source_language",
                "target_language",
                Lower("term"),
                name="one_entry_per_term",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TermKind.values), name="glossary_kind_known"
            ),
            models.CheckConstraint(
                condition=(Q(kind=TermKind.KEEP) & Q(translation=""))
                | (~Q(kind=TermKind.KEEP) & ~Q(translation="")),
                name="glossary_wording_where_wanted",
            ),
            models.CheckConstraint(condition=~Q(term=""), name="glossary_term_given"),
        ]

    def __str__(self) -> str:
        return self.term
