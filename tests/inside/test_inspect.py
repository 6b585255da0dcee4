"""Inside a network: stored weights, layers as outputs, and the window that the tagger hears."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
from networks import convolution_model, rectangle_model, write_folder
from sounds import music

from earmark.errors import ModelError, SoundError
from earmark.inside.graph import read_graph, with_outputs
from earmark.inside.inspect import first_kernels, layer_maps
from earmark.inside.window import window_at
from earmark.sound import FrontEnd, Samples, melspectrogram
from earmark.tagging import Network, Tagger
from earmark.tagging.calibration import Calibration
from earmark.zoo import find_model
from earmark.zoo.card import NETWORK

RATE = 16000
MODELS = ["default", "cnn3"]


def noise(card, seed: int = 0) -> np.ndarray:
    shape = card.window_frames, card.front_end.n_mels
    return 4 * np.random.default_rng(seed).random(shape, dtype=np.float32)


@pytest.mark.parametrize("model", MODELS)
def test_nodes_and_weights_are_those_that_onnx_reads(model: str) -> None:
    onnx = pytest.importorskip("onnx", reason="comparing needs onnx")
    content = find_model(model).checked_bytes(NETWORK)
    wanted, found = onnx.load_from_string(content).graph, read_graph(content)
    assert found.inputs == ("mel",)
    assert found.outputs == ("scores", "embedding")
    assert [(n.operation, n.inputs, n.outputs) for n in found.nodes] == [
        (n.op_type, tuple(n.input), tuple(n.output)) for n in wanted.node
    ]
    arrays = {t.name: onnx.numpy_helper.to_array(t) for t in wanted.initializer}
    floats = {name: array for name, array in arrays.items() if array.dtype.kind == "f"}
    longer = {n.output[0]: floats[n.input[0]] for n in wanted.node if n.op_type == "Cast"}
    assert len(longer) == sum(array.dtype == np.float16 for array in floats.values()) > 5
    assert (floats | longer).keys() == found.weights.keys()
    for name, array in (floats | longer).items():
        assert np.array_equal(array, found.weights[name])


@pytest.mark.parametrize("form", ["float32 in fields", "float16", "float64"])
def test_weights_are_read_however_they_are_stored(form: str) -> None:
    onnx = pytest.importorskip("onnx", reason="making a network needs onnx")
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    if form == "float32 in fields":
        kind = onnx.TensorProto.FLOAT
        tensor = onnx.helper.make_tensor("w", kind, values.shape, values.ravel().tolist())
        assert not tensor.raw_data
    else:
        tensor = onnx.numpy_helper.from_array(values.astype(form), "w")
    graph = onnx.helper.make_graph([], "g", [], [], [tensor])
    found = read_graph(onnx.helper.make_model(graph).SerializeToString()).weights
    assert np.array_equal(found["w"], values)


def test_more_outputs_change_no_score() -> None:
    card = find_model("default")
    content, frames = card.checked_bytes(NETWORK), noise(card)[None]
    graph = read_graph(content)
    names = [n for node in graph.nodes for n in node.outputs if n not in graph.outputs]
    more = with_outputs(content, names)
    assert read_graph(more).outputs == (*graph.outputs, *names)
    session = onnxruntime.InferenceSession(more, providers=["CPUExecutionProvider"])
    scores = session.run(["scores"], {"mel": frames})[0]
    assert scores == pytest.approx(Network(card)(frames)[0], abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_a_kernel_makes_the_answers_of_its_layer(model: str) -> None:
    """Each answer is the kernel times its part of the input, which numpy computes alone.

    The input is normalised before the convolution; what comes out of it, after, as a whole.
    """
    card = find_model(model)
    kernels, graph = first_kernels(card), read_graph(card.checked_bytes(NETWORK))
    after = _maker(graph, kernels.layer)
    node = _maker(graph, after.inputs[0])
    assert (after.operation, node.operation) == ("BatchNormalization", "Conv")
    frames = noise(card)
    (layer,) = layer_maps(card, frames, [kernels.layer])
    before = _maker(graph, node.inputs[0])
    slope, offset, mean, variance = (graph.weights[name].item() for name in before.inputs[1:])
    heard = (frames - mean) / np.sqrt(variance + 1e-5) * slope + offset
    slope, offset, mean, variance = (graph.weights[name] for name in after.inputs[1:])
    bias = graph.weights[node.inputs[2]] if len(node.inputs) > 2 else 0
    bias = (bias - mean) / np.sqrt(variance + 1e-5) * slope + offset
    time, mel = kernels.weights.shape[1:]
    step = round(card.window_frames / layer.maps.shape[1])
    for t, m in ((4, 5), (10, 3)):
        first = t * step - time // 2, m * step - mel // 2
        part = heard[first[0] : first[0] + time, first[1] : first[1] + mel]
        wanted = (kernels.weights * part).sum((1, 2)) + bias
        assert layer.maps[:, t, m] == pytest.approx(wanted, abs=1e-3)
    assert layer.depth == 1


def _maker(graph, output: str):
    (node,) = (n for n in graph.nodes if output in n.outputs)
    return node


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("default", [(1, 32, 24, 48), (7, 32, 12, 24), (13, 64, 6, 12), (19, 96, 3, 6)]),
        ("cnn3", [(1, 32, 682, 48), (2, 48, 227, 24), (3, 64, 75, 12), (4, 96, 25, 6)]),
    ],
)
def test_the_layers_shown_are_the_last_of_each_size(model: str, wanted: list) -> None:
    card = find_model(model)
    found = [(a.depth, *a.maps.shape) for a in layer_maps(card, noise(card))]
    assert found[:4] == wanted
    assert len(found) == {"default": 5, "cnn3": 6}[model]
    if model == "default":  # each is what a ReLU has left
        assert all(a.maps.min() == 0 for a in layer_maps(card, noise(card)))


def test_every_shipped_model_with_convolutions_shows_maps_of_time_and_mel() -> None:
    """A recurrent layer has four axes too, but none of them is mel."""
    for model in ("cnn", "cnn2", "cnn3", "crnn", "default", "small", "voicenet"):
        card = find_model(model)
        found = layer_maps(card, noise(card))
        assert found[0].maps.shape[1:] == first_shape(card), model
        assert min(len(a.maps) for a in found) >= 16, model
    with pytest.raises(ModelError, match="model 'ar': it has no convolution"):
        layer_maps(find_model("ar"), noise(find_model("ar")))


def first_shape(card) -> tuple[int, int]:
    """Of the first maps: as fine as the window, or half as fine after a stride of 2."""
    stride = 2 if card.window_seconds < 5 else 1
    return -(-card.window_frames // stride), card.front_end.n_mels // stride


def test_maps_know_which_bands_they_lie_over() -> None:
    """Voicenet's second branch hears the bands from 32 on and no others."""
    card = find_model("voicenet")
    frames = noise(card)
    lower = frames.copy()
    lower[:, :32] = 0
    pairs = list(zip(layer_maps(card, frames), layer_maps(card, lower), strict=True))
    assert {whole.bands for whole, _ in pairs} == {(0, 96), (32, 96)}
    for whole, cut in pairs:
        assert np.array_equal(whole.maps, cut.maps) == (whole.bands == (32, 96))


