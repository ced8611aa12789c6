"""What the journal keeps of changes: intents with their answers."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.models.services import Service


class IntentKind(StrEnum):
    """What is asked of the service."""

    CREATE = "create"
    EDIT = "edit"
    BULK_ADD = "bulkAdd"
    BULK_DELETE = "bulkDelete"
    ACTIVATE = "activate"
    DELETE = "delete"
    POLICY_CREATE = "policyCreate"
    POLICY_EDIT = "policyEdit"
    POLICY_DELETE = "policyDelete"
    POLICY_ACTIVATE = "policyActivate"
    POLICY_DEACTIVATE = "policyDeactivate"
    UNIT_OFFBOARD = "unitOffboard"
    UNIT_CANCEL_OFFBOARD = "unitCancelOffboard"
    RULE_CREATE = "ruleCreate"
    RULE_EDIT = "ruleEdit"
    RULE_RUN = "ruleRun"
    RULE_DELETE = "ruleDelete"
    RULE_UNPROTECT = "ruleUnprotect"
    UNITS_BULK_ADD = "unitsBulkAdd"
    UNITS_EXCLUDE = "unitsExclude"
    NOTIFICATIONS_EDIT = "notificationsEdit"
    SERVICE_ENABLE = "serviceEnable"
    APP_REGISTER = "appRegister"
    APP_ACTIVATE = "appActivate"
    APP_DEACTIVATE = "appDeactivate"
    APP_REMOVE = "appRemove"
    BROWSE = "browse"


class IntentState(StrEnum):
    """What is known of the outcome."""

    OPEN = "open"
    DONE = "done"
    REJECTED = "rejected"
    NOT_SENT = "notSent"
    UNKNOWN = "unknown"
    RESOLVED_DONE = "resolvedDone"
    RESOLVED_NOT_DONE = "resolvedNotDone"

    @property
    def is_settled(self) -> bool:
        return self not in (IntentState.OPEN, IntentState.UNKNOWN)

    @property
    def word(self) -> str:
        return {
            IntentState.OPEN: "not answered",
            IntentState.NOT_SENT: "not sent",
            IntentState.RESOLVED_DONE: "done",
            IntentState.RESOLVED_NOT_DONE: "not done",
        }.get(self, self.value)

    @property
    def was_done(self) -> bool:
        return self in (IntentState.DONE, IntentState.RESOLVED_DONE)


class NewIntent(Struct, frozen=True):
    """A change that is about to be asked of the service."""

    kind: IntentKind
    service: Service | None
    target: str | None  # id of the session or policy that is changed; `None` for a session that is to be made
    summary: str
    body: str  # The JSON that is sent. Never holds a token.
    fingerprint: str  # what a session that it makes can be recognised by (`backup_tui.journal.fingerprint`)
    user: str
    who: str  # object id of who asked, as `createdBy` would carry it; empty when the sign-in does not tell
    at: datetime  # when it was written down (UTC, the service's clock as well as it was known)
    # The service's time before the request left (UTC): an object that the request made cannot be older. `None` when the
    # service had not been heard yet.
    server_date_before: datetime | None
    parent_intent: int | None = None
    plan_id: str | None = None


class Answer(Struct, frozen=True):
    """One line of what became known of an intent at a time (UTC); lines are only ever added. `status`: HTTP status,
    `None` where no answer came. `code`: the service's or ours."""

    state: IntentState
    at: datetime
    session_id: str | None = None
    status: int | None = None
    code: str = ""
    request_id: str | None = None
    client_request_id: str | None = None
    note: str = ""


class Intent(NewIntent, frozen=True, kw_only=True):
    """One change that was asked of the service, with the latest that is known of its outcome. `id`: never used twice in
    one journal. `state`: `OPEN` means that it is about to be sent or was sent, and no answer is written down.
    `process`: who wrote it: `pid 4711 on jump01`."""

    id: int
    state: IntentState
    session_id: str | None
    answered_at: datetime | None
    status: int | None
    code: str
    request_id: str | None
    client_request_id: str | None
    note: str
    process: str = ""
