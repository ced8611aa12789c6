"""The http client that msal is given: our proxy, certificates, limits and deadlines, and no surprises left for msal.

msal puts a whole answer that is no JSON into a log line and into an exception. So an answer that it cannot use never
gets that far: it is raised here, as one of the few ways in which signing in can fail.
"""

import contextlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from backup_tui.crash import hide
from backup_tui.errors import ProtocolError
from backup_tui.graph.json_body import parse_json
from backup_tui.graph.retry import parse_retry_after, read_date
from backup_tui.graph.transport import BlockingTransport
from backup_tui.graph.wire import FailureKind, TransportFailure, WireAnswer, WireRequest
from backup_tui.models.clock import Clock
from backup_tui.signin.origin import Destination

SECONDS = 30.0  # for one exchange with the authority, from the first byte of the connection to the last of the answer

MOST = 1024 * 1024  # bytes of one answer of the authority; a real one has a few thousand

SECRET_FIELDS = (
    "assertion", "client_assertion", "client_secret", "code", "code_verifier", "device_code", "refresh_token",
)  # fmt: skip
"""Fields of a request that an answer must not carry back into a message."""

_TOKENS = ("access_token", "refresh_token", "id_token", "device_code")
_LIKE_A_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}")
_SHORTEST_TO_HIDE = 8

Params = Mapping[str, object] | None
Headers = Mapping[str, str] | None


class AuthorityError(Exception):
    """The authority's answer cannot be used; holds nothing that is secret."""


class AuthorityBusy(AuthorityError):
    """It said that it is busy or broken."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status  # HTTP status
        self.retry_after = retry_after  # seconds that it asked to wait, `None` when it did not


class NotAnAuthority(AuthorityError):
    """What came is not what an authority says: a page, a redirect, broken JSON."""


class OAuthError(AuthorityError):
    """It refused in so many words, where msal would lose them."""

    def __init__(self, said: Mapping[str, object]) -> None:
        super().__init__("refused")
        self.said = said  # the parsed error object


@dataclass(frozen=True, slots=True)
class RawResponse:
    """One answer in the form that msal reads; does not show what it says."""

    status_code: int
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class MsalHttpClient:
    """What msal sends goes through here; used by one thread. `destination`: where a request really goes, or that it
    must not go. `raw`: answers of 4xx are left to msal whatever they hold, as managed identities want it."""

    def __init__(
        self,
        transport: BlockingTransport,
        destination: Callable[[str], Destination | None],
        clock: Clock,
        *,
        wall: Callable[[], float] = time.time,
        raw: bool = False,
    ) -> None:
        self._transport = transport
        self._destination = destination
        self._clock = clock
        self._wall = wall
        self._raw = raw
        self._heard: tuple[datetime, float] | None = None
        self._skew: timedelta | None = None

    def get(self, url: str, *, params: Params = None, headers: Headers = None, **_: object) -> RawResponse:
        """Sends a question. Raises TransportFailure without a whole answer, AuthorityError for a useless one."""
        answer = self._exchange("GET", url, params, headers or {}, b"")
        return self._said(answer, {}, discovery="/.well-known/" in url)

    def post(
        self, url: str, *, params: Params = None, data: Params = None, headers: Headers = None, **_: object
    ) -> RawResponse:
        """Sends a form. Raises as `get`."""
        form = {name: value for name, value in (data or {}).items() if value is not None}
        for name in SECRET_FIELDS:
            hide(_text(form.get(name)))
        typed = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
        return self._said(self._exchange("POST", url, params, typed, urlencode(form).encode()), form)

    def close(self) -> None:
        """Closes all connections; what is sent afterwards opens new ones."""
        self._transport.close()

    def take_date(self) -> datetime | None:
        """What time it is now by the last answer's `Date`, told once; `None` when none has come since."""
        heard, self._heard = self._heard, None
        if heard is None:
            return None
        date, at = heard
        return date + timedelta(seconds=self._clock.monotonic() - at)

    @property
    def skew(self) -> timedelta | None:
        """How far this machine's clock is ahead of the authority's; `None` before its first answer."""
        return self._skew

    def _exchange(self, method: str, url: str, params: Params, headers: Mapping[str, str], body: bytes) -> WireAnswer:
        given = {name: value for name, value in (params or {}).items() if value is not None}
        if given:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(given)}"
        goal = self._destination(url)
        if goal is None:
            cause = "its answer names another host, which is sent nothing"
            raise TransportFailure(FailureKind.CONNECT, sent=False, cause=cause)
        sent = {"Accept": "application/json", **headers}
        if goal.forwarded:
            sent["X-Forwarded-Proto"] = "https"
        answer = self._transport.exchange(WireRequest(method, goal.url, sent, body), deadline=SECONDS, limit=MOST)
        date = read_date(answer.headers.get("date"))
        if date is not None:
            self._heard = date, self._clock.monotonic()
            self._skew = datetime.fromtimestamp(self._wall(), UTC) - date
        return answer

    def _said(self, answer: WireAnswer, sent: Mapping[str, object], *, discovery: bool = False) -> RawResponse:
        status = answer.status
        if status >= 500 or status == 429:
            date = read_date(answer.headers.get("date"))
            wait = parse_retry_after(answer.headers.get("retry-after"), date, self._clock.now())
            raise AuthorityBusy(status, wait)
        if status < 200 or 300 <= status < 400:
            raise NotAnAuthority(f"HTTP {status}, a redirect")
        if self._raw and status >= 400:
            return RawResponse(status, answer.body.decode("utf-8", "replace"), answer.headers)
        value = _object(answer)
        if discovery and status >= 400:
            raise OAuthError(value)
        text = json.dumps(value)
        for name in _TOKENS:
            hide(_text(value.get(name)))
        if "access_token" not in value:
            text = _without(text, sent)
        return RawResponse(status, text, answer.headers)


def _object(answer: WireAnswer) -> Mapping[str, object]:
    value: object = None
    with contextlib.suppress(ProtocolError):
        value = parse_json(answer.body)
    if not isinstance(value, dict):
        kind = (answer.headers.get("content-type") or "no type").split(";", 1)[0].strip()[:60]
        raise NotAnAuthority(f"HTTP {answer.status}, {kind}")
    return value


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def _without(text: str, sent: Mapping[str, object]) -> str:
    """An answer that repeats what was sent must not carry it into a message."""
    for name in SECRET_FIELDS:
        secret = _text(sent.get(name))
        if len(secret) >= _SHORTEST_TO_HIDE:
            text = text.replace(json.dumps(secret)[1:-1], f"[{name}]")
    return _LIKE_A_TOKEN.sub("[token]", text)