def test_maps_follow_a_sound_in_time_and_frequency(tmp_path) -> None:
    kernels = np.zeros((2, 1, 3, 5), np.float32)
    kernels[0, 0, 0, 0] = kernels[1, 0, 2, 4] = 1
    card = find_model(convolution_model(tmp_path / "m", kernels))
    assert np.array_equal(first_kernels(card).weights, kernels[:, 0])
    frames = np.zeros((94, 96), np.float32)
    frames[40, 70] = 1
    (layer,) = layer_maps(card, frames)
    places = [np.unravel_index(a.argmax(), a.shape) for a in layer.maps]
    assert places == [(40, 70), (38, 66)]
    assert layer.maps.sum() == 2


def test_a_network_that_turns_its_input_is_refused(tmp_path) -> None:
    card = find_model(convolution_model(tmp_path / "m", np.ones((2, 1, 3, 3), np.float32), True))
    for look in (first_kernels, lambda card: layer_maps(card, noise(card))):
        with pytest.raises(ModelError, match=r"model 'tiny'.*not run over time and mel$"):
            look(card)


def test_a_network_without_convolutions_says_so(tmp_path) -> None:
    card = find_model(rectangle_model(tmp_path / "m", slice(2), slice(2)))
    with pytest.raises(ModelError, match="model 'tiny': it has no convolution"):
        first_kernels(card)


