"""From a MIDI file to an Ogg Vorbis file, with the `fluidsynth` command and a soundfont.

In: a MIDI file and a General MIDI soundfont (SF2). Out: 44.1 kHz stereo, silence cut off at the
end, faded out, brought to a set peak level, written as Ogg Vorbis.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from earmark.errors import EarmarkError

SAMPLE_RATE = 44100  # Hz
FADE = 1.5  # seconds of fade-out at the end
SILENCE = 5e-3  # of the peak: what is below it at the end is cut off
BLOCK = 65536  # frames written at once: libsndfile can crash on long Vorbis writes
SYNTH_GAIN = 0.4  # far from clipping; the level is set afterwards


@dataclass(frozen=True)
class Master:
    """How a piece is finished.

    Parameters
    ----------
    peak : float
        Highest absolute sample before encoding, in dB relative to full scale; the encoder may
        overshoot it by more than 1 dB, so loud music needs that much room.
    room : float
        Size of the reverberating room, 0 to 1.
    compression : float
        Of the Vorbis encoder, 0 (best sound) to 1 (smallest file).
    drive : float
        Gain into a soft limiter, which makes loud music denser; 0 leaves the limiter out.
    """

    peak: float
    room: float
    compression: float
    drive: float = 0.0


def render(midi: Path, soundfont: Path, output: Path, master: Master) -> float:
    """Play `midi` into the Ogg Vorbis file `output`.

    Parameters
    ----------
    midi, soundfont, output : Path
        What to play, what to play it with, and the file to write.
    master : Master
        Room, level and loudness.

    Returns
    -------
    float
        Duration in seconds.
    """
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "play.wav"
        _synthesise(midi, soundfont, wav, master.room)
        sound, _ = soundfile.read(wav, dtype="float32", always_2d=True)
    sound = _finish(sound, master)
    partial = output.with_suffix(".partial")
    with soundfile.SoundFile(
        partial, "w", SAMPLE_RATE, 2, "VORBIS", None, "OGG", compression_level=master.compression
    ) as file:
        for start in range(0, len(sound), BLOCK):
            file.write(sound[start : start + BLOCK])
    os.replace(partial, output)
    return len(sound) / SAMPLE_RATE


def _synthesise(midi: Path, soundfont: Path, wav: Path, room: float) -> None:
    if shutil.which("fluidsynth") is None:
        raise EarmarkError("The command `fluidsynth` is missing; on Debian: apt install fluidsynth")
    if not soundfont.is_file():
        raise EarmarkError(
            f"There is no soundfont at {soundfont}; on Debian: apt install fluid-soundfont-gm, "
            "or name another one with --soundfont"
        )
    settings = {
        "synth.gain": SYNTH_GAIN,
        "synth.chorus.active": 0,
        "synth.reverb.room-size": room,
        "synth.reverb.damp": 0.3,
        "synth.reverb.width": 0.8,
        "synth.reverb.level": 0.7,
    }
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    command = ["fluidsynth", "-niq", *options, "-r", str(SAMPLE_RATE), "-T", "wav", "-O", "float"]
    done = subprocess.run(
        [*command, "-F", str(wav), str(soundfont), str(midi)], capture_output=True, text=True
    )
    if done.returncode != 0 or not wav.is_file():
        raise EarmarkError(f"fluidsynth could not play {midi}: {done.stderr.strip()}")


def _finish(sound: np.ndarray, master: Master) -> np.ndarray:
    """Limit, cut the silent end off, fade out, set the peak level; (frames, 2) in and out."""
    loudest = np.abs(sound).max()
    if loudest == 0:
        raise EarmarkError("fluidsynth played nothing but silence; is the soundfont General MIDI?")
    sound = sound / loudest
    if master.drive:
        sound = np.tanh(master.drive * sound) / np.tanh(master.drive)
    heard = np.flatnonzero(np.abs(sound).max(axis=1) > SILENCE)
    sound = sound[: heard[-1] + 1]
    fade = np.ones((len(sound), 1), np.float32)
    length = min(len(sound), round(FADE * SAMPLE_RATE))
    fade[-length:, 0] = np.cos(np.linspace(0, np.pi / 2, length)) ** 2
    return sound * fade * np.float32(10 ** (master.peak / 20))
