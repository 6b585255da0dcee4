"""Passages of sound files in which an expression holds: as a list in many forms, or cut out."""

from earmark.segments.find import Found, find

__all__ = ["Found", "find"]
