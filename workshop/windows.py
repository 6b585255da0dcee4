"""Training windows that student and teachers hear alike: drawn, bent, mixed, labelled, cached.

Consistent distillation (Beyer et al. 2022, *Knowledge distillation: a good teacher is patient and
consistent*): each window is one piece of sound, perhaps at another speed, mixed with a second
track, equalised, louder or softer, noisy, and if that is asked for a voice over music
(:mod:`workshop.voices`) or worn (:mod:`workshop.wear`); the teachers label just
that sound. A shard holds the student's log-mel and the *raw* teacher scores, so the merge can
change without labelling again.

Run ``python -m workshop.windows --help``. Shards are complete or absent, so a stopped run
goes on where it was; the same seed draws the same windows.
"""

import argparse
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import soxr

from earmark.atomic import atomic_file
from earmark.cores import available_cores
from earmark.errors import TrainingError
from earmark.sound.melspectrogram import FrontEnd, melspectrogram
from workshop.corpus import SAMPLE_RATE, Corpus, load_corpus
from workshop.made_of import begin
from workshop.processes import done_in_processes
from workshop.teachers import WINDOW as TEACHER_WINDOW
from workshop.teachers import Teachers
from workshop.voices import Voices, find_voices
from workshop.wear import rms, worn

FRONT_END = FrontEnd(sample_rate=SAMPLE_RATE, n_fft=1024, hop_length=512, n_mels=96)
FRAMES = 94
# The student's frames are cut from the middle of a sound, so the outer ones are whole.
SAMPLES = (FRAMES - 1) * FRONT_END.hop_length + FRONT_END.n_fft
TEACHER_START = (SAMPLES - TEACHER_WINDOW) // 2
WINDOWS_A_SHARD = 256

MTAT_WEIGHT = 3.0
SPEED_SHARE, SPEED_RANGE = 0.5, 0.1
MIX_SHARE, MIX_DB = 0.45, (-15.0, 3.0)
EQ_SHARE, EQ_BANDS, EQ_DB = 0.5, 6, 4.0
GAIN_DB = (-9.0, 4.0)
NOISE_SHARE, NOISE_DB = 0.15, (-60.0, -25.0)
SILENT_SHARE, SILENT_DB = 0.01, (-110.0, -65.0)
SILENT = -1


@dataclass(frozen=True)
class DrawnWindow:
    """One drawn window and how it was made.

    Attributes
    ----------
    samples : np.ndarray [shape=(48640,), float32], 16 kHz
    track : int, row of the corpus; ``SILENT`` for an empty room
    second : int, row of the track mixed in, -1 for none
    second_db : float, its level against the first, in dB
    """

    samples: np.ndarray
    track: int
    second: int
    second_db: float


def track_weights(corpus: Corpus) -> np.ndarray:
    """Chance of each training track to be drawn: long ones more, big sources less.

    Returns
    -------
    np.ndarray [shape=(files,), float64], sums to 1, zero outside the train split
    """
    sources = corpus.column("source")
    _, which, counts = np.unique(sources, return_inverse=True, return_counts=True)
    windows = np.maximum(1, np.diff(corpus.offsets) / TEACHER_WINDOW)
    weights = np.sqrt(windows / counts[which])
    weights *= np.where(corpus.column("mtat_tags") != "", MTAT_WEIGHT, 1)
    weights *= corpus.column("split") == "train"
    return weights / weights.sum()


def _excerpt(corpus: Corpus, row: int, rng: np.random.Generator) -> np.ndarray:
    """A random piece of a track, half the time up to 10 % faster or slower."""
    speed = 1 + rng.uniform(-SPEED_RANGE, SPEED_RANGE) * (rng.random() < SPEED_SHARE)
    needed = int(SAMPLES * speed) + 64
    samples = corpus.samples(row)
    if len(samples) >= needed:
        start = rng.integers(len(samples) - needed + 1)
        piece = samples[start : start + needed]
    elif rng.random() < 0.5:
        piece = np.resize(samples, needed)
    else:
        before = rng.integers(needed - len(samples) + 1)
        piece = np.pad(samples, (before, needed - len(samples) - before))
    piece = piece.astype(np.float32) / 32768
    if speed != 1:
        piece = soxr.resample(piece, SAMPLE_RATE * speed, SAMPLE_RATE, quality="MQ")
    return np.resize(piece, SAMPLES)


