"""The group of all verbs; who forgets the verb before a file is told of it."""

import os
import shlex
from pathlib import Path

from typer.core import TyperGroup


class Verbs(TyperGroup):
    """The verbs of ``earmark``."""

    def resolve_command(self, ctx, args):
        """The verb that the first word names; for a sound the answer names ``earmark tag``."""
        first = args[0] if args else ""
        if self.get_command(ctx, first) is None and _may_be_sound(first):
            ctx.fail(f"which verb? earmark tag {shlex.quote(first)} tells what is heard in it")
        return super().resolve_command(ctx, args)


def _may_be_sound(word: str) -> bool:
    """Whether a word is a file or folder, or has the name of a sound."""
    from earmark.suffixes import SOUND

    return word == "-" or os.path.exists(word) or Path(word).suffix.lower() in SOUND
