"""``earmark plot``: pictures of sounds, data and results, a sub-command each."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

plot = typer.Typer(
    name="plot",
    help="Pictures of sounds, data and results, as PNG, SVG or PDF.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _known_format(output: Path) -> Path:
    """Refuse a name that no picture can have before the work, not after it."""
    from earmark.plots.saving import picture_format

    picture_format(output)
    return output


Sound = Annotated[str, typer.Argument(metavar="FILE", help="A sound file.")]
Scores = Annotated[
    Path, typer.Argument(metavar="PREDICTIONS", help="What earmark predict has written.")
]
Labels = Annotated[
    str, typer.Argument(metavar="DATA", help="A manifest, MagnaTagATune folder, or predictions.")
]
Output = Annotated[
    Path, typer.Option("-o", "--output", callback=_known_format, help="A .png, .svg or .pdf file.")
]
Model = Annotated[
    str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
]
Tag = Annotated[str, typer.Option("--tag", help="Which tag.")]
Tags = Annotated[
    Path | None, typer.Option("--tags", help="Your own tags: TOML, or text with a tag a line.")
]
Number = Annotated[int, typer.Option("-n", min=1, help="How many.")]
K = Annotated[int, typer.Option("-k", min=1, help="How many of the highest scores count.")]
Least = Annotated[
    int, typer.Option("--min-positives", min=1, help="Songs that a tag needs to count.")
]
Start = Annotated[float, typer.Option(min=0, help="Second to begin at.")]
Seconds = Annotated[float | None, typer.Option(min=0.001, help="How long. [to the end]")]


def _write(figure: "Figure", output: Path) -> None:
    from earmark.plots import save

    save(figure, output)
    typer.echo(output)


@plot.command()
def waveform(
    file: Sound,
    start: Start = 0.0,
    seconds: Seconds = None,
    output: Output = Path("waveform.png"),
) -> None:
    """A sound's amplitude over time."""
    from earmark.plots import waveform as draw

    _write(draw(file, start, seconds), output)


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

    _write(draw(file, start, seconds, find_model(model).front_end), output)


@plot.command()
def taggram(
    file: Sound,
    model: Model = "default",
    n: Annotated[int, typer.Option("-n", min=1, help="At most so many tags.")] = 20,
    output: Output = Path("taggram.png"),
) -> None:
    """When each tag is heard, under the spectrogram."""
    from earmark.outputs.messages import say
    from earmark.plots import taggram as draw
    from earmark.tagging import Tagger

    tagging = Tagger(model)(file)
    if tagging.warning:
        say(f"warning: {tagging.warning}")
    _write(draw(tagging, file, n), output)


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
    _write(spectrogram_samples(dataset, tag, n, seed), output)


@plot.command()
def examples(
    predictions: Scores, tag: Tag, n: Number = 4, output: Output = Path("examples.png")
) -> None:
    """The songs that get a tag's highest scores, and those with the tag that get its lowest."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import examples as draw

    _write(draw(read_predictions(predictions), tag, n), output)


@plot.command("top-k")
def top_k(
    predictions: Scores,
    song: Annotated[
        str, typer.Option(help="File, end of its path, or number of its row; the first is 1.")
    ],
    k: K = 10,
    output: Output = Path("top-k.png"),
) -> None:
    """One song's true tags against its K highest scores."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import top_k_comparison

    _write(top_k_comparison(read_predictions(predictions), song, k), output)


@plot.command()
def success(predictions: Scores, output: Output = Path("success.png")) -> None:
    """Songs with enough tags among the K highest scores, against K."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import top_k_curve

    _write(top_k_curve(read_predictions(predictions)), output)


@plot.command()
def curves(predictions: Scores, least: Least = 1, output: Output = Path("curves.png")) -> None:
    """ROC and precision-recall curves of every tag, and their means."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import roc_pr

    _write(roc_pr(read_predictions(predictions), least), output)


@plot.command()
def reliability(predictions: Scores, output: Output = Path("reliability.png")) -> None:
    """Whether tags are there as often as their scores say."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import reliability_diagram

    _write(reliability_diagram(read_predictions(predictions)), output)


@plot.command()
def confusion(
    predictions: Scores,
    k: K = 10,
    n: Number = 20,
    least: Least = 4,
    output: Output = Path("confusion.png"),
) -> None:
    """What is heard instead of the tags that are missed most."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import confusion_map

    _write(confusion_map(read_predictions(predictions), k, n, least), output)


@plot.command()
def categories(
    predictions: Scores, least: Least = 1, output: Output = Path("categories.png")
) -> None:
    """How well each kind of tag is told: genre, instrument, voice, mood, tempo."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import category_bars

    _write(category_bars(read_predictions(predictions), least), output)


@plot.command()
def captured(
    predictions: Scores,
    k: K = 10,
    n: Number = 15,
    least: Least = 4,
    output: Output = Path("captured.png"),
) -> None:
    """The tags that are best and worst captured among the K highest scores."""
    from earmark.evaluation.predictions import read_predictions
    from earmark.plots import captured_bars

    _write(captured_bars(read_predictions(predictions), k, n, least), output)


@plot.command("tags")
def common(
    data: Labels, n: Number = 25, tags: Tags = None, output: Output = Path("tags.png")
) -> None:
    """The most common tags of a data set or of a predictions file's truth."""
    from earmark.plots import common_tags
    from earmark.plots.sources import open_labels
    from earmark.vocabulary.load import load_vocabulary

    _write(common_tags(open_labels(data, load_vocabulary(tags) if tags else None), n), output)


@plot.command()
def cooccurrence(
    data: Labels, n: Number = 30, tags: Tags = None, output: Output = Path("cooccurrence.png")
) -> None:
    """Which tags come together."""
    from earmark.plots import cooccurrence as draw
    from earmark.plots.sources import open_labels
    from earmark.vocabulary.load import load_vocabulary

    _write(draw(open_labels(data, load_vocabulary(tags) if tags else None), n), output)


@plot.command()
def learning(
    folders: Annotated[list[str], typer.Argument(metavar="RUN...", help="Folders of runs.")],
    output: Output = Path("learning.png"),
) -> None:
    """How training went, epoch by epoch."""
    from earmark.plots import learning_curves

    _write(learning_curves(folders), output)
