"""The restore artifacts of a session: full and granular ones, in lists and one by one."""

import re
from collections.abc import Callable
from functools import partial

from backup_tui.simulator.domain.artifacts import Artifact
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.workloads import EXCHANGE, Workload
from backup_tui.simulator.http import answers, restore_answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations

_EXPAND_UNIT = re.compile(r"restorePoint\(\s*\$?expand\s*=\s*protectionUnit\s*\)", re.IGNORECASE)

Shown = Callable[[Artifact, Call], Json]


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
        return partial(answers.artifact, with_unit=_with_unit(call))
    if session.workload is EXCHANGE:
        return restore_answers.mail_artifact
    return partial(restore_answers.file_artifact, session=session)


def _found(call: Call, workload: Workload, granular: bool) -> tuple[RestoreSession, list[Artifact], str]:
    """Return the session of the path, its artifacts of one kind, and their collection."""
    session = call.service.session(call.ids[0], workload)
    artifacts = [each for each in session.shown_artifacts(call.now) if (each.part is not None) is granular]
    collection = workload.granular_artifacts if granular else workload.artifacts
    return session, artifacts, f"{workload.sessions}('{session.id}')/{collection}"


def _one(call: Call, artifacts: list[Artifact]) -> Artifact:
    """Return the artifact that a path names; no page documents a code for an unknown one."""
    found = next((each for each in artifacts if each.id == call.ids[1].lower()), None)
    if found is None:
        raise Refusal(404, "ArtifactNotFound", f"Restore artifact {call.ids[1]} was not found.")
    return found


def _list(call: Call, workload: Workload, *, granular: bool = False) -> Reply:
    session, artifacts, collection = _found(call, workload, granular)
    return page(call, artifacts, _shown(call, session, granular), collection, plain=granular)


def _get(call: Call, workload: Workload, *, granular: bool = False) -> Reply:
    session, artifacts, collection = _found(call, workload, granular)
    return call.entity(collection, _shown(call, session, granular)(_one(call, artifacts), call))


def _point(call: Call, workload: Workload, *, granular: bool = False) -> Reply:
    """Answer the restore point of one artifact, which is in the artifact too; the SDKs ask for it by itself."""
    _, artifacts, collection = _found(call, workload, granular)
    found = _one(call, artifacts)
    return call.entity(f"{collection}('{found.id}')/restorePoint", answers.artifact(found, call)["restorePoint"])


OPERATIONS = operations(
    ("GET", "<sessions>/{id}/<artifacts>", _list),
    ("GET", "<sessions>/{id}/<artifacts>/{id}", _get),
    ("GET", "<sessions>/{id}/<artifacts>/{id}/restorePoint", _point),
    ("GET", "<sessions>/{id}/<granular_artifacts>", partial(_list, granular=True)),
    ("GET", "<sessions>/{id}/<granular_artifacts>/{id}", partial(_get, granular=True)),
) + operations(  # files say nothing of their restore point
    ("GET", "<sessions>/{id}/<granular_artifacts>/{id}/restorePoint", partial(_point, granular=True)),
    workloads=(EXCHANGE,),
)
