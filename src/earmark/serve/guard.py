"""Who may ask, and what every answer carries: checks before any route, headers after it.

* A server on this machine answers only to names of this machine: a page elsewhere whose name was
  pointed at 127.0.0.1 (DNS rebinding) names its own host and is refused.
* What changes something, and a WebSocket, must not come from another site's page (Origin).
* A request that a proxy and the server could cut at different places is refused.
* With a token, every request brings it: ``Authorization: Bearer``, or the cookie that opening
  ``/?token=...`` once leaves in a browser.
* Answers allow no scripts, frames or connections of other hosts.
"""

import hmac
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earmark.serve.problems import answer
from earmark.serve.settings import LOCAL, Settings

COOKIE = "earmark_token"
OPEN = ("/health",)  # asked by supervisors that have no token
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with safe headers."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4403, "reason": refused[1][:120]})
            else:
                await answer(*refused)(scope, receive, self._safe(send))
            return
        if self._brings_token_for_the_first_time(scope):
            response = RedirectResponse("/", 303)
            response.set_cookie(
                COOKIE, self._settings.token or "", httponly=True, samesite="strict"
            )
            await response(scope, receive, self._safe(send))
            return
        await self._app(scope, receive, self._safe(send))

    def _refused(
        self, scope: Scope, headers: Headers
    ) -> tuple[int, str, dict[str, str] | None] | None:
        host = headers.get("host", "")
        if self._settings.local and _name(host) not in (*LOCAL, self._settings.host):
            return 400, "the server answers only to names of this machine", None
        if "transfer-encoding" in headers and "content-length" in headers:
            return 400, "the request tells its length in two ways", {"Connection": "close"}
        origin = headers.get("origin")
        unsafe = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD", "OPTIONS")
        if unsafe and origin is not None and urlsplit(origin).netloc != host:
            return 403, "the request comes from another site's page", None
        if self._settings.token and scope["path"] not in OPEN and not self._known(scope, headers):
            challenge = {"WWW-Authenticate": 'Bearer realm="earmark"'}
            return 401, "a token is needed: Authorization: Bearer ...", challenge
        return None

    def _known(self, scope: Scope, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._is_token(token):
            return True
        if self._is_token(_cookie(headers.get("cookie", ""))):
            return True
        return scope["type"] == "http" and self._brings_token_for_the_first_time(scope)

    def _brings_token_for_the_first_time(self, scope: Scope) -> bool:
        if not self._settings.token or scope["type"] != "http" or scope["path"] != "/":
            return False
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])
        return self._is_token(given[0])

    def _is_token(self, text: str) -> bool:
        wanted = (self._settings.token or "").encode()
        return hmac.compare_digest(text.encode("utf-8", "replace"), wanted)

    def _safe(self, send: Send) -> Send:
        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        return safely


def _name(host: str) -> str:
    """The name of a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _cookie(header: str) -> str:
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == COOKIE:
            return value.strip('"')
    return ""
