"""Whether a host can be reached: its name, the proxy, the connection, its certificate, and what time it says it is.
Nothing secret is sent: one GET without a token, whose answer may be a refusal. Blocking, for a thread of its own."""

import base64
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from backup_tui import __version__
from backup_tui.errors import BackupTuiError
from backup_tui.graph.network import Proxy, proxy_of, trust
from backup_tui.graph.retry import read_date
from backup_tui.models.text import safe
from backup_tui.workspace.checkup.findings import CheckupFinding, Result, failed, unchecked

SECONDS = 10.0  # how long one step may take

MUCH_SKEW = timedelta(minutes=5)  # a clock that is off by more is not accepted for sign-in

LITTLE_SKEW = timedelta(seconds=30)

_MOST_BYTES = 64 * 1024

_INSPECTED = (
    "If a proxy inspects TLS, put its certificate into this machine's store, or let SSL_CERT_FILE name a PEM file "
    "with it. Do not continue without checking it."
)


class Reached(Struct, frozen=True):
    """What came of reaching one host. `date`: the time that the host says it is (UTC); `None` when it did not answer.
    `skew`: how far this machine's clock is ahead of it."""

    findings: tuple[CheckupFinding, ...]
    date: datetime | None = None
    skew: timedelta | None = None

    @property
    def answered(self) -> bool:
        return self.findings[-1].result is not Result.FAILED


