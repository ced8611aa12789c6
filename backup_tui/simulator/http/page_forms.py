"""Whole answers in the forms of the pages' examples, old ones among them, where the contract sends another.

``answers`` and ``restore_answers`` know what the pages write differently inside an object (names of types, statuses);
here is what surrounds it: wrappers, statuses, links, addresses, dates. Each form is one that a page shows.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from msgspec.structs import replace

from backup_tui.simulator.domain.workloads import WORKLOADS
from backup_tui.simulator.http.call import Call, Json, Reply

_ROOT = "/solutions/backupRestore"
_BASE_TYPE = "#microsoft.graph.restoreSessionBase"
_OLD_SESSION = (
    "@odata.type", "id", "status", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime",
)  # fmt: skip
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d):(\d\d):(\d\d)(?:\.\d+)?Z")
_POLICY_CHANGE = re.compile(r".*/protectionPolicies[/(]'?([^/')]+)'?\)?/(?:activate|deactivate)", re.IGNORECASE)


def dressed(call: Call, reply: Reply) -> Reply:
    """Return an answer in the pages' form; one that no page writes otherwise comes back as it is."""
    below = re.sub(r"\(([^)]*)\)", r"/\1", call.path.lower().partition("/backuprestore")[2]).strip("/")
    for method, pattern, change in _CHANGES:
        if method == call.method and re.fullmatch(pattern, below) and reply.body is not None:
            return change(call, reply)
    return reply


def refused(path: str, root: str, body: Json, headers: dict[str, str]) -> tuple[Json, dict[str, str]]:
    """Return a refusal in the pages' form."""
    error = dict(body["error"])
    inner = error.pop("innerError")
    error["innererror"] = {name: value for name, value in inner.items() if name != "client-request-id"}
    policy = _POLICY_CHANGE.fullmatch(path)
    if policy is not None:
        headers = headers | {"Content-Location": f"{root}{_ROOT}/protectionPolicies/{policy[1]}"}
    return {"error": error}, headers


def _activated(call: Call, reply: Reply) -> Reply:
    """Wrap a session on beta; on v1.0 answer the members of the example, with a context that begins with a blank."""
    body = reply.body or {}
    if call.beta:
        return replace(reply, body={"value": body | {"@odata.type": _BASE_TYPE}})
    kind = str(body["@odata.type"]).removeprefix("#microsoft.graph.")
    head = {
        "@odata.context": f" {_ROOT}/$metadata#restoreSessions/$entity",
        "@odata.id": f"{_ROOT}/{kind}s({body['id']})",
    }
    return replace(reply, body=head | {name: body[name] for name in _OLD_SESSION})


def _base_session(call: Call, reply: Reply) -> Reply:
    if not call.beta:
        return reply
    return replace(reply, body=(reply.body or {}) | {"@odata.type": _BASE_TYPE})


def _policy(_: Call, reply: Reply) -> Reply:
    body = reply.body or {}
    head = {
        "@odata.context": f"{_ROOT}/$metadata#ProtectionPolicies/$entity",
        "@odata.id": f"{_ROOT}/ProtectionPolicies({body['id']})",
    }
    return replace(reply, body=body | head)


def _status(status: int) -> Callable[[Call, Reply], Reply]:
    return lambda _, reply: replace(reply, status=status)


def _list(call: Call, reply: Reply) -> Reply:
    """Write the next link without host and version, and old times."""
    body = dict(reply.body or {})
    body["value"] = [_old_times(row) for row in body["value"]]
    link = body.get("@odata.nextLink")
    if isinstance(link, str):
        parts = urlsplit(link)
        body["@odata.nextLink"] = f"{parts.path.removeprefix(f'/{call.version}')}?{parts.query}"
    return replace(reply, body=body)


def _old_times(row: Json) -> Json:
    """Return a row whose dates of creation and change have dashes in their times, as old list pages have them."""
    changed = {
        name: _STAMP.sub(r"\1-\2-\3.45Z", row[name])
        for name in ("createdDateTime", "lastModifiedDateTime")
        if isinstance(row.get(name), str)
    }
    return row | changed


def _root(_: Call, reply: Reply) -> Reply:
    body = dict(reply.body or {})
    status = dict(body["serviceStatus"])
    user = status["lastModifiedBy"].get("user")
    status["lastModifiedBy"] = {} if user is None else {"user": {"identity": user["id"]}}
    return replace(reply, body=body | {"serviceStatus": status})


_SESSIONS = "|".join(["restoresessions", *(each.sessions.lower() for each in WORKLOADS)])
_POLICIES = "|".join(["protectionpolicies", *(each.policies.lower() for each in WORKLOADS)])
_UNITS = "|".join(["protectionunits", *(each.units.lower() for each in WORKLOADS)])
_CHANGES: tuple[tuple[str, str, Callable[[Call, Reply], Reply]], ...] = (
    ("GET", "", _root),
    ("GET", rf"{_SESSIONS}|{_POLICIES}|{_UNITS}", _list),
    ("POST", r"restoresessions/[^/]+/activate", _activated),
    ("PATCH", r"restoresessions/[^/]+", _base_session),
    ("POST", r"protectionpolicies/[^/]+/(?:activate|deactivate)", _policy),
    ("POST", r".+inclusionrules/[^/]+/run", _status(200)),
    ("POST", r".+/mailboxinclusionrules", _status(200)),
    ("POST", r"serviceapps", _status(202)),
)
