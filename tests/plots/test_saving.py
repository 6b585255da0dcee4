"""Picture files are what their names say, whole or not there, and the look is the common one."""

import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from results import many, predictions
from sounds import alone

from earmark.errors import OutputError
from earmark.extras import install_command
from earmark.plots import common_tags, rendered, save
from earmark.plots.style import CATEGORY_COLOURS, darker, new_figure, shortened, style_axes
from earmark.vocabulary import CATEGORIES


def figure():
    return common_tags(many(50), 5)


def test_a_png_is_a_png(tmp_path) -> None:
    save(figure(), tmp_path / "tags.png")
    with Image.open(tmp_path / "tags.png") as image:
        assert image.format == "PNG" and image.width == 7 * 150
        assert len(image.convert("RGB").getcolors(10**6)) > 3


def test_an_svg_is_an_svg_without_anything_from_elsewhere(tmp_path) -> None:
    save(figure(), tmp_path / "tags.SVG")
    root = ET.parse(tmp_path / "tags.SVG").getroot()
    assert root.tag.endswith("}svg")
    links = [value for node in root.iter() for key, value in node.items() if key.endswith("href")]
    assert links and all(link.startswith("#") for link in links)


def test_a_pdf_is_a_pdf(tmp_path) -> None:
    save(figure(), tmp_path / "tags.pdf")
    content = (tmp_path / "tags.pdf").read_bytes()
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("name", ["tags.jpg", "tags", "png"])
def test_another_suffix_is_one_sentence(tmp_path, name: str) -> None:
    with pytest.raises(OutputError, match=r"must end in \.png, \.svg or \.pdf$"):
        save(figure(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path) -> None:
    with pytest.raises(OutputError, match=r"tags\.png: cannot be written"):
        save(figure(), tmp_path / "nowhere" / "tags.png")


def test_what_was_there_stays_if_drawing_fails(tmp_path) -> None:
    path = tmp_path / "tags.png"
    path.write_bytes(b"old")
    broken = new_figure()
    style_axes(broken.add_subplot(), "$no formula$ {")
    broken.axes[0].set_title(r"$\nonsense{$")
    with pytest.raises(ValueError):
        save(broken, path)
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_names_are_printed_as_they_stand(recwarn) -> None:
    tags = ("a $x^2$ tag", "日本語", "two\nlines", "bad \udcff byte")
    drawn = common_tags(predictions([[1, 1, 1, 1]], [[0, 0, 0, 0]], tags))
    labels = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert labels == [r"a \$x^2\$ tag", "日本語", "two lines", "bad \ufffd byte"]
    assert len(rendered(drawn, "svg")) > 1000
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_long_names_keep_both_ends() -> None:
    name = "a very long song name that goes on and on - take 12.mp3"
    short = shortened(name, 24)
    assert len(short) <= 24 and short.startswith("a very long") and short.endswith("12.mp3")
    assert shortened("short.mp3", 24) == "short.mp3"


def test_every_category_has_a_colour_and_letters_that_can_be_read() -> None:
    assert tuple(CATEGORY_COLOURS) == CATEGORIES
    for colour in CATEGORY_COLOURS.values():
        assert contrast_to_white(darker(colour)) >= 4.5  # WCAG 2.1, level AA


def contrast_to_white(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_importing_pictures_loads_neither_matplotlib_nor_pyplot() -> None:
    code = """
import sys
from earmark import plots
print("matplotlib" in sys.modules)
import numpy as np
from earmark.sound import Samples
plots.rendered(plots.waveform(Samples(np.ones(100), 8000)), "png")
print("matplotlib.pyplot" in sys.modules)
"""
    assert alone(code).split() == ["False", "False"]


def test_without_matplotlib_one_sentence_names_the_extra() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
import numpy as np
from earmark import EarmarkError, plots
from earmark.sound import Samples
sound = Samples(np.ones(100), 8000)
for draw in (plots.waveform, plots.melspectrogram, lambda _: plots.learning_curves(["x"])):
    try:
        draw(sound)
    except EarmarkError as error:
        print(error)
"""
    sentence = "pictures need matplotlib: " + install_command("plots")
    assert alone(code).splitlines() == [sentence] * 3
