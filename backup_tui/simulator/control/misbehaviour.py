"""What the acts of ``faults`` do to a call."""

import contextlib
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from backup_tui.simulator.control.faults import Fault
from backup_tui.simulator.control.others import act_as_other, named_in
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal
from backup_tui.simulator.http.paging import same_page_link

_NEXT = "@odata.nextLink"
_FOREIGN = "https://graph.contoso-phish.example/v1.0/solutions/backupRestore/restoreSessions?$skiptoken=x"


def answer_instead(fault: Fault) -> Refusal | None:
    """Return the refusal of a call that is not carried out, or None when it is."""
    if fault.act == "expired":
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        message = "Lifetime validation failed, the token is expired."
        return Refusal(401, "InvalidAuthenticationToken", message, challenge)
    if fault.act == "throttle":
        return Refusal(429, "TooManyRequests", "Too many requests.", fault.headers)
    return Refusal(fault.status, fault.code, fault.message, fault.headers) if fault.act == "refuse" else None


def act_before(fault: Fault, service: Service, path: str) -> None:
    """Let another administrator act first; what the service refuses them is left at that."""
    if fault.act != "other":
        return
    identifier = fault.session or named_in(path, fault.deed)
    with contextlib.suppress(Refusal):
        act_as_other(service, fault.deed, identifier)


def spoil(fault: Fault, call: Call, reply: Reply) -> tuple[Call, Reply]:
    """Return a list's answer with its next link spoilt; any other answer as it is."""
    body = reply.body
    if body is None:
        return call, reply
    if fault.act == "junk":
        lists = {name: rows for name, rows in body.items() if isinstance(rows, list)}
        return call, replace(reply, body={**body, **{name: _with_junk(rows) for name, rows in lists.items()}})
    if not isinstance(body.get("value"), list):
        return call, reply
    if fault.act == "emptyPage":
        return call, replace(reply, body={**body, "value": [], _NEXT: same_page_link(call)})
    link = body.get(_NEXT)
    if fault.act == "foreignLink":
        link = _FOREIGN
    elif fault.act == "repeatLink":
        link = call.url
    elif fault.act == "relativeLink" and isinstance(link, str):
        parts = urlsplit(link)
        link = f"{parts.path.removeprefix(f'/{call.version}')}?{parts.query}"
    if link is None:
        return call, reply
    return call, replace(reply, body={**body, _NEXT: link})


def _with_junk(rows: list[Any]) -> list[Any]:
    return [None, *rows[:1], 7, [], *rows[1:], "text"]
