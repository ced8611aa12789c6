"""Why a connection did not come about, in words: certificates, names, refusals and proxies; knows nothing of httpx."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Iterator

from backup_tui.graph.network import Proxy
from backup_tui.graph.wire import FailureKind, TransportFailure
from backup_tui.models.text import safe

CONNECT_SECONDS = 10.0
ISSUER_SECONDS = 3.0


async def issued_by(host: str, port: int) -> str:
    """`, issued by O=Zscaler Inc.,CN=...` of the certificate that a host shows; nothing is sent to it."""
    from cryptography import x509

    try:
        shown = await asyncio.to_thread(ssl.get_server_certificate, (host, port), timeout=ISSUER_SECONDS)
        issuer = x509.load_pem_x509_certificate(shown.encode()).issuer.rfc4514_string()
    except (OSError, ValueError):
        return ""  # this only helps: why it is not trusted is known
    return f", issued by {safe(issuer, 120)}" if issuer else ""


def proxy_failure(proxy: Proxy | None, said: str) -> TransportFailure:
    """What to say when the proxy refuses to connect; `said` begins with its status."""
    label, name = (proxy.label, proxy.variable) if proxy else ("", "")
    status = said[:3] if said[:3].isdigit() else ""
    cause, hint = f"the proxy {label} refused", f"Check the proxy in the environment variable {name}."
    if status == "407":
        cause = f"the proxy {label} needs a user and password (407), or refused them"
        hint = f"Set them in the environment variable {name}: http://USER:PASSWORD@{label} (percent-encoded)."
    elif status:
        cause = f"the proxy {label} blocked it ({status})"
        hint = f"Ask whoever runs the proxy in {name} to allow this address; doctor lists all that are needed."
    return TransportFailure(FailureKind.PROXY, sent=False, cause=cause, hint=hint)


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """All causes of an exception, groups of connection attempts included."""
    pending, seen = [error], set[int]()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            pending.extend(current.exceptions)
        pending.extend(each for each in (current.__cause__, current.__context__) if each is not None)


def certain_cause(causes: Iterable[BaseException], *, in_tls: bool) -> tuple[FailureKind, str, str] | None:
    """Kind, cause and hint that an exception of the operating system or of TLS names; `None` for none."""
    causes = list(causes)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                FailureKind.UNTRUSTED,
                f"its certificate is not trusted: {cause.verify_message or 'unknown reason'}",
                "If your network inspects TLS, set SSL_CERT_FILE to its root certificate (PEM). "
                "The check cannot be turned off.",
            )
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return FailureKind.NAME, "name not found", "Check the network and the name."
        if isinstance(cause, ConnectionRefusedError):
            return FailureKind.REFUSED, "refused", "Check that the service runs at this address."
    if in_tls or any(isinstance(cause, ssl.SSLError) for cause in causes):
        return FailureKind.NO_TLS, "no TLS answer", "Check the address: it does not answer with https."
    return None
