"""Networks in 8 bits: near the float ones, kept only where the held-out songs hardly notice."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from networks import rectangle_model
from sounds import write
from typer.testing import CliRunner, Result

from earmark import Tagger
from earmark.cli.main import app
from earmark.errors import TrainingError
from earmark.inside.graph import read_graph, with_outputs
from earmark.inside.inspect import first_kernels, layer_maps
from earmark.inside.window import window_at
from earmark.training import networks as architectures
from earmark.training.export import quantise as quantise_module
from earmark.training.export import run as own_export
from earmark.training.export.model_folder import digest
from earmark.training.export.network_file import read_weights, write_onnx
from earmark.training.export.quantise import (
    LARGEST_LOSS,
    example_windows,
    in_8_bits,
    loss,
    quantise,
)
from earmark.training.loop.start import trained_weights
from earmark.training.recipes.recipe import load_recipe
from earmark.training.songs.songs import open_songs, split_rows
from earmark.zoo import find_model
from workshop.windows import FRONT_END

RATE, FRAMES = 16000, 48
HZ = {"low": 200, "high": 3000}
RECIPE = """
[data]
batch = 8
crops = 3
frames = 48
valid_windows = 2
[architecture]
widths = [8, 8, 16, 16]
blocks = 1
embedding = 16
[optimiser]
learning_rate = 0.01
[schedule]
epochs = 4
"""


def windows(count: int, seed: int) -> np.ndarray:
    """Windows as loud as log-mel of music."""
    shape = count, FRAMES, FRONT_END.bands
    return 4 * np.random.default_rng(seed).random(shape, dtype=np.float32)


def run(path: Path, mel: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["scores", "embedding"], {"mel": mel})


@dataclass(frozen=True)
class Pair:
    """A network of a fixed seed, and the same one quantised."""

    plain: Path
    quantised: Path


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("pair")
    torch.manual_seed(0)
    network = architectures.create("resnet", 5, {"widths": [8, 8, 16, 16], "blocks": 1}).eval()
    write_onnx(network, FRONT_END, FRAMES, folder / "plain.onnx")
    quantise(folder / "plain.onnx", windows(32, 0), folder / "int8.onnx")
    return Pair(folder / "plain.onnx", folder / "int8.onnx")


def test_a_quantised_network_scores_as_the_float_one(pair: Pair) -> None:
    mel = windows(7, 1)  # other windows, and another count of them
    for plain, quantised in zip(run(pair.plain, mel), run(pair.quantised, mel), strict=True):
        assert quantised.dtype == np.float32
        assert not np.array_equal(plain, quantised)
        assert np.abs(plain - quantised).max() < 0.05 * max(1, np.abs(plain).max())


def test_kernels_are_whole_numbers_and_scores_are_not(pair: Pair) -> None:
    graph = onnx.load(pair.quantised).graph
    kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
    makers = {out: node for node in graph.node for out in node.output}
    for node in graph.node:
        if node.op_type == "Conv":
            weights = makers[node.input[1]]
            assert weights.op_type == "DequantizeLinear"
            assert kinds[weights.input[0]] == onnx.TensorProto.INT8
    assert makers["scores"].op_type == "Sigmoid"


def test_weights_read_are_those_that_stand_behind_the_numbers(pair: Pair) -> None:
    """As ONNX Runtime computes them."""
    model = onnx.load(pair.quantised)
    stored = {tensor.name for tensor in model.graph.initializer}
    made = [node for node in model.graph.node if node.op_type == "DequantizeLinear"]
    names = [node.output[0] for node in made if node.input[0] in stored]
    content = pair.quantised.read_bytes()
    session = onnxruntime.InferenceSession(with_outputs(content, names))
    found = read_graph(content).weights
    assert len(names) > 5
    for name, wanted in zip(names, session.run(names, {"mel": windows(1, 0)}), strict=True):
        np.testing.assert_allclose(found[name], wanted, rtol=1e-6, atol=1e-9)


def test_what_cannot_be_quantised_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"no network")
    with pytest.raises(TrainingError, match=r"m\.onnx: cannot be quantised"):
        quantise(tmp_path / "m.onnx", windows(1, 0), tmp_path / "q.onnx")
    assert not (tmp_path / "q.onnx").exists()


def test_a_network_without_convolutions_stays_what_it_is(tmp_path: Path) -> None:
    folder = rectangle_model(tmp_path / "m", slice(10), slice(10))
    mel = np.random.default_rng(0).random((3, 94, 96), dtype=np.float32)
    quantise(folder / "model.onnx", mel, tmp_path / "q.onnx")
    assert run(tmp_path / "q.onnx", mel)[0] == pytest.approx(run(folder / "model.onnx", mel)[0])


def test_the_loss_is_the_mean_over_tags_that_can_be_measured() -> None:
    labels = np.array([[1, 1, 1], [0, 0, 1], [0, np.nan, 1]], float)
    scores = np.array([[0.9, 0.9, 0.1], [0.2, 0.1, 0.2], [0.1, 0.5, 0.3]])
    worse = scores.copy()
    worse[1, 0] = 0.95  # one of two pairs of the first tag; the third has no song without it
    assert loss(labels, scores, worse) == pytest.approx(0.25)
    assert loss(labels, worse, scores) == pytest.approx(-0.25)
    assert np.isnan(loss(labels[:, 2:], scores[:, 2:], worse[:, 2:]))


def tone(tag: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time = np.arange(2 * RATE) / RATE
    wave = np.sin(2 * np.pi * HZ[tag] * rng.uniform(0.9, 1.1) * time)
    return (0.2 * wave + 0.01 * rng.standard_normal(len(time))).astype(np.float32)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that tells low tones from high ones."""
    folder = tmp_path_factory.mktemp("tones")
    (folder / "tones.toml").write_text(RECIPE)
    rows = ["file,tags,split"]
    for i in range(16):
        tag = list(HZ)[i % 2]
        write(folder / f"{i}.wav", tone(tag, i), RATE)
        rows.append(f"{i}.wav,{tag},{'valid' if i >= 12 else 'train'}")
    (folder / "tones.csv").write_text("\n".join(rows) + "\n")
    made = call("train", folder / "tones.toml", "--data", folder / "tones.csv", "-o", folder / "r")
    assert made.exit_code == 0, made.exception
    return folder / "r"


