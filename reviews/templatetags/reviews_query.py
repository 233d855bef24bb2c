"""The query of a page as form fields."""

from django import template
from django.http import QueryDict

register = template.Library()


@register.filter
def pairs_without(query: QueryDict, names: str) -> list[tuple[str, str]]:
    """Return the names and values of a query, without the parameters named."""
    left_out = set(names.split())
    return [
        (name, value) for name, values in query.lists() if name not in left_out for value in values
    ]
