"""What a network's layers answer to, as numbers: their maps in, shares and correlations out.

:mod:`make_layers` writes docs/layers.md from these. Maps are [shape=(windows, maps, time, mel)].
"""

from collections.abc import Iterator

import numpy as np

from earmark.evaluation.metrics import roc_auc
from earmark.inside.graph import with_outputs
from earmark.inside.inspect import layer_maps
from earmark.session import open_session
from earmark.sound import Samples, decode
from earmark.sound.features import chroma, hpss, onset, tempogram
from earmark.sound.features.tempogram import lag_tempi
from earmark.sound.melspectrogram import FrontEnd, mel_filterbank, melspectrogram
from earmark.tagging.calibration import logit
from earmark.zoo.card import NETWORK, Card

DESCRIPTORS = ("loudness", "brightness", "onset", "pitch", "harmonic", "pulse", "voice")
SLOWEST, FASTEST = 40, 240  # BPM
RATE = 16000  # Hz, of the corpus
AT_ONCE = 8  # windows
PENALTIES = (0.01, 0.1, 1.0)  # of ridge regression, per window


class Layers:
    """The last layer of each size of a network, many windows at a time.

    Parameters
    ----------
    card : Card, of the model

    Attributes
    ----------
    names : list of str
    depths : list of int, convolutions before each
    sizes : list of (maps, time, mel)
    """

    def __init__(self, card: Card) -> None:
        self.card = card
        shape = card.window_frames, card.front_end.bands
        found = layer_maps(card, np.zeros(shape, np.float32))
        self.names = [layer.layer for layer in found]
        self.depths = [layer.depth for layer in found]
        self.sizes = [layer.maps.shape for layer in found]
        content = with_outputs(card.checked_bytes(NETWORK), self.names)
        self._session = open_session(content)

    def __call__(self, windows: np.ndarray) -> list[np.ndarray]:
        """Maps of each layer for windows of log-mel [shape=(n, frames, bands)]."""
        return self._session.run(self.names, {self._session.get_inputs()[0].name: windows})

    def batches(self, windows: np.ndarray) -> Iterator[list[np.ndarray]]:
        """The same, a few windows at a time."""
        for first in range(0, len(windows), AT_ONCE):
            yield self(windows[first : first + AT_ONCE])


def at_rate(samples: np.ndarray, card: Card) -> np.ndarray:
    """Samples at 16 kHz as a model hears them."""
    return np.concatenate(list(decode(Samples(samples, RATE), card.front_end.sample_rate)))


def window(samples: np.ndarray, card: Card) -> np.ndarray:
    """Log-mel of the first window of samples at 16 kHz; a short sound is repeated."""
    frames = melspectrogram(at_rate(samples, card), card.front_end)[: card.window_frames]
    return np.resize(frames, (card.window_frames, card.front_end.bands))


def describe(samples: np.ndarray, card: Card) -> np.ndarray:
    """Plain descriptors of each frame of a window, without the voice.

    Returns
    -------
    np.ndarray [shape=(frames, 6)]
        Mean log-mel; its centre in bands; onset strength in dB; how uneven the chroma is (its
        standard deviation); harmonic share of log-mel; strongest peak of the tempogram.
    """
    front_end, length = card.front_end, card.window_frames
    sound = at_rate(samples, card)
    mel = melspectrogram(sound, front_end)
    both = hpss(sound, front_end)
    harmonic, percussive = both[:, : front_end.n_mels].sum(1), both[:, front_end.n_mels :].sum(1)
    tempi = lag_tempi(front_end)
    lags = (tempi >= SLOWEST) & (tempi <= FASTEST)
    columns = (
        mel.mean(1),
        mel @ np.arange(mel.shape[1]) / np.maximum(mel.sum(1), 1e-6),
        onset(sound, front_end)[:, 0],
        chroma(sound, front_end).std(1),
        harmonic / np.maximum(harmonic + percussive, 1e-6),
        tempogram(sound, front_end)[:, lags].max(1),
    )
    return np.resize(np.stack(columns, 1)[:length], (length, len(columns)))


def slower(values: np.ndarray, length: int) -> np.ndarray:
    """Means of frames [shape=(frames, d)] over `length` equal parts."""
    edges = np.arange(length + 1) * len(values) // length
    return np.add.reduceat(values, edges[:-1], axis=0) / np.diff(edges)[:, None]


