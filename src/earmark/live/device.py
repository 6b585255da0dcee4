"""A microphone or loopback device, by sounddevice (the ``live`` extra) and PortAudio."""

import queue
from collections.abc import Iterator
from types import ModuleType

from earmark.errors import LiveError
from earmark.extras import install_command
from earmark.live.wire import Block, End

BLOCK_SECONDS = 0.1
WAITING = 100  # blocks that may wait for the parent; more are lost
LOOK_SECONDS = 0.5  # between two looks whether the device is still there


def sounddevice() -> ModuleType:
    """The library; LiveError with the command that installs it where it is missing."""
    try:
        import sounddevice
    except ImportError as error:
        raise LiveError(f"devices need sounddevice: {install_command('live')}") from error
    except OSError as error:
        raise LiveError(
            "devices need PortAudio, which this system lacks (libportaudio2 in Debian and Ubuntu)"
        ) from error
    return sounddevice


def input_devices() -> list[dict]:
    """What can be listened to: number, name, channels, rate, and whether it is the usual one."""
    library = sounddevice()
    usual = library.default.device[0]
    return [
        {
            "number": number,
            "name": device["name"],
            "channels": device["max_input_channels"],
            "rate": round(device["default_samplerate"]),
            "usual": number == usual,
        }
        for number, device in enumerate(library.query_devices())
        if device["max_input_channels"] > 0
    ]


def require_device(place: str) -> None:
    """LiveError unless there is such a device; "" asks for the usual one."""
    found = input_devices()
    if not found:
        raise LiveError("this machine has no microphone or other device to listen to")
    if place.isdigit() and int(place) not in [device["number"] for device in found]:
        raise LiveError(f"device {place}: no such device to listen to; see --list-devices")
    if place and not place.isdigit():
        fitting = [device for device in found if place.lower() in device["name"].lower()]
        if not fitting:
            raise LiveError(f"device {place}: no such device to listen to; see --list-devices")


class Device:
    """An open device; attributes as in Opened."""

    def __init__(self, place: str, rate: int | None, channels: int | None) -> None:
        library = sounddevice()
        which = int(place) if place.isdigit() else place or None
        told = library.query_devices(which, "input")
        self.end = End(False, "the device gives no more sound")
        self._blocks: queue.Queue = queue.Queue(WAITING)
        self._rate = rate or round(told["default_samplerate"])
        self._stream = library.InputStream(
            samplerate=self._rate,
            device=which,
            channels=channels or min(2, told["max_input_channels"]),
            dtype="float32",
            blocksize=round(BLOCK_SECONDS * self._rate),
            callback=self._take,
        )
        self._stream.start()

    def _take(self, samples, frames, time, status) -> None:
        if not self._blocks.full():
            self._blocks.put_nowait(samples.copy())

    def blocks(self) -> Iterator[Block]:
        """Blocks as the device gives them."""
        while self._stream.active:
            try:
                samples = self._blocks.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            yield Block(samples, self._rate)
