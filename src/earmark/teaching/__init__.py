"""Tags of somebody's own from a handful of songs: a light last layer on what a network hears.

In: folders or a manifest of examples. Out: a model folder as any other. Needs no torch.
"""

from earmark.teaching.teach import Lesson, teach

__all__ = ["Lesson", "teach"]
