"""The stream that is censored: frames in; packets of the same sound, its passages treated, out."""

import math
from fractions import Fraction

import numpy as np

from earmark.censor.gate import Cutter, Gate
from earmark.media.encoder import frame_of, samples_of

EDGE = 0.01  # seconds; what begins so near the sound's begin begins with it, and so at its end
HOLE_SECONDS = 0.04  # a step in a stream's time that is no rounding; it is filled with silence


class Voice:
    """The chosen stream: frames in, packets of the same sound with its passages treated out."""

    def __init__(self, stream, target, sound, plan, base, gain, tone, cut) -> None:
        self._stream, self._target, self._sound = stream, target, sound
        self._rate, self._base = sound.rate, base
        self._spans = [(event.start, event.end) for event in plan.events]
        self._last, self._gain, self._tone, self._cut = plan.end, gain, tone, cut
        self._gate: Gate | None = None
        self._cutter: Cutter | None = None
        self._place: int | None = None  # of the next sample, at the stream's rate
        self._written = 0
        self._resampler = None
        self.count = self.frames = 0

    def take(self, frame) -> None:
        """Treat and encode a frame."""
        if not frame.samples:
            return
        self.frames += 1
        at = None if frame.time is None else round(frame.time * self._rate)
        if self._place is None:
            self._place = self._written = at or 0
            self._begin(self._place / self._rate - self._base)
        elif at is not None and at - self._place > HOLE_SECONDS * self._rate:
            self._silence(at - self._place, frame)
        for piece in self._fitting(frame):
            self._encode(piece)

    def _begin(self, first: float) -> None:
        """Passages at the very begin and end have nothing to fade into."""
        spans = [(-math.inf if a <= first + EDGE else a, b) for a, b in self._spans]
        spans = [(a, math.inf if b >= self._last - EDGE else b) for a, b in spans]
        if self._cut:
            self._cutter = Cutter([(a - first, b - first) for a, b in spans], self._rate)
        else:
            self._gate = Gate(spans, self._gain, self._tone)

    def end(self) -> None:
        """Encode what the encoder still holds."""
        self._target.mux(self._stream.encode(None))

    def _fitting(self, frame):
        """The frame in the rate and channels that the stream began with."""
        import av

        same = frame.sample_rate == self._rate
        if same and frame.layout.nb_channels == self._sound.channels:
            return [frame]
        if self._resampler is None:
            self._resampler = av.AudioResampler(frame.format.name, self._sound.layout, self._rate)
        return self._resampler.resample(frame)

    def _silence(self, count: int, like) -> None:
        channels = like.layout.nb_channels
        for first in range(0, min(count, 3600 * self._rate), self._rate):
            shape = (channels, min(self._rate, count - first))
            self._encode(frame_of(np.zeros(shape), like))

    def _encode(self, frame) -> None:
        start, rate = self._place / self._rate - self._base, self._rate
        self._place += frame.samples
        if self._cutter is not None:
            rest = self._cutter(samples_of(frame))
            if not rest.shape[1]:
                return
            frame = frame_of(rest, frame)
        elif self._gate.touches(start, start + frame.samples / rate):
            frame = frame_of(self._gate(samples_of(frame), rate, start), frame)
        elif "channels" in frame.layout.name:  # no layout is named; the encoder has the usual one
            frame = frame_of(samples_of(frame), frame)
        frame.pts, frame.time_base = self._written, Fraction(1, rate)
        self._written += frame.samples
        self.count += frame.samples
        self._target.mux(self._stream.encode(frame))
