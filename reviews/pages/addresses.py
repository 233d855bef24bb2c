"""Addresses of lists and pages, and which part of a query defines the list."""

from typing import Any

from django.http import QueryDict

from reviews.http import HttpRequest

# Parameters that change how a page looks, not which reviews it lists.
PAGE_STATE = ("cursor", "translate", "original", "done")
# Parameters that a saved view leaves out, too: language, working through a view, selection.
NOT_IN_VIEW = (*PAGE_STATE, "hl", "work", "scope", "id", "on_page")


def address(path: str, query: QueryDict, **changes: Any) -> str:
    """Return an address with some of its query changed; None removes a parameter."""
    query = query.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return joined(path, query)


def joined(path: str, query: QueryDict) -> str:
    """Return a path with its query, without the question mark where the query is empty."""
    encoded = query.urlencode()
    return f"{path}?{encoded}" if encoded else path


def with_query(request: HttpRequest, path: str) -> str:
    """Return a path with the query of the request."""
    return joined(path, request.GET)


def view_query(query: QueryDict) -> QueryDict:
    """Return the part of a query that defines its view."""
    query = query.copy()
    for name in NOT_IN_VIEW:
        query.pop(name, None)
    return query
