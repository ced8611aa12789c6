"""The restore artifacts of a session: full and granular ones, in lists and one by one."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from backup_tui.simulator.domain.sessions import Artifact, RestoreSession
from backup_tui.simulator.domain.workloads import EXCHANGE, WORKLOADS, Workload
from backup_tui.simulator.http import answers, restore_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation

_EXPAND_UNIT = re.compile(r"restorePoint\(\s*\$?expand\s*=\s*protectionUnit\s*\)", re.IGNORECASE)

Shown = Callable[[Artifact], dict[str, Any]]


def _with_unit(call: Call) -> bool:
    """Read ``$expand`` of an artifact list; the restore point comes without being asked for."""
    expand = call.query.get("expand", "").strip()
    if not expand or expand.lower() == "restorepoint":
        return False
    if _EXPAND_UNIT.fullmatch(expand) is not None and call.service.settings.expand_units:
        return True
    raise bad_request(f"The $expand {expand!r} is not supported.")


def _shown(call: Call, session: RestoreSession, granular: bool) -> Shown:
    """Return how one artifact of a session is shown."""
    if not granular:
        with_unit = _with_unit(call)
        return lambda artifact: answers.artifact(artifact, call, with_unit=with_unit)
    if session.workload is EXCHANGE:
        return lambda artifact: restore_answers.mail_artifact(artifact, call)
    return lambda artifact: restore_answers.file_artifact(artifact, session, call)


def _found(call: Call, workload: Workload, granular: bool) -> tuple[RestoreSession, list[Artifact], str]:
    """Return the session of the path, its artifacts of one kind, and what their list is for ``@odata.context``."""
    session = call.service.session(call.ids[0], workload)
    artifacts = [each for each in session.shown_artifacts(call.now) if (each.part is not None) is granular]
    collection = workload.granular_artifacts if granular else workload.artifacts
    return session, artifacts, f"{workload.sessions}('{session.id}')/{collection}"


def _list(call: Call, workload: Workload, granular: bool) -> Reply:
    session, artifacts, context = _found(call, workload, granular)
    shown = _shown(call, session, granular)
    return page(call, artifacts, lambda artifact: artifact.seq, shown, context, plain=granular)


def _get(call: Call, workload: Workload, granular: bool) -> Reply:
    session, artifacts, context = _found(call, workload, granular)
    metadata = f"{call.root}/$metadata#solutions/backupRestore/{context}/$entity"
    return Reply(200, {"@odata.context": metadata} | _shown(call, session, granular)(_one(call, artifacts)))


def _one(call: Call, artifacts: list[Artifact]) -> Artifact:
    """Return the artifact that a path names; no page documents a code for an unknown one."""
    found = next((each for each in artifacts if each.id == call.ids[1].lower()), None)
    if found is None:
        raise Refusal(404, "ArtifactNotFound", f"Restore artifact {call.ids[1]} was not found.")
    return found


def _point(call: Call, workload: Workload, granular: bool) -> Reply:
    """Answer the restore point of one artifact, which is in the artifact too; the SDKs ask for it by itself."""
    _, artifacts, context = _found(call, workload, granular)
    found = _one(call, artifacts)
    metadata = f"{call.root}/$metadata#solutions/backupRestore/{context}('{found.id}')/restorePoint/$entity"
    return Reply(200, {"@odata.context": metadata} | answers.artifact(found, call)["restorePoint"])


def _for(function: Callable[[Call, Workload, bool], Reply], workload: Workload, granular: bool) -> Handler:
    return lambda call: function(call, workload, granular)


def _operations() -> Iterator[Operation]:
    for workload in WORKLOADS:
        for granular, collection in ((False, workload.artifacts), (True, workload.granular_artifacts)):
            path = f"{workload.sessions}/{{id}}/{collection}"
            yield Operation("GET", path, _for(_list, workload, granular))
            yield Operation("GET", f"{path}/{{id}}", _for(_get, workload, granular))
            if not granular or workload is EXCHANGE:  # files say nothing of their restore point
                yield Operation("GET", f"{path}/{{id}}/restorePoint", _for(_point, workload, granular))


OPERATIONS = tuple(_operations())
