"""The operator's view of responses and of vendors' desks."""

from responses.admin import desk, responses

__all__ = ["desk", "responses"]