def _equalise(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random gains of a few bands, joined smoothly on a logarithmic frequency axis."""
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    bands = np.geomspace(60, SAMPLE_RATE / 2, EQ_BANDS)
    gain = np.interp(np.log(np.maximum(hz, 1)), np.log(bands), rng.normal(0, EQ_DB, EQ_BANDS))
    spectrum = np.fft.rfft(samples) * 10 ** (gain / 20)
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def draw_window(
    corpus: Corpus, weights: np.ndarray, rng: np.random.Generator, voices: Voices | None = None
) -> DrawnWindow:
    """Draw one window with everything that is done to it.

    Parameters
    ----------
    corpus : Corpus
    weights : np.ndarray [shape=(files,)], as from :func:`track_weights`
    rng : np.random.Generator
    voices : Voices or None; with them, some windows are a voice over music that has none
    """
    if rng.random() < SILENT_SHARE:
        level = 10 ** (rng.uniform(*SILENT_DB) / 20) * (rng.random() < 0.7)
        noise = rng.standard_normal(SAMPLES).astype(np.float32) * np.float32(level)
        return DrawnWindow(noise, SILENT, -1, -np.inf)
    second, second_db = -1, -np.inf
    if voices is not None and rng.random() < voices.share:
        track, second, second_db = voices.draw(rng)
        samples = _excerpt(corpus, track, rng)
    else:
        track = int(rng.choice(len(weights), p=weights))
        samples = _excerpt(corpus, track, rng)
        if rng.random() < MIX_SHARE:
            second, second_db = int(rng.choice(len(weights), p=weights)), rng.uniform(*MIX_DB)
    if second >= 0:
        other = _excerpt(corpus, second, rng)
        samples = samples + other * (10 ** (second_db / 20) * rms(samples) / rms(other))
    if rng.random() < EQ_SHARE:
        samples = _equalise(samples, rng)
    samples = samples * 10 ** (rng.uniform(*GAIN_DB) / 20)
    if rng.random() < NOISE_SHARE:
        level = 10 ** (rng.uniform(*NOISE_DB) / 20) * max(rms(samples), 1e-3)
        samples = samples + rng.standard_normal(SAMPLES) * level
    return DrawnWindow(np.clip(samples, -1, 1).astype(np.float32), track, second, second_db)


def _used(window: DrawnWindow, rng: np.random.Generator, share: float) -> DrawnWindow:
    """The window, or for a share of them the same music worn."""
    return replace(window, samples=worn(window.samples, rng)) if rng.random() < share else window


def whole_frames(
    samples: np.ndarray, front_end: FrontEnd = FRONT_END, frames: int = FRAMES
) -> np.ndarray:
    """The last `frames` frames of log-mel that lie in a window with all that they hear.

    Returns
    -------
    np.ndarray [shape=(frames, bands), float32]; of a drawn window, (94, 96)

    Raises
    ------
    TrainingError
        The window is too short for them.
    """
    mel = melspectrogram(samples, front_end)
    half, hop = front_end.n_fft // 2, front_end.hop_length
    first, last = -(-half // hop), (len(samples) - half) // hop
    if last - first + 1 < frames:
        raise TrainingError(f"a window of {len(samples)} samples has no {frames} whole frames")
    return mel[last + 1 - frames : last + 1]


def write_shard(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write some windows, whole or not at all."""
    with atomic_file(path, "wb") as file:
        np.savez(file, **arrays)


def make_shard(
    number: int,
    folder: Path,
    teachers_folder: Path,
    cache: Path,
    out: Path,
    seed: int,
    voices: float = 0.0,
    wear: float = 0.0,
) -> Path:
    """Draw, label and write one shard; skip it if it is there."""
    path = out / f"windows-{number:05d}.npz"
    if path.exists():
        return path
    corpus, teachers = load_corpus(folder, cache, jobs=1), Teachers(teachers_folder)
    made = {"corpus": corpus.sound, "teachers": teachers.digest()}
    begin(out, made | {"seed": seed, "voices": voices, "wear": wear}, "windows-*.npz")
    weights, rng = track_weights(corpus), np.random.default_rng([seed, number])
    singing = find_voices(corpus, weights, voices) if voices else None
    windows = [draw_window(corpus, weights, rng, singing) for _ in range(WINDOWS_A_SHARD)]
    use = np.random.default_rng([seed, number, 1])  # apart, so that windows stay the same
    windows = [_used(window, use, wear) for window in windows]
    heard = np.stack([w.samples[TEACHER_START:][:TEACHER_WINDOW] for w in windows])
    raw = [teachers.raw(heard[i : i + 4]) for i in range(0, WINDOWS_A_SHARD, 4)]
    arrays = {name: np.concatenate([r[name] for r in raw]).astype(np.float16) for name in raw[0]}
    arrays["mel"] = np.stack([whole_frames(w.samples) for w in windows]).astype(np.float16)
    arrays["track"] = np.array([w.track for w in windows], dtype=np.int32)
    arrays["second"] = np.array([w.second for w in windows], dtype=np.int32)
    arrays["second_db"] = np.array([w.second_db for w in windows], dtype=np.float32)
    write_shard(path, arrays)
    return path


def main() -> None:
    """Make and label windows, shard by shard."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the teachers")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/windows"))
    parser.add_argument("--count", type=int, default=37_376, help="windows to make")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--voices", type=float, default=0.0, help="share of voices over music")
    parser.add_argument("--wear", type=float, default=0.0, help="share of windows that are worn")
    parser.add_argument("--jobs", type=int, default=available_cores())
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    corpus = load_corpus(options.corpus, options.cache, options.jobs)
    try:
        if options.voices:
            find_voices(corpus, track_weights(corpus), options.voices)
    except TrainingError as error:
        parser.error(f"--voices: {error}")
    work = partial(
        make_shard,
        folder=options.corpus,
        teachers_folder=options.teachers,
        cache=options.cache,
        out=options.out,
        seed=options.seed,
        voices=options.voices,
        wear=options.wear,
    )
    shards = range(-(-options.count // WINDOWS_A_SHARD))
    for done, path in enumerate(done_in_processes(work, shards, options.jobs), 1):
        print(f"{done}/{len(shards)} {path.name}", flush=True)


if __name__ == "__main__":
    main()
