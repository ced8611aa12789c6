"""The errors of answers that are not the service's own: lost, cut off, a stranger's, or refused at the door."""

import re
from datetime import datetime

from backup_tui.errors import BackupTuiError, OutcomeUnknown, ProtocolError, SignInError, Unreachable
from backup_tui.graph.json_body import READ_ONLY_CERTAINTY
from backup_tui.graph.requests.call import Call
from backup_tui.graph.wire import FailureKind, TransportFailure, WireAnswer
from backup_tui.models.text import safe

_TITLE = re.compile(r"<title[^>]*>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)


def not_graph(answer: WireAnswer) -> ProtocolError:
    """What to say when something that isn't JSON came: most often a proxy's or a sign-in portal's page."""
    kind = safe((answer.headers.get("content-type") or "no type").split(";", 1)[0], 60)
    title = _TITLE.search(answer.body[:20_000].decode("utf-8", "replace"))
    named = f' titled "{safe(" ".join(title.group(1).split()), 100)}"' if title else ""
    return ProtocolError(
        f"A proxy or portal answered, not Microsoft Graph: HTTP {answer.status}, {kind}{named}.",
        certainty=READ_ONLY_CERTAINTY,
        hint="Check the network on the way to the service: proxy, firewall, sign-in page.",
        code="notGraph",
    )


def redirect(answer: WireAnswer) -> ProtocolError:
    """The error for a redirect, which is never followed: the token must not reach another host."""
    return ProtocolError(
        f"The service's address answered with a redirect (HTTP {answer.status}), which is not followed.",
        certainty="The sign-in was not sent anywhere else.",
        hint="Check --graph-url; Microsoft Graph does not redirect.",
        code="redirected",
    )


def lost_answer(call: Call, *, code: str = "", request_id: str | None = None) -> OutcomeUnknown:
    """The error for a change that may have happened. `code`: a short code of ours; empty for `outcomeUnknown`."""
    about = f" The id is {safe(call.target)}." if call.target else ""
    return OutcomeUnknown(
        f"No answer to: {call.what}. It may have happened.",
        certainty="It is not sent again. Checking the service now.",
        hint=f"Wait; the result appears here.{about}",
        code=code or "outcomeUnknown",
        request_id=request_id,
    )


def signed_out(now: datetime, *, code: str = "", request_id: str | None = None) -> SignInError:
    """The error for HTTP 401. `now`: the time that its message names (UTC). `code`: the service's own, or empty."""
    error = SignInError(
        f"Your sign-in expired at {now:%H:%M} UTC.",
        certainty="Running restores continue; the form is kept.",
        hint="Press T to sign in again, or set a fresh BACKUP_TUI_ACCESS_TOKEN.",
        code=code or "InvalidAuthenticationToken",
        request_id=request_id,
    )
    error.sent = True
    return error


def unfinished(call: Call, failure: TransportFailure, host: str) -> BackupTuiError:
    """The error for a request without a whole answer: `OutcomeUnknown` for a change that may have reached the service,
    otherwise `Unreachable`, or `ProtocolError` for a read whose answer cannot be read."""
    kind, code = failure.kind, failure.kind.value
    if not failure.sent:
        return Unreachable(
            f"Cannot reach {host} ({failure.cause}).",
            certainty="Nothing was sent. Running restores continue.",
            hint=failure.hint or "Trying again is safe.",
            code=code,
        )
    if call.mutating:
        return lost_answer(call, code=code)
    if kind in (FailureKind.LOST, FailureKind.TIMEOUT):
        return Unreachable(
            f"{host} did not finish its answer ({failure.cause}).",
            certainty=f"{READ_ONLY_CERTAINTY} Running restores continue.",
            hint="Trying again is safe.",
            code=code,
        )
    return ProtocolError(
        f"The answer of {host} cannot be read ({failure.cause}).",
        certainty=READ_ONLY_CERTAINTY,
        hint=failure.hint or "Check the network on the way to the service. Reading it again is safe.",
        code=code,
    )