@pytest.fixture(scope="module")
def exported(learned: Path) -> tuple[Path, str]:
    """The run as an int8 model, and what the command said."""
    folder = learned.parent / "int8"
    done = call("export", learned, "-o", folder, "--jobs", "1", "--int8")
    assert done.exit_code == 0, done.exception
    return folder, done.stderr


def test_the_card_tells_what_int8_costs(exported: tuple[Path, str]) -> None:
    folder, said = exported
    card = find_model(folder)
    measured = card.details["measured"]
    assert card.details["precision"] == "int8"
    assert abs(measured["roc_auc_int8_minus_float32"]) < LARGEST_LOSS
    assert "int8; ROC-AUC of the held-out songs" in said and "stays float32" not in said
    for name in ("model.onnx", "model.safetensors"):
        assert card.sha256[name] == digest(folder / name)
    size = (folder / "model.onnx").stat().st_size
    assert measured["megabytes"] == round(size / 1e6, 2)


def test_the_tagger_and_the_pictures_read_it(exported: tuple[Path, str]) -> None:
    folder, _ = exported
    card, heard = find_model(folder), {}
    for tag in HZ:
        file = write(folder / f"{tag}.wav", tone(tag, 99), RATE)
        heard[tag] = Tagger(folder)(file).scores[card.vocabulary.index(tag)]
        other = Tagger(folder)(file).scores.sum() - heard[tag]
        assert heard[tag] > other
    assert first_kernels(card).weights.shape[0] == 8
    window = window_at(card, folder / "low.wav", 0.0)
    maps = layer_maps(card, window.frames)
    assert [layer.maps.dtype for layer in maps] == [np.float32] * len(maps)
    assert len(maps) > 3 and all(layer.depth for layer in maps)


