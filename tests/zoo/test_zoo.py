"""Models are found by name or path, checked by sha-256, and refused in one sentence."""

import re
import shutil
import tomllib
from collections import Counter
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from earmark.errors import ModelError, UnknownModelError
from earmark.examples import example_paths
from earmark.inside.graph import read_graph
from earmark.inside.window import window_at
from earmark.sound import Samples
from earmark.tagging import Network, Tagger
from earmark.vocabulary import official_vocabulary
from earmark.zoo import find_model, load_card, model_names

MODELS = ("default", "ar", "cnn", "cnn2", "cnn3", "crnn", "small", "voicenet")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_model("cnn3").folder, tmp_path / "cnn3"))


def edit(folder: Path, old: str, new: str) -> None:
    card = folder / "card.toml"
    text = card.read_text("utf-8")
    assert old in text
    card.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_models_are_shipped_default_first() -> None:
    assert tuple(model_names()) == MODELS


@pytest.mark.parametrize("name", MODELS)
def test_every_file_is_the_one_the_card_names(name: str) -> None:
    card = find_model(name)
    more = {"voices.toml"} if name == "default" else set()
    assert set(card.sha256) == {"model.onnx"} | more
    for file, digest in card.sha256.items():
        assert sha256((card.folder / file).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", MODELS)
def test_the_card_says_all_it_must(name: str) -> None:
    card = find_model(name)
    assert card.vocabulary.names == official_vocabulary().names
    assert (card.slopes > 0).all()
    assert ((card.thresholds > 0) & (card.thresholds < 1)).all()
    details = card.details
    for words in ("architecture", "recipe", "data", "teachers", "epochs"):
        assert details["training"][words]
    assert details["use"]["limits"] and details["licence"] == "MIT"
    measured = details["measured"]
    assert measured["recordings"]["tags"] == len(measured["recordings"]["per_tag"]) > 30
    assert 0 < measured["calibration"]["error"] < measured["calibration"]["error_before"]
    for part in ("top50", "all188", "musicnn_top50"):
        assert measured[part]["songs"] > 0 and measured[part]["tags"] > 0
        low, high = measured[part]["roc_auc_ci"]
        assert low < measured[part]["roc_auc"] < high
    assert len(measured["per_tag"]) == measured["top50"]["tags"]


@pytest.mark.parametrize("name", MODELS)
def test_the_network_takes_any_number_of_windows(name: str) -> None:
    card = find_model(name)
    network = Network(card)
    windows = np.random.default_rng(0).random(
        (5, card.window_frames, card.front_end.n_mels), dtype=np.float32
    )
    scores, embedding = network(windows)
    assert scores.shape == (5, 188) and len(embedding) == 5
    assert scores.min() >= 0 and scores.max() <= 1
    np.testing.assert_allclose(network(windows[2:3])[0], scores[2:3], atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_the_card_counts_the_parameters_that_lie_beside_it(name: str) -> None:
    """What was learned: all weights but what normalisations have counted."""
    card = find_model(name)
    weights = read_graph(card.checked_bytes("model.onnx")).weights
    names = [name for name in weights if name.startswith("torch.")]
    counted = ("running_mean", "running_var", ".float32")
    learned = [weights[name].size for name in names if not name.endswith(counted)]
    assert sum(learned) == card.details["measured"]["parameters"]


def test_a_folder_is_a_model_by_its_path(copy: Path) -> None:
    assert find_model(copy).name == "cnn3"
    assert find_model(str(copy)).folder == copy


def test_an_unknown_name_lists_the_shipped_models() -> None:
    with pytest.raises(UnknownModelError, match=r"no model 'tuba'.*default, ar, cnn"):
        find_model("tuba")


def test_a_damaged_network_is_refused(copy: Path) -> None:
    content = bytearray((copy / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.onnx is damaged") as caught:
        Network(load_card(copy))
    assert "\n" not in str(caught.value)


def test_a_missing_network_is_refused(copy: Path) -> None:
    (copy / "model.onnx").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        Network(load_card(copy))


def test_a_file_that_is_no_network_is_refused(copy: Path) -> None:
    old = find_model("cnn3").sha256["model.onnx"]
    (copy / "model.onnx").write_bytes(b"not a network")
    edit(copy, old, sha256(b"not a network").hexdigest())
    with pytest.raises(ModelError, match="not a network that can be run"):
        Network(load_card(copy))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("name = ", "name == ", "makes no sense"),
        ("n_fft = 1024", "n_fft = 1023", "even n_fft"),
        ("n_fft = 1024", "n_fft = 'many'", "makes no sense"),
        ("summary", "sumary", "lacks 'summary'"),
        ('name = "sitar"', 'name = "guitar"', "makes no sense"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(copy: Path, old: str, new: str, reason: str) -> None:
    edit(copy, old, new)
    with pytest.raises(ModelError, match=reason) as caught:
        load_card(copy)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"card\.toml cannot be read"):
        find_model(tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_training_begins_with_a_network_that_scores_the_same(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the train extra is not installed")
    from earmark.training.export.network_file import Shipped
    from earmark.training.loop.start import begin_with
    from earmark.training.networks.make import make_network
    from workshop.recipes import workshop_recipe

    card = find_model(name)
    network = make_network(workshop_recipe(name), len(card.vocabulary))
    assert begin_with(network, name)
    windows = np.stack([window_at(card, sound, 1.0).frames for sound in example_paths()])
    with torch.no_grad():
        wanted = Shipped(network).eval()(torch.from_numpy(windows))[0].numpy()
    rounding = 0.1 if card.details.get("precision") == "int8" else 1e-5
    np.testing.assert_allclose(Network(card)(windows)[0], wanted, atol=rounding)


@pytest.mark.parametrize("name", MODELS)
def test_onnx_runtime_takes_normalisations_into_convolutions(name: str, tmp_path: Path) -> None:
    """So what lies in half precision, as torch has it, runs as a folded float32 file would."""
    card = find_model(name)
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "run.onnx")
    options.log_severity_level = 3
    content = card.checked_bytes("model.onnx")
    onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    stored = read_graph(content).nodes
    run = Counter(node.operation for node in read_graph((tmp_path / "run.onnx").read_bytes()).nodes)
    assert run["Cast"] == 0
    makers = {out: node.operation for node in stored for out in node.outputs}
    normalised = [n.inputs[0] for n in stored if n.operation == "BatchNormalization"]
    assert run["BatchNormalization"] == sum(makers.get(name) != "Conv" for name in normalised)


def test_networks_tell_nothing_of_the_machine_that_made_them() -> None:
    for name in MODELS:
        content = find_model(name).checked_bytes("model.onnx")
        texts = re.findall(rb"[ -~]{8,}", content)  # among millions of weights three may spell .py
        assert len(texts) > 20  # names of the network's parts
        assert not [text for text in texts if b".py" in text or b"/src/" in text]


def test_the_card_is_valid_toml_that_a_person_can_read() -> None:
    text = (find_model("default").folder / "card.toml").read_text("utf-8")
    tomllib.loads(text)
    assert max(map(len, text.splitlines())) < 800


@pytest.mark.parametrize("name", model_names())
@pytest.mark.parametrize("db", [None, -65])
def test_an_empty_room_shows_silence_and_nothing_that_sounds(name, db):
    level = 0 if db is None else 10 ** (db / 20)
    room = np.random.default_rng(1).standard_normal(30 * 16000) * level
    tags = find_model(name).vocabulary
    shown = Tagger(name)(Samples(room.astype(np.float32), 16000)).tags()
    assert next(iter(shown)) == "silence"
    fitting = {tags.group(tag) for tag in ("silence", "quiet", "low", "no vocals", "ambient")}
    assert {tags.group(tag) for tag in shown} <= fitting
