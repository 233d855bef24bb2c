"""The views beside a workspace: built-in and saved ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from reviews import facets
from reviews.choices import DefaultFor
from reviews.filters import ReviewFilter
from reviews.http import HttpRequest
from reviews.models import SavedView, Vendor
from reviews.pages.addresses import view_query
from reviews.storable_text import storable


@dataclass(frozen=True)
class View:
    """A named search with its number of reviews."""

    label: str
    query: str
    path: str
    count: int
    chosen: bool
    saved: SavedView | None = None
    own: bool = False

    @property
    def url(self) -> str:
        return f"{self.path}?{self.query}"

    @property
    def many(self) -> bool:
        """Whether there are more reviews than are counted for a view."""
        return self.count > facets.MAX_EXACT_COUNT


def views_of(
    request: HttpRequest,
    *,
    path: str,
    built_in: Iterable[tuple[str, str]],
    saved: Iterable[SavedView],
    search: Callable[[QueryDict], ReviewFilter],
) -> list[View]:
    """Return the views of a workspace with their counts, all from one query."""
    searches: list[tuple[str, str, SavedView | None]] = [
        *((label, query, None) for label, query in built_in),
        *((view.name, view.query, view) for view in saved),
    ]
    filtersets = [search(QueryDict(query)) for _label, query, _saved in searches]
    current = sorted(view_query(request.GET).lists())
    return [
        View(
            label=label,
            query=query,
            path=path,
            count=count,
            chosen=current == sorted(QueryDict(query).lists()),
            saved=view,
            own=view is not None and view.owner_id == request.user.pk,
        )
        for (label, query, view), count in zip(searches, facets.totals(filtersets), strict=True)
    ]


@transaction.atomic
def save_view(
    request: HttpRequest, *, path: str, vendor: Vendor | None = None, sets_default: bool = False
) -> HttpResponse:
    """Save the view in a form under a name, and show it.

    `vendor`: the vendor whose desk it belongs to, None for the inbox. `sets_default`: whether
    the person may make it the default view of a role.
    """
    name = storable(request.POST.get("name", "")).strip()[:60]
    query = view_query(
        QueryDict(request.POST.get("query", "")[:2000].replace("\0", ""))
    ).urlencode()
    back = redirect(f"{path}?{query}")
    if not name:
        return back
    default_for = request.POST.get("default_for", "")
    if default_for not in DefaultFor.values or not sets_default:
        default_for = ""
    if default_for:
        SavedView.objects.filter(default_for=default_for).update(default_for="")
    shared = request.POST.get("shared") == "on" or bool(default_for)
    values: dict[str, Any] = {"query": query, "shared": shared, "default_for": default_for}
    SavedView.objects.update_or_create(
        owner=request.user, vendor=vendor, name=name, defaults=values
    )
    return back
