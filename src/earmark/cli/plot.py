"""``earmark plot``: pictures of sounds, data and results, a sub-command each."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.picture import (
    Data,
    Labels,
    Model,
    Number,
    Output,
    Seconds,
    Sound,
    Start,
    Tag,
    Tags,
    labels_of,
    named,
    write,
)
from earmark.cli.plot_feature import feature
from earmark.cli.plot_network import feature_maps, filters, saliency
from earmark.cli.plot_results import add_result_pictures

plot = typer.Typer(
    name="plot",
    help="Pictures of sounds, data and results, as PNG, SVG or PDF.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
plot.command()(feature)
plot.command()(filters)
plot.command("feature-maps")(feature_maps)
plot.command()(saliency)


@plot.command()
def waveform(
    file: Sound,
    start: Start = 0.0,
    seconds: Seconds = None,
    output: Output = Path("waveform.png"),
) -> None:
    """A sound's amplitude over time."""
    from earmark.plots import waveform as draw

    write(draw(file, start, seconds), output)


@plot.command()
def melspectrogram(
    file: Sound,
    start: Start = 0.0,
    seconds: Seconds = None,
    model: Model = "default",
    output: Output = Path("melspectrogram.png"),
) -> None:
    """A sound's log-mel spectrogram, as the model's front end makes it."""
    from earmark.plots import melspectrogram as draw
    from earmark.zoo import find_model

    write(draw(file, start, seconds, find_model(model).front_end), output)


@plot.command()
def taggram(
    file: Sound,
    model: Model = "default",
    n: Annotated[int, typer.Option("-n", min=1, help="At most so many tags.")] = 20,
    output: Output = Path("taggram.png"),
) -> None:
    """When each tag is heard, under the spectrogram."""
    from earmark.messages import say
    from earmark.plots import taggram as draw
    from earmark.tagging import Tagger

    tagging = Tagger(model)(file)
    if tagging.warning:
        say(f"warning: {tagging.warning}")
    write(draw(tagging, file, n), output)


@plot.command()
def gallery(
    data: Annotated[str, typer.Option("--data", help="A manifest, or a MagnaTagATune folder.")],
    tag: Tag,
    n: Number = 4,
    seed: Annotated[int, typer.Option(help="Another seed draws other songs.")] = 0,
    tags: Tags = None,
    output: Output = Path("gallery.png"),
) -> None:
    """Spectrograms of songs with a tag, drawn at random."""
    from earmark.datasets import open_dataset
    from earmark.plots import spectrogram_samples
    from earmark.vocabulary.load import load_vocabulary

    dataset = open_dataset(data, load_vocabulary(tags) if tags else None)
    write(spectrogram_samples(dataset, tag, n, seed), output)


add_result_pictures(plot)


@plot.command("tags")
def common(
    data: Labels = None,
    given: Data = None,
    n: Number = 25,
    tags: Tags = None,
    output: Output = Path("tags.png"),
) -> None:
    """The most common tags of a data set or of a predictions file's truth."""
    from earmark.plots import common_tags

    labels = labels_of(data, given, tags)
    with named(data or given):
        figure = common_tags(labels, n)
    write(figure, output)


@plot.command()
def cooccurrence(
    data: Labels = None,
    given: Data = None,
    n: Number = 30,
    tags: Tags = None,
    output: Output = Path("cooccurrence.png"),
) -> None:
    """Which tags come together."""
    from earmark.plots import cooccurrence as draw

    labels = labels_of(data, given, tags)
    with named(data or given):
        figure = draw(labels, n)
    write(figure, output)


@plot.command()
def learning(
    folders: Annotated[list[str], typer.Argument(metavar="RUN...", help="Folders of runs.")],
    output: Output = Path("learning.png"),
) -> None:
    """How training went, epoch by epoch."""
    from earmark.plots import learning_curves

    write(learning_curves(folders), output)
