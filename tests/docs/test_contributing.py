"""What docs/contributing.md tells to write works where it tells to put it."""

import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from earmark.evaluation import summary as summary_module
from earmark.evaluation.predictions import Predictions
from earmark.evaluation.summary import MEASURES, summary
from earmark.sound import FrontEnd
from earmark.sound.feature_names import FEATURES, Feature
from earmark.sound.features import feature_stream, features
from earmark.verbs.evaluate import summary_text

PAGE = (Path(__file__).parents[2] / "docs" / "contributing.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```(?:python )?([^\n]+)\n(.*?)```", PAGE, re.DOTALL))


def written(name: str, of: str, monkeypatch) -> ModuleType:
    """The module that a block of the page is, where an import finds it."""
    module = ModuleType(name)
    exec(compile(BLOCKS[of], name, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, name, module)
    return module


def entry(of: str, **known: object) -> tuple[str, object]:
    ((name, value),) = eval(BLOCKS[f"{of} entry"], known).items()
    return name, value


def test_a_feature_needs_a_file_and_an_entry(monkeypatch) -> None:
    module = written("earmark.sound.features.loudness", "feature", monkeypatch)
    monkeypatch.setitem(FEATURES, *entry("feature", Feature=Feature))
    front_end = FrontEnd(16000, 512, 256, 8, features=("melspectrogram", "loudness"))
    samples = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    whole = module.loudness(samples, front_end)
    parts = list(feature_stream("loudness", np.split(samples, 7 * [1000]), front_end))
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-5)
    both = features(samples, front_end)
    assert both.shape == (front_end.frames(16000), 9) and front_end.bands == 9
    np.testing.assert_allclose(both[:, 8:], whole / 30, rtol=1e-5)


def test_a_feature_has_its_picture(monkeypatch) -> None:
    pytest.importorskip("matplotlib")
    from earmark.plots.features import feature
    from earmark.sound import Samples

    written("earmark.sound.features.loudness", "feature", monkeypatch)
    monkeypatch.setitem(FEATURES, *entry("feature", Feature=Feature))
    picture = feature("loudness", Samples(np.ones(16000, np.float32), 16000))
    assert picture.axes[0].get_ylabel() == "all bands"
    assert picture.axes[1].get_ylabel() == "energy in dB"


def test_a_network_needs_a_file_and_an_entry(monkeypatch) -> None:
    torch = pytest.importorskip("torch")
    from earmark.training.networks import ARCHITECTURES, create, options_of

    module = written("earmark.training.networks.small", "network", monkeypatch)
    monkeypatch.setitem(ARCHITECTURES, *entry("network", small=module))
    chosen = tomllib.loads(BLOCKS["toml"])["architecture"]
    name = chosen.pop("name")
    assert options_of(name) == {"n_mels": 96, "width": 64, "dropout": 0.2}
    logits, embedding = create(name, 5, chosen)(torch.rand(2, 30, 96))
    assert (logits.shape, embedding.shape) == ((2, 5), (2, 128))


def test_a_measure_needs_a_function_and_an_entry(monkeypatch) -> None:
    module = written("earmark.evaluation.first", "measure", monkeypatch)
    monkeypatch.setitem(MEASURES, *entry("measure", first_is_right=module.first_is_right))
    truth = np.array([[1, 0, 0], [0, 1, 1], [1, 0, np.nan], [0, 0, 0]], np.float32)
    scores = np.array([[0.9, 0.1, 0.2], [0.8, 0.1, 0.2], [0.6, 0.1, 0.9], [0, 0, 1]], np.float32)
    tags = ("guitar", "rock", "violin")
    files = tuple("abcd")
    found = summary(Predictions(files, np.array(files), truth, scores, tags), draws=5)
    assert found.measures["first_is_right"] == pytest.approx(2 / 3)
    assert "first is right 0.667" in summary_text(found, 1)
    assert summary_module.MEASURES is MEASURES