def explained(series: np.ndarray, descriptors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much of each map's course descriptors explain.

    Parameters
    ----------
    series : np.ndarray [shape=(moments, maps)], means over mel
    descriptors : np.ndarray [shape=(moments, d)]

    Returns
    -------
    alone : np.ndarray [shape=(maps, d)], squared Pearson correlation with each
    together : np.ndarray [shape=(maps,)], R² of a linear regression on all
    """
    x, y = standard(descriptors), standard(series)
    alone = (y.T @ x / len(x)) ** 2
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return alone, fitted.var(0) / np.maximum(y.var(0), 1e-9)


def standard(values: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and deviation 1; a constant one stays 0."""
    values = values - values.mean(0)
    return values / np.maximum(values.std(0), 1e-9)


def variance_shares(maps: np.ndarray) -> np.ndarray:
    """Where the variance of maps lies.

    Returns
    -------
    np.ndarray [shape=(maps, 4)], sums to 1
        Between mel bands whatever the piece; between pieces; between moments of a piece over all
        bands; the rest, which is a pattern of time and mel of its own in every piece.
    """
    total = np.maximum(maps.var((0, 2, 3)), 1e-12)
    band = maps.mean((0, 2)).var(1)
    piece = maps.mean((2, 3)).var(0)
    moment = maps.mean(3).var((0, 2)) - piece
    parts = np.stack([band, piece, moment], 1) / total[:, None]
    return np.concatenate([parts, 1 - parts.sum(1, keepdims=True)], 1)


def centres(maps: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Frequency in Hz around which each map's answers vary [shape=(maps,)]."""
    spread = maps.std((0, 2))
    places = (np.arange(spread.shape[1]) + 0.5) / spread.shape[1] * front_end.n_mels - 0.5
    band = spread @ places / np.maximum(spread.sum(1), 1e-9)
    peaks = mel_filterbank(front_end).argmax(0) * front_end.sample_rate / front_end.n_fft
    return np.interp(band, np.arange(front_end.n_mels), peaks)


def in_common(means: np.ndarray, styles: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Share of the strongest quarter of maps that two pieces have in common.

    Parameters
    ----------
    means : np.ndarray [shape=(pieces, maps)]
    styles, groups : np.ndarray [shape=(pieces,)]

    Returns
    -------
    same, different : float in [0, 1], mean over pairs of one style, and of two, of two groups
    """
    most = max(1, means.shape[1] // 4)
    chosen = np.zeros(means.shape)
    np.put_along_axis(chosen, np.argsort(-means, axis=1)[:, :most], 1, axis=1)
    shared = chosen @ chosen.T / most
    first, second = np.triu_indices(len(means), 1)
    same = styles[first] == styles[second]
    apart = groups[first] != groups[second]
    pairs = shared[first, second]
    return float(pairs[same & apart].mean()), float(pairs[~same & apart].mean())


def resemblance(blend: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """How a blend's maps resemble those of its parts, all of them less their usual answers.

    Returns
    -------
    np.ndarray [shape=(4,)]
        Correlation with the better of the parts, their mean, and their maximum; and what the
        weaker part weighs beside the stronger one in the best sum of both, at least 0.
    """
    flat = [maps.ravel() for maps in (one, two, (one + two) / 2, np.maximum(one, two))]
    r = [float(np.corrcoef(blend.ravel(), other)[0, 1]) for other in flat]
    weights = np.linalg.lstsq(np.stack(flat[:2], 1), blend.ravel(), rcond=None)[0]
    balance = np.clip(weights.min() / max(weights.max(), 1e-9), 0, 1)
    return np.array([max(r[:2]), r[2], r[3], balance])


def probe(train: np.ndarray, wanted: np.ndarray, test: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Scores of a ridge regression of the log-odds of scores; a quarter of the files picks λ.

    Parameters
    ----------
    train, test : np.ndarray [shape=(windows, d)]
    wanted : np.ndarray [shape=(train windows, tags), in [0, 1]]
    rows : np.ndarray [shape=(train windows,)], files of the train windows
    """
    mean, deviation = train.mean(0), np.maximum(train.std(0), 1e-6)
    x, y = (train - mean) / deviation, logit(wanted.astype(np.float64))
    middle = y.mean(0)
    apart = rows % 4 == 0

    def solve(chosen: np.ndarray, penalty: float) -> np.ndarray:
        a = x[chosen]
        square = a.T @ a + penalty * len(a) * np.eye(a.shape[1])
        return np.linalg.solve(square, a.T @ (y[chosen] - middle))

    errors = [((x[apart] @ solve(~apart, p) + middle - y[apart]) ** 2).mean() for p in PENALTIES]
    best = solve(np.ones(len(x), bool), PENALTIES[int(np.argmin(errors))])
    return (test - mean) / deviation @ best + middle


def areas(scores: np.ndarray, heard: np.ndarray) -> np.ndarray:
    """ROC-AUC of each tag: the tenth of the windows that has it most against all others."""
    found = []
    for score, truth in zip(scores.T, heard.T, strict=True):
        found.append(roc_auc(truth >= np.quantile(truth, 0.9), score))
    return np.array(found)
