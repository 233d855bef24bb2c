"""The operator's view of responses and of vendors' desks."""

from responses.admin import answers, desk

__all__ = ["answers", "desk"]
