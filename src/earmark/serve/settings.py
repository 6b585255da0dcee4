"""What a server may do and how much of it."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from earmark.errors import ServeError
from earmark.zoo import model_names

LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Limits:
    """How much one request may ask for.

    Attributes
    ----------
    upload_bytes : int, of one sound
    sound_seconds : float, of one sound; a small file may hold days of silence
    work_seconds : float, that a worker may take for one sound
    upload_seconds : float, that bringing one sound in may take
    waiting : int, sounds that wait beside those under way; one more is told to come again
    jobs_kept : int, finished jobs that are remembered
    job_seconds : float, that a finished job is remembered
    preview_bytes : int, of one preview, and of all that are kept
    """

    upload_bytes: int = 1 << 30
    sound_seconds: float = 12 * 3600.0
    work_seconds: float = 1800.0
    upload_seconds: float = 600.0
    waiting: int = 16
    jobs_kept: int = 256
    job_seconds: float = 3600.0
    preview_bytes: int = 512 << 20


@dataclass(frozen=True)
class Settings:
    """A server.

    Attributes
    ----------
    host : str, address to listen on
    port : int
    library : Path or None, the catalogue that may be asked
    models : tuple of str, names or folders that may be asked for; the first is the usual one
    token : str or None, what every request must bring
    open : bool, whether another host than this machine may be served without a token
    write : bool, whether the files of the library's tracks may be written to
    allow_urls : bool, whether sounds may be fetched from addresses
    workers : int > 0, processes that hear
    limits : Limits
    """

    host: str = "127.0.0.1"
    port: int = 8188
    library: Path | None = None
    models: tuple[str, ...] = field(default_factory=lambda: tuple(model_names()))
    token: str | None = None
    open: bool = False
    write: bool = False
    allow_urls: bool = False
    workers: int = 1
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        if not self.models:
            raise ServeError("a server needs at least one model")
        if self.token is not None and len(self.token) < 8:
            raise ServeError("a token needs at least 8 characters")
        if not self.local and not self.token and not self.open:
            raise ServeError(
                f"{self.host} can be reached from other machines: give --token, or --open to let "
                "anybody ask"
            )

        if self.write and self.library is None:
            raise ServeError("--write needs --library: only its tracks are written to")
        if self.write and not self.local and not self.token:
            raise ServeError("--write needs --token where other machines may ask")

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host in LOCAL
