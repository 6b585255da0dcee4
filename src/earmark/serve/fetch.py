"""Fetch a sound from a public address, and from no other: for servers that allow it.

A name is resolved once, every address it has must be public, and the connection goes to the very
address that was checked; each redirect is checked again. Only http and https, no proxy, no cookies.
"""

import http.client
import ipaddress
import socket
import ssl
from pathlib import Path
from time import monotonic
from urllib.parse import urljoin, urlsplit

from earmark.serve.problems import ProblemError
from earmark.serve.settings import Limits

REDIRECTS = 5
QUIET_SECONDS = 15.0  # without a byte, after which the address counts as dead
BLOCK = 1 << 16
PORTS = {"http": 80, "https": 443}


def fetch(url: str, path: Path, limits: Limits) -> str:
    """Write what an address has to a file.

    Parameters
    ----------
    url : str, http or https
    path : Path
    limits : Limits

    Returns
    -------
    str
        The name of the sound: the last part of the address' path.

    Raises
    ------
    ProblemError
        403 no public address, 400 no address, 413 too large, 502 the other server fails, 504 slow.
    """
    until = monotonic() + limits.upload_seconds
    for _ in range(REDIRECTS + 1):
        scheme, host, port, target = _parts(url)
        connection = _connect(scheme, host, port, public_address(host, port))
        try:
            connection.request("GET", target, headers={"User-Agent": "earmark", "Accept": "*/*"})
            response = connection.getresponse()
            if response.status in (301, 302, 303, 307, 308):
                url = urljoin(url, response.getheader("Location") or "")
                continue
            if response.status != 200:
                raise ProblemError(502, f"the address answered {response.status}")
            _keep(response, path, limits, until)
            return urlsplit(url).path.rsplit("/", 1)[-1] or host
        except (OSError, http.client.HTTPException) as error:
            raise ProblemError(
                502, f"the address cannot be read ({type(error).__name__})"
            ) from None
        finally:
            connection.close()
    raise ProblemError(502, f"the address redirects more than {REDIRECTS} times")


def public_address(host: str, port: int) -> str:
    """The address that a name stands for, all of whose addresses must be public.

    Raises
    ------
    ProblemError
        403 where one is not; 502 where there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ProblemError(502, "the address' host is not known") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise ProblemError(403, "the address is not a public one")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also where one hides in another."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if hidden is not None and not is_public(str(hidden)):
            return False
        if ip in ipaddress.ip_network("64:ff9b::/96"):  # NAT64: the last four bytes are IPv4
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ProblemError(400, "the address makes no sense") from None
    if parts.scheme not in PORTS or not parts.hostname or any(c.isspace() for c in url):
        raise ProblemError(400, "an address begins with http:// or https:// and a host")
    if parts.username is not None:
        raise ProblemError(400, "an address must not hold a password")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        raise ProblemError(400, "the address must be percent-encoded")
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme], target


def _connect(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection to the checked address that speaks to the host's name."""
    connection = http.client.HTTPConnection(host, port, timeout=QUIET_SECONDS)
    try:
        plain = socket.create_connection((address, port), QUIET_SECONDS)
        if scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(plain, server_hostname=host)
        else:
            connection.sock = plain
    except OSError:
        raise ProblemError(502, "the address cannot be reached") from None
    return connection


def _keep(response: http.client.HTTPResponse, path: Path, limits: Limits, until: float) -> None:
    size = 0
    with open(path, "wb") as out:
        while block := response.read(BLOCK):
            size += len(block)
            if size > limits.upload_bytes:
                raise ProblemError(413, f"larger than the {limits.upload_bytes >> 20} MiB allowed")
            if monotonic() > until:
                raise ProblemError(504, f"not fetched within {limits.upload_seconds:g} seconds")
            out.write(block)
    if not size:
        raise ProblemError(502, "the address has no bytes")