def reach(area: str, title: str, url: str, *, wall: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Reached:
    """Checks whether the host of `url` answers; the last finding says what failed. `area`: the ids begin with it."""
    return _Reach(area, title, url, wall).run()


class _Reach:
    def __init__(self, area: str, title: str, url: str, wall: Callable[[], datetime]) -> None:
        self._area, self._title, self._wall = area, title, wall
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._path = parts.path or "/"
        self._findings: list[CheckupFinding] = []

    def run(self) -> Reached:
        try:
            proxy = proxy_of("https" if self._secure else "http", self._host)
        except BackupTuiError as error:
            return self._end(failed(f"{self._area}.proxy", f"{self._title}, proxy", error))
        if proxy is not None:
            self._find("proxy", f"through {proxy.label}, set in {proxy.variable}", proxy=proxy.label)
            if not proxy.url.lower().startswith("http://"):
                why = "a proxy of this type is not checked; the sign-in and the reads below use it"
                return self._end(unchecked(f"{self._area}.connection", f"{self._title}, connection", why))
        elif self._secure:
            self._find("proxy", "none", proxy=None)
        nearest = urlsplit(proxy.url).hostname or "" if proxy is not None else self._host
        try:
            addresses = socket.getaddrinfo(nearest, self._port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            return self._end(
                self._failed("dns", f"the name {nearest} was not found ({_cause(error)})", _wrong_name(proxy))
            )
        count = len({address[4][0] for address in addresses})
        self._find("dns", f"{nearest} has {count} address{'' if count == 1 else 'es'}", name=nearest)
        return self._connect(proxy)

    def _connect(self, proxy: Proxy | None) -> Reached:
        started = time.monotonic()
        try:
            connection = self._connection(proxy)
            connection.connect()
        except BackupTuiError as error:
            return self._end(failed(f"{self._area}.tls", f"{self._title}, TLS", error))
        except ssl.SSLError as error:
            self._find("connection", f"{self._label} answers")
            return self._end(self._failed("tls", f"its certificate is not trusted ({_tls_cause(error)})", _INSPECTED))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return self._end(
                self._failed("connection", f"{self._label} cannot be reached ({_cause(error)})", _way(proxy))
            )
        milliseconds = round((time.monotonic() - started) * 1000)
        self._find("connection", f"{self._label} answers ({milliseconds} ms)", milliseconds=milliseconds)
        self._findings.append(self._tls(connection.sock))
        try:
            return self._ask(connection)
        finally:
            connection.close()

    def _connection(self, proxy: Proxy | None) -> http.client.HTTPConnection:
        host, port = self._host, self._port
        if proxy is not None:
            parts = urlsplit(proxy.url)
            host, port = parts.hostname or "", parts.port or 80
        if not self._secure:
            return http.client.HTTPConnection(host, port, timeout=SECONDS)
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=trust())
        if proxy is not None:
            connection.set_tunnel(self._host, self._port, headers=_of_proxy(proxy))
        return connection

    def _tls(self, sock: Any) -> CheckupFinding:
        if not isinstance(sock, ssl.SSLSocket):
            return unchecked(f"{self._area}.tls", f"{self._title}, TLS", "plain http, on this machine only")
        certificate = sock.getpeercert() or {}
        issuer = _name(certificate.get("issuer", ()))
        end = str(certificate.get("notAfter", ""))
        words = f"{sock.version()}, certificate of {issuer or 'an unnamed issuer'}, valid until {end}"
        return CheckupFinding(
            f"{self._area}.tls",
            f"{self._title}, TLS",
            Result.OK,
            words,
            facts={"version": sock.version(), "issuer": issuer, "notAfter": end},
        )

    def _ask(self, connection: http.client.HTTPConnection) -> Reached:
        try:
            connection.request("GET", self._path, headers={"User-Agent": f"backup-tui/{__version__}"})
            answer = connection.getresponse()
            answer.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            return self._end(
                self._failed("answer", f"{self._label} gave no answer ({_cause(error)})", "Run doctor again later.")
            )
        self._find("answer", f"HTTP {answer.status}, to a request without a sign-in", status=answer.status)
        date = read_date(answer.headers.get("Date"))
        return Reached(tuple(self._findings), date, self._wall() - date if date is not None else None)

    @property
    def _label(self) -> str:
        return self._host if self._port == (443 if self._secure else 80) else f"{self._host}:{self._port}"

    def _find(self, step: str, words: str, **facts: object) -> None:
        self._findings.append(
            CheckupFinding(f"{self._area}.{step}", f"{self._title}, {_STEPS[step]}", Result.OK, words, facts=facts)
        )

    def _failed(self, step: str, words: str, hint: str) -> CheckupFinding:
        return CheckupFinding(f"{self._area}.{step}", f"{self._title}, {_STEPS[step]}", Result.FAILED, words, hint)

    def _end(self, finding: CheckupFinding) -> Reached:
        return Reached((*self._findings, finding))


_STEPS = {"proxy": "proxy", "dns": "name", "connection": "connection", "tls": "TLS", "answer": "answer"}


def clock_finding(skew: timedelta | None) -> CheckupFinding:
    """Judges this machine's clock. `skew`: how far it is ahead, negative if behind; `None` if unknown."""
    if skew is None:
        return unchecked("clock", "Clock", "the service did not report the time")
    seconds = skew.total_seconds()
    say = partial(CheckupFinding, "clock", "Clock", facts={"aheadSeconds": round(seconds)})
    if abs(skew) <= LITTLE_SKEW:
        return say(Result.OK, "this machine's clock agrees with the service's")
    side = "ahead of" if seconds > 0 else "behind"
    words = f"this machine's clock is {_span(abs(skew))} {side} the service's; times shown follow the service's clock"
    if abs(skew) <= MUCH_SKEW:
        return say(Result.OK, words)
    hint = "Set it (timedatectl set-ntp true); until then, signing in with a certificate or a token file can fail."
    return say(Result.WARNING, words, hint)


def _span(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def _name(parts: Any) -> str:
    pairs = {key: value for group in parts for key, value in group}
    names = [pairs.get("organizationName", ""), pairs.get("commonName", "")]
    return safe(", ".join(name for name in names if name))


def _of_proxy(proxy: Proxy) -> dict[str, str]:
    parts = urlsplit(proxy.url)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _cause(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS:g} s"
    if isinstance(error, OSError) and error.strerror:
        return safe(error.strerror)
    return safe(str(error)) or type(error).__name__


def _tls_cause(error: ssl.SSLError) -> str:
    told = getattr(error, "verify_message", "") or error.reason or type(error).__name__
    return safe(str(told)).replace("_", " ").lower()


def _wrong_name(proxy: Proxy | None) -> str:
    if proxy is not None:
        return f"Correct the proxy in the environment variable {proxy.variable}."
    return "Check the network and the DNS server of this machine; a proxy may be needed (HTTPS_PROXY)."


def _way(proxy: Proxy | None) -> str:
    if proxy is not None:
        return f"Check the proxy in {proxy.variable}; it may need a user and password, or block this host."
    return "Check the network and the firewall; a proxy may be needed (HTTPS_PROXY)."
