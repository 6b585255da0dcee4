"""``earmark write``: what was heard, into the files themselves, where every player reads it."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.lines import LinesFormat
from earmark.cli.listing import comma_separated


def write(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files or folders. None: all files of the library.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="The library that knows what was heard.")
    ] = None,
    fields: Annotated[
        str, typer.Option(help="Which fields, of genre, mood, comment and earmark.")
    ] = "genre,mood,earmark",
    genre_map: Annotated[
        str | None, typer.Option("--map", help="Genres by this map; see earmark genres.")
    ] = None,
    mood_map: Annotated[
        str | None, typer.Option("--moods", help="Moods by this map, as the shipped 'moods'.")
    ] = None,
    where: Annotated[
        str | None, typer.Option(help="Only files of which this holds, as in 'slow and not rock'.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave fields that a person filled. [the default]")
    ] = False,
    add: Annotated[bool, typer.Option("--add", help="Add to what a person wrote.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over what a person wrote.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most LIMIT genres a file.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be written; write nothing.")
    ] = False,
    plan: Annotated[
        Path | None, typer.Option(help="Put what would be written into this file, to be edited.")
    ] = None,
    apply: Annotated[Path | None, typer.Option(help="Carry out this plan.")] = None,
    break_links: Annotated[
        bool, typer.Option("--break-links", help="Hard links get a file of their own.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("-m", "--model", help="Who hears; see earmark models.")
    ] = None,
    form: Annotated[
        LinesFormat, typer.Option("--format", help="How to tell it.")
    ] = LinesFormat.table,
) -> None:
    """Write genre, mood and more into files; earmark undo takes it back, byte for byte.

    Examples:

      earmark write song.mp3 --dry-run                 what would be written

      earmark write                                    the whole library

      earmark write Music/ --plan plan.jsonl           a plan, to be read and edited

      earmark write --apply plan.jsonl                 the plan, carried out
    """
    from contextlib import ExitStack

    from earmark.sound.find_files import sounds_of
    from earmark.writing import FIELDS, Choice, Mode
    from earmark.writing.run import How, apply_run, heard_for, plan_run, write_run

    if keep + add + replace > 1:
        raise typer.BadParameter("only one of --keep, --add and --replace can be used")
    mode = Mode.add if add else Mode.replace if replace else Mode.keep
    chosen = comma_separated(fields)
    if wrong := [name for name in chosen if name not in FIELDS]:
        hint = f"{wrong[0]!r} is not one of {', '.join(FIELDS)}"
        raise typer.BadParameter(hint, param_hint="--fields")
    if not chosen:
        raise typer.BadParameter("it names no field", param_hint="--fields")
    if apply and (paths or plan or dry_run):
        raise typer.BadParameter("--apply takes a plan, and no files, --plan or --dry-run")
    how = How(chosen, mode, break_links, form is LinesFormat.jsonl)
    with ExitStack() as closing:
        if apply:
            outcome = apply_run(apply, how, library)
        else:
            files = list(sounds_of(paths)) if paths else None
            choice = Choice(genre_map, where, limit, mood_map)
            heard, total = heard_for(files, library, model, choice, closing)
            if plan or dry_run:
                outcome = plan_run(heard, total, how, plan)
            else:
                outcome = write_run(heard, total, how, library)
    if outcome.interrupted:
        raise typer.Exit(130)
    if outcome.failed:
        raise typer.Exit(1)
