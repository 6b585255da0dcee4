"""``earmark censor``: mute, beep, duck or cut what an expression describes."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Late(StrEnum):
    """What to do with sound that nobody judged in time."""

    mute = "mute"
    pass_ = "pass"


class Form(StrEnum):
    """Forms of the report."""

    table = "table"
    json = "json"


def censor(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="File to read, never changed, or -.")
    ],
    output: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="File to write, whole or not at all.")
    ] = None,
    mute: Annotated[
        str | None, typer.Option("--mute", help="What to silence, as 'rap or talking'.")
    ] = None,
    keep: Annotated[str | None, typer.Option("--keep", help="Silence everything but this.")] = None,
    from_edl: Annotated[
        Path | None, typer.Option("--from", help="Passages of this EDL file; nobody listens.")
    ] = None,
    beep: Annotated[bool, typer.Option("--beep", help="A tone instead of silence.")] = False,
    duck: Annotated[
        float | None, typer.Option(min=1, max=96, help="Lower it by so many dB instead.")
    ] = None,
    cut: Annotated[
        bool, typer.Option("--cut", help="Leave it out; the file gets shorter.")
    ] = False,
    careful: Annotated[bool, typer.Option("--careful", help="Rather too much.")] = False,
    sparing: Annotated[bool, typer.Option("--sparing", help="Rather too little.")] = False,
    pad: Annotated[
        float | None, typer.Option(min=0, help="Seconds added before and after each passage.")
    ] = None,
    gap: Annotated[
        float | None, typer.Option(min=0, help="Seconds; passages so close are one.")
    ] = None,
    stream: Annotated[int, typer.Option(min=0, help="Which audio stream, from 0.")] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write no OUT.")
    ] = False,
    edl: Annotated[
        Path | None, typer.Option(help="Write the passages to this EDL file; see --from.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How to report.")] = Form.table,
    delay: Annotated[
        float | None, typer.Option(min=0, help="Pipe: seconds it is late. [as needed]")
    ] = None,
    on_late: Annotated[
        Late, typer.Option("--on-late", help="Pipe: what to do with sound not judged in time.")
    ] = Late.mute,
    rate: Annotated[
        int | None, typer.Option(help="Pipe: in Hz, of raw 16-bit samples in and out.")
    ] = None,
    channels: Annotated[int | None, typer.Option(help="Pipe: of raw samples. [1]")] = None,
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
) -> None:
    """Silence what is described in the sound of a file; copy everything else as it is.

    Examples:

      earmark censor show.mp4 quiet.mp4 --mute "vocals or rap or talking"

      earmark censor song.flac clean.flac --mute rap --beep

      earmark censor show.mp4 --mute talking --dry-run --edl show.edl   then edit show.edl, and

      earmark censor show.mp4 quiet.mp4 --from show.edl

      earmark censor radio.mp3 speech.mp3 --keep talking --cut

      arecord -f cd -t wav | earmark censor - - --mute rap | aplay     while it plays
    """
    from dataclasses import replace

    from earmark.censor.plan import CARES, plan, plan_from
    from earmark.censor.run import run
    from earmark.cli.listening import listener, parsed
    from earmark.media.hear import HOP
    from earmark.messages import say

    if sum(one is not None for one in (mute, keep, from_edl)) != 1:
        raise typer.BadParameter("say what to silence with one of --mute, --keep and --from")
    if beep + cut + (duck is not None) > 1:
        raise typer.BadParameter("--beep, --duck and --cut cannot be used together")
    if careful and sparing:
        raise typer.BadParameter("--careful and --sparing cannot be used together")
    if output is None and not dry_run:
        raise typer.BadParameter("name the file to write, or use --dry-run")
    care = CARES["careful" if careful else "sparing" if sparing else "usual"]
    care = replace(
        care,
        pad=care.pad if pad is None else pad,
        gap=care.gap if gap is None else gap,
    )
    if str(source) == "-":
        file_only = cut or dry_run or stream or edl is not None or from_edl is not None
        if str(output) != "-" or file_only:
            raise typer.BadParameter(
                "a pipe goes from - to -, without --cut, --from, --edl, --stream and --dry-run"
            )
        _pipe(mute, keep, care, delay, on_late, rate, channels, duck, beep, model, form)
        return
    if delay is not None or rate is not None or channels is not None:
        raise typer.BadParameter("--delay, --rate and --channels are for a pipe, from - to -")
    if from_edl is None:
        text, option = (mute, "--mute") if mute is not None else (keep, "--keep")
        tagger = listener(model, HOP)
        expression = parsed(text, tagger, option)

        def make_plan():
            return plan(tagger, source, expression, care, keep=keep is not None, stream=stream)
    else:

        def make_plan():
            return plan_from(from_edl, source, stream)

    try:
        run(
            make_plan,
            source,
            None if dry_run else output,
            gain=0.0 if duck is None else 10 ** (-duck / 20),
            tone=beep,
            cut=cut,
            stream=stream,
            edl=edl,
            form=form.value,
            writes=[output] if output else [],
            reads=[from_edl] if from_edl else [],
        )
    except KeyboardInterrupt:
        say("stopped; nothing was written")
        raise typer.Exit(130) from None


def _pipe(mute, keep, care, delay, on_late, rate, channels, duck, beep, model, form) -> None:
    """Censor standard input onto standard output while it plays."""
    import sys

    from earmark.censor.report import done_word
    from earmark.cli.listening import listener, parsed
    from earmark.live.censoring import HOP, Muting, censor_live
    from earmark.live.silenced import Report
    from earmark.live.source import source_of

    text, option = (mute, "--mute") if mute is not None else (keep, "--keep")
    source = source_of("-", rate, channels)
    tagger = listener(model, HOP)
    muting = Muting(
        parsed(text, tagger, option),
        keep=keep is not None,
        care=care,
        delay=delay,
        mute_late=on_late is Late.mute,
        gain=0.0 if duck is None else 10 ** (-duck / 20),
        tone=beep,
    )
    report = Report(sys.stderr, source.name, done_word(muting.gain, muting.tone), form is Form.json)
    try:
        censor_live(source, sys.stdout.buffer, tagger, muting, report)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
