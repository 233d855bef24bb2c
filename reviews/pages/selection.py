"""The reviews that a bulk action is for: some by id, or a whole view."""

from django.http import QueryDict

from reviews.http import whole_number

MAX_IDS = 1000  # in one address


def selected_ids(query: QueryDict) -> list[int] | None:
    """Return the ids that a query selects, None where it selects the whole view."""
    match query.get("scope"):
        case "all":
            return None
        case "page":
            values = query.getlist("on_page")
        case _:
            values = query.getlist("id")
    return [pk for value in values[:MAX_IDS] if (pk := whole_number(value))]