def test_an_unknown_layer_is_answered_with_those_there_are() -> None:
    card = find_model("default")
    known = layer_maps(card, noise(card))[-1].layer
    with pytest.raises(ModelError, match=rf"no layer 'nowhere'; it has .*\b{known}\b"):
        layer_maps(card, noise(card), ["nowhere"])
    with pytest.raises(ModelError, match="'embedding' has no maps"):
        layer_maps(card, noise(card), ["embedding"])


@pytest.mark.parametrize("content", [b"\x3a\x7f\x01", b"\x3b\x00", b"\x3a\xff", b"no network"])
def test_what_is_no_network_is_one_sentence(tmp_path, content: bytes) -> None:
    card = find_model(write_folder(tmp_path / "m", content))
    with pytest.raises(ModelError, match="model 'tiny'"):
        first_kernels(card)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seconds", [1.0, 10.3])
def test_windows_are_the_taggers_own(model: str, seconds: float) -> None:
    """From each row of the timeline; the last one reaches back, a short sound is repeated."""
    tagger, sound = Tagger(model), Samples(music(seconds, RATE)[:, 0], RATE)
    card, timeline = tagger.card, tagger(sound).timeline
    calibrated = Calibration(card.slopes, card.offsets)
    for start, row in zip(timeline.starts, timeline.scores, strict=True):
        window = window_at(card, sound, start)
        assert window.frames.shape == (card.window_frames, card.front_end.n_mels)
        scores = calibrated(Network(card)(window.frames[None])[0])[0]
        assert scores == pytest.approx(row, abs=1e-6)
        assert 0 <= window.start <= start


def test_a_window_deep_in_a_sound_is_its_place_in_the_whole() -> None:
    card, sound = find_model("default"), Samples(music(60, RATE)[:, 0], RATE)
    far, near = window_at(card, sound, 50), window_at(card, sound, 49.5)
    assert far.start == pytest.approx(50, abs=0.016)
    shift = round((far.start - near.start) / card.front_end.seconds(1))
    assert np.array_equal(far.frames[:-shift], near.frames[shift:])


def test_a_window_at_the_end_holds_the_last_frames_of_the_whole() -> None:
    front_end = FrontEnd(sample_rate=RATE, n_fft=2048, hop_length=256, n_mels=96)
    card = replace(find_model("default"), front_end=front_end)
    samples = music(20, RATE)[:, 0]
    window = window_at(card, Samples(samples, RATE), 20)
    assert len(window.frames) == card.window_frames
    last = melspectrogram(samples, front_end)[-card.window_frames :]
    np.testing.assert_allclose(window.frames, last, atol=1e-5)  # BLAS adds in other orders
    assert window.start + window.seconds == pytest.approx(20, abs=0.017)


def test_there_is_no_window_where_there_is_no_sound() -> None:
    card = find_model("default")
    for start in (-1.0, 4.2, 1e4):
        with pytest.raises(SoundError, match=f"sound in memory: it has no second {start:g}"):
            window_at(card, Samples(music(4, RATE)[:, 0], RATE), start)