def test_what_loses_too_much_stays_float32(
    learned: Path,
    exported: tuple[Path, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quantise_module, "loss", lambda *_: 0.0124)
    done = call("export", learned, "-o", tmp_path / "m", "--jobs", "1", "--int8")
    assert done.exit_code == 0, done.exception
    sentence = "int8 costs 0.0124 ROC-AUC on the held-out songs, not under 0.003"
    assert f"{sentence}; the network stays float32" in done.stderr
    card = find_model(tmp_path / "m")
    assert "precision" not in card.details
    assert "roc_auc_int8_minus_float32" not in card.details["measured"]
    operations = {n.op_type for n in onnx.load(tmp_path / "m" / "model.onnx").graph.node}
    assert "QuantizeLinear" not in operations
    assert not (tmp_path / "m" / "model.safetensors").exists()
    weights, beside = trained_weights(str(tmp_path / "m")), trained_weights(str(exported[0]))
    assert weights.keys() == beside.keys()
    assert all(torch.equal(value, beside[name].float()) for name, value in weights.items())
    assert beside["head.weight"].dtype == torch.float16
    assert read_weights((exported[0] / "model.onnx").read_bytes()) == {}
    Tagger(tmp_path / "m")  # whose file is the one that the card names


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        ([0.9, 0.2, 0.6], None),
        ([0.9, 0.2, 0.6], "int8 costs 0.5000 ROC-AUC"),
        ([0.9, 0.2], "no held-out songs can say"),
    ],
)
def test_the_held_out_songs_decide(
    after: list[float], sentence: str | None, pair: Pair, tmp_path: Path
) -> None:
    network = tmp_path / "model.onnx"
    network.write_bytes(pair.plain.read_bytes())
    card = {"name": "m", "sha256": {"model.onnx": digest(network)}}
    labels, scores = np.array([[1.0], [1.0], [0.0]]), np.array([[0.9], [0.7], [0.6]])
    if sentence is None:
        scores[1] = 0.2  # the float network makes the same mistake

    def hear(folder: Path) -> np.ndarray:
        assert "QuantizeLinear" in {n.op_type for n in onnx.load(folder / "model.onnx").graph.node}
        return np.reshape(after, (-1, 1))

    def decide() -> tuple:
        return in_8_bits(tmp_path, card, windows(8, 0), labels, scores, hear)

    if sentence is None:
        new, _, gain = decide()
        assert gain == 0 and new["precision"] == "int8"
        files = ("model.onnx", "model.safetensors")
        assert new["sha256"] == {name: digest(tmp_path / name) for name in files}
        assert network.read_bytes() != pair.plain.read_bytes()
        return
    with pytest.raises(TrainingError, match=sentence):
        decide()
    assert network.read_bytes() == pair.plain.read_bytes()
    assert not (tmp_path / "model.safetensors").exists()


def test_without_held_out_songs_nothing_is_quantised(tmp_path: Path) -> None:
    none = np.empty((0, 2))
    with pytest.raises(TrainingError, match="no held-out songs can say what int8 costs"):
        in_8_bits(tmp_path, {}, windows(1, 0), none, none, lambda _: none)


def test_ranges_need_the_store_of_the_run(learned: Path) -> None:
    recipe = load_recipe(learned / "recipe.toml")
    split = split_rows(learned.parent / "tones.csv", 0.2, 0, lambda _: None)
    for known, store in ((split, learned / "gone"), (None, learned / "store")):
        facts = {"data": "tones.csv", "store": str(store)}
        with pytest.raises(TrainingError, match="no training windows to take the ranges of int8"):
            own_export._example_windows(known, recipe, facts)


def test_ranges_are_taken_from_every_training_song(learned: Path) -> None:
    recipe = load_recipe(learned / "recipe.toml")
    split = split_rows(learned.parent / "tones.csv", 0.2, 0, lambda _: None)
    songs = open_songs(split.train, split.vocabulary, learned / "store", recipe.front_end)
    found = example_windows(songs, FRAMES, seed=0)
    assert found.shape == (256, FRAMES, recipe.front_end.bands)
    assert np.array_equal(found, example_windows(songs, FRAMES, seed=0))
    assert not np.array_equal(found, example_windows(songs, FRAMES, seed=1))
    few = replace(songs, rows=songs.rows[:2], entries=songs.entries[:2])
    both = example_windows(few, songs.entries[0].length, seed=0)  # each window is a whole song
    _, counts = np.unique(both, axis=0, return_counts=True)
    assert counts.tolist() == [128, 128]
