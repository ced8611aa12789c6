"""What passes between the request path and the transport; knows nothing of httpx."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct, field

from backup_tui.errors import SignInError
from backup_tui.models.whoami import Token

Message = MutableMapping[str, Any]
AsgiApp = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
"""An application that answers in this process instead of a service on the network."""

MAX_BODY = 32 * 1024 * 1024
"""Bytes of one answer, unpacked, that are taken in; the largest real page is a hundredth of it."""


class WireRequest(Struct, frozen=True):
    """One request, ready to be sent. `url`: absolute, checked to be of the service's origin. `headers`: all but
    `Authorization`, which the transport puts in at the last moment. `body`: JSON bytes, or nothing."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    def __repr__(self) -> str:
        # A sign-in sends secrets in its body: nothing that prints an object may show them.
        return f"<{self.method} {self.url.partition('?')[0]}, {len(self.body)} bytes>"


class WireAnswer(Struct, frozen=True):
    """One whole answer. `headers`: names in lower case. `body`: unpacked, at most `MAX_BODY` bytes."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<answer {self.status}, {len(self.body)} bytes>"


class FailureKind(StrEnum):
    """Why no whole answer came; the value is the short code that scripts see."""

    NAME = "nameNotFound"
    REFUSED = "connectionRefused"
    CONNECT_TIMEOUT = "connectTimeout"
    CONNECT = "notConnected"
    UNTRUSTED = "certificateNotTrusted"
    NO_TLS = "noTlsAnswer"
    PROXY = "proxyRefused"
    LOST = "connectionLost"
    TIMEOUT = "noAnswerInTime"
    TOO_LARGE = "answerTooLarge"
    PACKED_BADLY = "answerUnreadable"
    NOT_HTTP = "notHttp"
    GIVEN_UP = "givenUp"

    @property
    def pointless(self) -> bool:
        """Whether the same request would fail the same way until a person changes something."""
        return self in (FailureKind.UNTRUSTED, FailureKind.NO_TLS, FailureKind.PROXY, FailureKind.TOO_LARGE)


class TransportFailure(Exception):
    """No whole answer came. `sent`: a byte of the request may have reached the service. `cause`: short words for
    people: `refused`, `no answer within 60 s`. `hint`: what a person can change. `status`: when that much came."""

    def __init__(self, kind: FailureKind, *, sent: bool, cause: str, hint: str = "", status: int | None = None) -> None:
        super().__init__(cause)
        self.kind = kind
        self.sent = sent
        self.cause = cause
        self.hint = hint
        self.status = status


def authorization(token: Token) -> str:
    """The value of the header `Authorization`. Raises `SignInError`: no header can hold such a token."""
    text = token.reveal()
    if not text or not (text.isascii() and text.isprintable()) or " " in text:
        raise SignInError(
            "The token contains characters that no token has.",
            certainty="Nothing was sent.",
            hint="Copy it again into BACKUP_TUI_ACCESS_TOKEN, without quotes or line breaks.",
            code="TokenMalformed",
        )
    return f"Bearer {text}"


class Exchanger(Protocol):
    """Sends requests and takes answers in: `Transport` over the network, `InProcessTransport` without one."""

    async def exchange(self, request: WireRequest, token: Token, *, fresh: bool, deadline: float) -> WireAnswer:
        """Sends a request and reads the answer to its end. `fresh`: over a connection of its own. `deadline`: seconds
        for all of it. Raises `TransportFailure`: no whole answer came; `SignInError`: the token cannot be sent."""
        ...

    async def drop_kept(self) -> None:
        """Closes the connections that are kept for the next read."""
        ...

    async def aclose(self) -> None:
        """Closes all connections."""
        ...


class TokenSource(Protocol):
    """Gives the token of each request."""

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        """Returns a token that is valid as far as is known; nobody is asked anything. Raises `SignInError`: there is
        none, or no new one is available without the person."""
        ...
