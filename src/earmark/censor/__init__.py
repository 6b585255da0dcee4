"""Mute what an expression describes in the sound of a file, and leave all else as it is.

``plan`` says which passages, ``rewritten`` writes the file; an EDL carries a plan from one run to
the next, perhaps edited in between.
"""

from earmark.censor.plan import Plan, plan, plan_from
from earmark.censor.rewrite import rewritten

__all__ = ["Plan", "plan", "plan_from", "rewritten"]
