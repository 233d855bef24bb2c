"""The views at the side: the ones that are always there, one's own, and the team's."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from reviews import facets
from reviews.choices import DefaultFor
from reviews.http import HttpRequest
from reviews.importing.records import UNSTORABLE
from reviews.models import Review, SavedView
from reviews.moderation.filters import InboxFilter
from reviews.roles import is_lead, moderators_only

# What the address holds beside the view.
NOT_KEPT = ("cursor", "translate", "original", "hl", "work", "done", "scope", "id", "on_page")


@dataclass(frozen=True)
class View:
    """A search under a name, with how many reviews it holds."""

    label: str
    query: str
    count: int
    chosen: bool
    saved: SavedView | None = None
    own: bool = False

    @property
    def url(self) -> str:
        return f"{reverse('inbox')}?{self.query}"

    @property
    def many(self) -> bool:
        """Whether there are more than are counted for a view."""
        return self.count > facets.MOST_TOLD


def built_in() -> list[tuple[str, str]]:
    return [
        (_("Needs a person"), "queue=true"),
        (pgettext("view", "Pending"), "status=pending"),
        (_("Flagged"), "flagged=true"),
        (
            _("Low rating, unanswered"),
            "status=published&rating=1&rating=2&has_response=false",
        ),
        (_("Mine"), "assigned=me&status=pending"),
        (_("Mentions me"), "mentioned=true"),
        (_("Appealed"), "appealed=true"),
        (pgettext("view", "Published"), "status=published"),
        (pgettext("view", "Rejected"), "status=rejected"),
        (pgettext("view", "Removed"), "status=removed"),
        (_("All"), "sort=newest"),
    ]


def kept(query: QueryDict) -> QueryDict:
    """Return of an address what makes its view."""
    query = query.copy()
    for name in NOT_KEPT:
        query.pop(name, None)
    return query


def views(request: HttpRequest) -> list[View]:
    """Return the views of a person, each counted, all in one query."""
    saved = SavedView.objects.filter(Q(owner=request.user) | Q(shared=True))
    searches: list[tuple[str, str, SavedView | None]] = [
        *((label, query, None) for label, query in built_in()),
        *((view.name, view.query, view) for view in saved.select_related("owner")),
    ]
    filtersets = [
        InboxFilter(QueryDict(query), queryset=Review.objects.all(), request=request)
        for _label, query, _saved in searches
    ]
    here = sorted(kept(request.GET).lists())
    return [
        View(
            label=label,
            query=query,
            count=count,
            chosen=here == sorted(QueryDict(query).lists()),
            saved=view,
            own=view is not None and view.owner_id == request.user.pk,
        )
        for (label, query, view), count in zip(searches, facets.totals(filtersets), strict=True)
    ]


def default_query(request: HttpRequest) -> str:
    """Return the view that opens first for a person: their role's, else the queue."""
    roles = [DefaultFor.LEADS] if is_lead(request.user) else [DefaultFor.MODERATORS]
    found = SavedView.objects.filter(default_for__in=roles).values_list("query", flat=True).first()
    return found or "queue=true"


@moderators_only
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the view that the address holds, under a name."""
    name = UNSTORABLE.sub("", request.POST.get("name", "")).strip()[:60]
    query = kept(QueryDict(request.POST.get("query", "")[:2000].replace("\0", ""))).urlencode()
    back = f"{reverse('inbox')}?{query}"
    if not name:
        return redirect(back)
    shared = request.POST.get("shared") == "on"
    default_for = request.POST.get("default_for", "")
    if default_for not in DefaultFor.values or not is_lead(request.user):
        default_for = ""
    with transaction.atomic():
        if default_for:
            SavedView.objects.filter(default_for=default_for).update(default_for="")
        values: dict[str, Any] = {"query": query, "shared": shared or bool(default_for),
                                  "default_for": default_for}  # fmt: skip
        SavedView.objects.update_or_create(owner=request.user, name=name, defaults=values)
    return redirect(back)


@moderators_only
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    view = get_object_or_404(SavedView, pk=pk, owner=request.user)
    view.delete()
    return redirect(f"{reverse('inbox')}?{view.query}")
