"""One table per kind of status: its word, its mark, whether it is the end, and what may be done.

The service's values: https://learn.microsoft.com/graph/api/resources/restoresessionbase#restoresessionstatus-values
and the pages of the other resources. A value that is not in a table is kept and shown as sent, counts as not
finished, and allows nothing."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from msgspec import Struct


class Tone(StrEnum):
    """How a status feels; a colour may repeat it, a word always says it."""

    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    MOVING = "moving"
    CALM = "calm"


class Action(StrEnum):
    """What can be done with an object in a state."""

    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    EDIT = "edit"
    DELETE = "delete"
    WATCH = "watch"
    AGAIN = "again"
    OFFBOARD = "offboard"
    CANCEL_OFFBOARD = "cancelOffboard"
    BROWSE = "browse"


class Status(Struct, frozen=True):
    """What one status value means. `mark`: one cell, which only repeats the word. `moving`: something is changing now;
    worth polling. `rank`: sort order, what needs a person first."""

    value: str
    word: str
    mark: str
    tone: Tone
    terminal: bool = False
    moving: bool = False
    actions: tuple[Action, ...] = ()
    rank: int = 50

    @property
    def in_sentence(self) -> str:
        """The word inside a sentence: `active with problems`."""
        return self.word.replace(", problems", " with problems")

    def allows(self, action: Action) -> bool:
        return action in self.actions


def _table(*rows: Status) -> dict[str, Status]:
    unknown = Status("unknownFutureValue", "not known yet", "?", Tone.WARN, rank=40)
    return {row.value.lower(): row for row in (*rows, unknown)}


def _of(table: dict[str, Status], value: str | None) -> Status:
    if not value:
        return Status("", "not given", "?", Tone.WARN, rank=40)
    known = table.get(value.lower())
    return known or Status(value, value, "?", Tone.WARN, rank=40)


_SESSION = _table(
    Status("active", "running", "»", Tone.MOVING, moving=True, actions=(Action.WATCH,), rank=10),
    Status("activating", "starting", "~", Tone.MOVING, moving=True, actions=(Action.WATCH,), rank=11),
    Status("draft", "draft", "○", Tone.CALM, actions=(Action.ACTIVATE, Action.EDIT, Action.DELETE), rank=20),
    Status("failed", "all failed", "✗", Tone.BAD, terminal=True, actions=(Action.AGAIN,), rank=30),
    Status("completedWithError", "some failed", "✗", Tone.BAD, True, actions=(Action.AGAIN,), rank=31),
    Status("completed", "completed", "✓", Tone.GOOD, terminal=True, rank=60),
)

_ARTIFACT = _table(
    Status("failed", "failed", "✗", Tone.BAD, terminal=True, actions=(Action.AGAIN,), rank=10),
    Status("inProgress", "restoring", "»", Tone.MOVING, moving=True, rank=20),
    Status("scheduling", "waiting", "·", Tone.CALM, moving=True, rank=30),
    Status("scheduled", "waiting", "·", Tone.CALM, moving=True, rank=31),
    Status("added", "waiting", "·", Tone.CALM, rank=32),
    Status("succeeded", "restored", "✓", Tone.GOOD, terminal=True, rank=60),
)

_POLICY = _table(
    Status("active", "active", "✓", Tone.GOOD, actions=(Action.DEACTIVATE,), rank=60),
    Status(
        "activeWithErrors",
        "active, problems",
        "!",
        Tone.WARN,
        actions=(Action.ACTIVATE, Action.DEACTIVATE),
        rank=10,
    ),
    Status("updating", "updating", "~", Tone.MOVING, moving=True, rank=20),
    Status("inactive", "inactive", "-", Tone.CALM, actions=(Action.ACTIVATE,), rank=50),
    Status("offboardRequested", "being offboarded", "!", Tone.WARN, moving=True, rank=15),
    Status("offboarded", "offboarded", "-", Tone.CALM, terminal=True, rank=70),
)

_UNIT = _table(
    Status("protected", "protected", "✓", Tone.GOOD, rank=60),
    Status("protectRequested", "being added", "~", Tone.MOVING, moving=True, rank=20),
    Status("unprotectRequested", "being removed", "!", Tone.WARN, moving=True, rank=21),
    Status("unprotected", "not protected", "-", Tone.WARN, actions=(Action.OFFBOARD,), rank=15),
    Status("removeRequested", "being removed", "!", Tone.WARN, moving=True, rank=22),
    Status("offboardRequested", "offboarding", "!", Tone.WARN, actions=(Action.CANCEL_OFFBOARD,), rank=10),
    Status("offboarded", "offboarded", "-", Tone.CALM, rank=70),
    Status("cancelOffboardRequested", "being kept", "~", Tone.MOVING, moving=True, rank=23),
)

_RULE = _table(
    Status("active", "being applied", "~", Tone.MOVING, moving=True, rank=20),
    Status("completedWithErrors", "applied, problems", "!", Tone.WARN, rank=10),
    Status("completed", "applied", "✓", Tone.GOOD, rank=60),
    Status("updateRequested", "being changed", "~", Tone.MOVING, moving=True, rank=21),
    Status("deleteRequested", "being deleted", "~", Tone.MOVING, moving=True, rank=22),
    Status("draft", "draft", "○", Tone.CALM, rank=50),
)

_JOB = _table(
    Status("created", "not started yet", "~", Tone.MOVING, moving=True, rank=25),
    Status("active", "running", "~", Tone.MOVING, moving=True, rank=20),
    Status("completedWithErrors", "done, some failed", "!", Tone.WARN, terminal=True, rank=10),
    Status("completed", "done", "✓", Tone.GOOD, terminal=True, rank=60),
    Status("unknown", "not known yet", "?", Tone.WARN, rank=40),
)

_SERVICE_APP = _table(
    Status("active", "in control", "✓", Tone.GOOD, rank=10),
    Status("pendingActive", "takes control", "~", Tone.MOVING, moving=True, rank=20),
    Status("pendingInactive", "in control, leaving", "~", Tone.MOVING, moving=True, rank=11),
    Status("inactive", "not in control", "○", Tone.CALM, rank=50),
)

_SERVICE = _table(
    Status("enabled", "on", "✓", Tone.GOOD),
    Status("disabled", "off", "✗", Tone.BAD),
    Status("protectionChangeLocked", "protection locked", "!", Tone.WARN),
    Status("restoreLocked", "restore locked", "✗", Tone.BAD),
)

_BULK = _table(
    Status("active", "running", "»", Tone.MOVING, moving=True, rank=10),
    Status("completedWithErrors", "some names not found", "!", Tone.WARN, terminal=True, rank=20),
    Status("completed", "completed", "✓", Tone.GOOD, terminal=True, rank=60),
    Status("unknown", "not known", "?", Tone.WARN, rank=40),
)

_BROWSE = _table(
    Status("creating", "being opened", "~", Tone.MOVING, moving=True, rank=20),
    Status("created", "open", "✓", Tone.GOOD, actions=(Action.BROWSE,), rank=60),
    Status("failed", "failed", "✗", Tone.BAD, terminal=True, rank=10),
)

_LOG_RESULT = _table(
    Status("failed", "failed", "✗", Tone.BAD, terminal=True, rank=10),
    Status("partiallySucceeded", "some failed", "!", Tone.WARN, terminal=True, rank=20),
    Status("succeeded", "done", "✓", Tone.GOOD, terminal=True, rank=60),
)


States = tuple[Status, ...]  # all that is known of one kind of status

SESSION_STATES: States = tuple(_SESSION.values())
ARTIFACT_STATES: States = tuple(_ARTIFACT.values())
POLICY_STATES: States = tuple(_POLICY.values())
UNIT_STATES: States = tuple(_UNIT.values())
SERVICE_APP_STATES: States = tuple(_SERVICE_APP.values())
LOG_RESULTS: States = tuple(_LOG_RESULT.values())

StatusOf = Callable[[str | None], Status]

session_status: StatusOf = partial(_of, _SESSION)  # meaning of a `restoreSessionStatus`
artifact_status: StatusOf = partial(_of, _ARTIFACT)
"""Meaning of an `artifactRestoreStatus`; the documented stray `unknown` counts as unknown."""
policy_status: StatusOf = partial(_of, _POLICY)  # meaning of a `protectionPolicyStatus`
unit_status: StatusOf = partial(_of, _UNIT)  # meaning of a `protectionUnitStatus`
rule_status: StatusOf = partial(_of, _RULE)  # meaning of a `protectionRuleStatus`
job_status: StatusOf = partial(_of, _JOB)  # meaning of a `protectionUnitsBulkJobStatus`
service_app_status: StatusOf = partial(_of, _SERVICE_APP)  # meaning of a `serviceAppStatus`
service_status: StatusOf = partial(_of, _SERVICE)  # meaning of a `backupServiceStatus`
bulk_status: StatusOf = partial(_of, _BULK)
"""Meaning of a `restoreArtifactsBulkRequestStatus`; `active` until its session is started and names are found."""
browse_status: StatusOf = partial(_of, _BROWSE)  # meaning of a `browseSessionStatus`
log_result: StatusOf = partial(_of, _LOG_RESULT)  # meaning of an `activityLogResultStatus`


def session_words() -> tuple[str, ...]:
    """Every word that a session's status can be filtered by, ours and the service's."""
    return tuple(sorted({word for row in _SESSION.values() for word in (row.word, row.value)}))
