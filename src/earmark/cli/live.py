"""``earmark live``: tags of what is playing."""

from typing import Annotated

import typer


def live(
    source: Annotated[
        str, typer.Argument(help="mic, device:NAME, a file, an address, or - for standard input.")
    ] = "mic",
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", help="Tell only of this, as 'vocals or rap'; may be repeated."),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="A line for what begins and what ends.")
    ] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Lines of JSON, for programs.")] = False,
    hop: Annotated[
        float, typer.Option(help="Seconds from one look at the sound to the next.")
    ] = 0.5,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="A file no faster than it plays.")
    ] = False,
    rate: Annotated[
        int | None, typer.Option(help="In Hz: standard input is raw 16-bit samples.")
    ] = None,
    channels: Annotated[
        int | None, typer.Option(help="Channels of raw samples, or of a device. [1]")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for a source that is not there yet.")
    ] = False,
    list_devices: Annotated[
        bool, typer.Option("--list-devices", help="List what can be listened to here.")
    ] = False,
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
) -> None:
    """Listen to what is playing and tell what is heard, until Ctrl-C.

    Examples:

      earmark live                                          the microphone

      earmark live https://example.org/radio.mp3 --events   a line for what begins and ends

      earmark live song.mp3 --realtime                      a file as it sounds

      arecord -f S16_LE -r 16000 -t raw | earmark live - --rate 16000 --jsonl

      earmark live https://example.org/radio.m3u8 --tag "vocals or rap" --jsonl
    """
    from earmark.cli.listening import listener, parsed
    from earmark.live.run import run
    from earmark.live.source import source_of

    if list_devices:
        from earmark.live.listing import devices_table

        typer.echo(devices_table(), nl=False)
        return
    wanted = source_of(source, rate, channels, realtime or None)
    tagger = listener(model, hop)
    expressions = [parsed(text, tagger, "--tag") for text in tag or ()]
    try:
        run(wanted, tagger, hop=hop, tags=expressions, events=events, jsonl=jsonl, wait=wait)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
