from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import SignalKind


class Signal(models.Model):
    """A reason to look closely at a review, with its evidence. A signal decides nothing."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="signals", verbose_name=_("review")
    )
    kind = models.CharField(_("type"), max_length=15, choices=SignalKind)
    # 0 to 1, comparable within one kind only.
    score = models.FloatField(_("score"))
    evidence = models.JSONField(_("evidence"), default=dict)
    detected_at = models.DateTimeField(_("detected"), auto_now_add=True)

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = [
            models.UniqueConstraint(fields=["review", "kind"], name="one_signal_per_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=SignalKind.values), name="signal_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["kind", "review"], name="signal_by_kind")]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.get_kind_display()}"


class MinHashBand(models.Model):
    """One band of a text's MinHash. Reviews that share a band are compared."""

    review = models.ForeignKey("reviews.Review", models.CASCADE, related_name="bands")
    band = models.SmallIntegerField()
    hash = models.BigIntegerField()

    class Meta:
        verbose_name = _("MinHash band")
        verbose_name_plural = _("MinHash bands")
        indexes = [models.Index(fields=["hash", "band", "review"], name="minhash_band")]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.band}"


class Cluster(models.Model):
    """A group of reviews with the same or nearly the same text."""

    size = models.PositiveIntegerField(_("reviews"), default=0)
    detected_at = models.DateTimeField(_("detected"), auto_now_add=True)

    class Meta:
        verbose_name = _("cluster of possible duplicates")
        verbose_name_plural = _("clusters of possible duplicates")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["-size", "-id"], name="cluster_by_size")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.size}"


class ClusterMember(models.Model):
    """A review in a cluster, and its similarity to the nearest other member."""

    cluster = models.ForeignKey(
        Cluster, models.CASCADE, related_name="members", verbose_name=_("cluster")
    )
    review = models.OneToOneField(
        "reviews.Review", models.CASCADE, related_name="cluster_place", verbose_name=_("review")
    )
    nearest = models.ForeignKey(
        "reviews.Review",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("nearest review"),
    )
    # Jaccard index of the texts' trigrams, 0 to 1.
    similarity = models.FloatField(_("similarity"), default=1)

    class Meta:
        verbose_name = _("cluster member")
        verbose_name_plural = _("cluster members")

    def __str__(self) -> str:
        return f"{self.cluster_id} · {self.review_id}"
