"""Serve until stopped: sockets, TLS, and sentences about what stands in the way."""

import errno
import socket
from pathlib import Path

from earmark.errors import ServeError
from earmark.extras import install_command
from earmark.messages import say
from earmark.serve.settings import Settings

GRACE = 10  # seconds that requests under way get when the server is stopped


def serve(settings: Settings, certificate: Path | None = None, key: Path | None = None) -> None:
    """Listen and answer until Ctrl-C or a signal.

    Raises
    ------
    ServeError
        One sentence: an extra is missing, the port is taken, a certificate cannot be read.
    """
    try:
        import uvicorn

        from earmark.serve.app import create_app
    except ImportError as error:
        raise ServeError(
            f"serving needs {error.name or 'more'}: {install_command('serve')}"
        ) from error
    if (certificate is None) != (key is None):
        raise ServeError("--tls-cert and --tls-key belong together")
    for path in filter(None, (certificate, key)):
        if not path.is_file():
            raise ServeError(f"{path}: no such file")
    listener = listening(settings)
    try:
        app = create_app(settings)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            ws_max_size=1 << 20,
            http="h11",  # strict, and the same wherever the server runs
        )
        try:
            config.load()
        except OSError as error:  # ssl.SSLError is one
            raise ServeError(f"{certificate}: no certificate that fits its key ({error})") from None
        scheme = "https" if certificate else "http"
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        say(f"listening on {scheme}://{host}:{listener.getsockname()[1]}/  (Ctrl-C stops)")
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()


def listening(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say; ServeError where it cannot."""
    try:
        kind = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        # With its protocol named, asyncio sends without waiting for acknowledgements (TCP_NODELAY).
        listener = socket.socket(kind, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(1024)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        taken = error.errno == errno.EADDRINUSE
        why = "another program listens there" if taken else error.strerror or str(error)
        raise ServeError(f"{where}: cannot be served ({why})") from None
    return listener
