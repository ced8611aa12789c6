"""The requests that a change of a policy's units is made of, one part after another, and what became of each unit.

https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-update and its siblings: single units can be refused
inside an answer of 200, so the policy's own list has the last word wherever anything was refused or lost."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct

from backup_tui.changes.change import Change, Request, send_change
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import BackupTuiError, OutcomeUnknown
from backup_tui.graph.requests.protection import MAX_UNITS, update_policy_body
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.policies import PolicyAnswer
from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.editing_effects import POLICY_EDIT, is_leaving, units_in
from backup_tui.store.updates import UnitRead


class Member(Struct, frozen=True):
    """A unit that is to join a policy or to leave it."""

    name: str  # what it is called here
    object_id: str  # what it is added by: the object id, or the id of the site
    unit_id: str = ""  # its own id, by which it is removed; empty for one that the service does not know as a unit yet

    @property
    def key(self) -> str:
        """What tells it from all others, in small letters."""
        return (self.object_id or self.unit_id).casefold()


class Fate(StrEnum):
    """What became of a unit; the value is a word for lists."""

    DONE = "done"
    ALREADY = "already so"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"


class MemberFate(Struct, frozen=True):
    """One unit and what became of it. `joins`: it was to be added. `why`: the service's own words where it refused."""

    member: Member
    joins: bool
    fate: Fate
    why: str = ""


class EditResult(Struct, frozen=True):
    """What a change of a policy came to; every unit that was asked for is in it once."""

    policy_id: str  # of the policy
    label: str  # its name
    service: Service  # whose units they are
    fates: tuple[MemberFate, ...]  # each unit
    parts: int = 0  # requests that were answered
    error: BackupTuiError | None = None  # what ended it early; `None` when all parts were sent and answered

    def count(self, fate: Fate, *, joins: bool | None = None) -> int:
        """How many units this became of; of those added or removed only, where `joins` says so."""
        return sum(one.fate is fate and joins in (None, one.joins) for one in self.fates)

    @property
    def complete(self) -> bool:
        """Whether everything is as it was asked for."""
        return self.error is None and all(one.fate in (Fate.DONE, Fate.ALREADY) for one in self.fates)

    @property
    def not_done(self) -> tuple[MemberFate, ...]:
        """The units that are not, or not certainly, as they were asked to be."""
        return tuple(one for one in self.fates if one.fate not in (Fate.DONE, Fate.ALREADY))

    @property
    def sentence(self) -> str:
        """`OneDrive all: 288 added, 12 removed, 3 already so, 2 refused.`; the parts add up."""
        told = [
            (self.count(Fate.DONE, joins=True), "added"),
            (self.count(Fate.DONE, joins=False), "removed"),
            (self.count(Fate.ALREADY), "already so"),
            (self.count(Fate.REFUSED), "refused"),
            (self.count(Fate.NOT_SENT), "not sent"),
            (self.count(Fate.UNKNOWN), "of unknown outcome"),
        ]
        words = ", ".join(f"{count:,} {word}" for count, word in told if count)
        return f"{self.label}: {words or 'nothing to change'}."


class Part(Struct, frozen=True):
    """One request: at most 50 units."""

    add: tuple[Member, ...] = ()
    remove: tuple[Member, ...] = ()


def parts_of(add: Sequence[Member], remove: Sequence[Member], size: int = MAX_UNITS) -> list[Part]:
    """The parts of a change; who leaves is sent first, so that the dangerous part is known first."""
    leaving = [Part(remove=tuple(remove[start : start + size])) for start in range(0, len(remove), size)]
    return leaving + [Part(add=tuple(add[start : start + size])) for start in range(0, len(add), size)]


class EditPart(Change[None, PolicyAnswer, PolicyAnswer | None]):
    """One request of a change of a policy's units. It comes to the service's answer; `None` when that was lost and the
    policy was seen to hold the change."""

    kind = IntentKind.POLICY_EDIT
    effect = POLICY_EDIT
    purpose = "changing a policy"

    def __init__(self, policy_id: str, label: str, service: Service, part: Part, place: str) -> None:
        self.policy_id, self.label, self.service, self.part, self.place = policy_id, label, service, part, place

    @property
    def target(self) -> str:
        return self.policy_id

    def writer(self, context: Context) -> Writer:
        return context.may_protect()

    def check_agreed(self, reviewed: None, typed: str) -> None:
        """The change that it is a part of was agreed to."""

    async def settle_earlier(self, context: Context, on_look: OnLook) -> PolicyAnswer | None:
        return None

    async def last_look(self, context: Context, reviewed: None) -> PolicyAnswer | None:
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[PolicyAnswer]:
        part = self.part
        body = update_policy_body(
            self.service,
            add=[member.object_id for member in part.add],
            remove=[member.unit_id for member in part.remove],
        )
        words = [f"ADD {self.service.counted(len(part.add))} to"] if part.add else []
        words += [f"REMOVE {self.service.counted(len(part.remove))} from"] if part.remove else []
        return Request(
            lambda: writer.update_policy(self.service, self.policy_id, body),
            f'{", ".join(words)} policy "{self.label}"{self.place}',
            self.service,
            body,
        )

    async def answered(self, context: Context, reviewed: None, answer: PolicyAnswer) -> PolicyAnswer:
        for unit in answer.added:
            context.store.apply(UnitRead(self.service, unit, context.clock.monotonic(), changed=True))
        return answer

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> PolicyAnswer | None:
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is Verdict.DONE:
            return None
        if not finding.verdict.is_settled:
            raise OutcomeUnknown(
                f"No answer came for: {intent.summary}. It may have happened. {finding.words}",
                certainty="It is not sent again.",
                hint=f"Look at the policy later, then run it again; it is entry {intent.id} of the journal.",
                intent_id=intent.id,
            ) from error
        raise BackupTuiError(
            f"No answer came for: {intent.summary}. {finding.words}",
            certainty="It was not sent again.",
            hint="Run it again: only what is missing is sent.",
            code="NotDone",
        ) from error


async def send_all(
    context: Context,
    policy: tuple[str, str, Service],
    parts: Sequence[Part],
    writer: Writer,
    on_look: OnLook,
    on_part: Callable[[int, int], None] = lambda _done, _of: None,
) -> tuple[dict[str, MemberFate], int, BackupTuiError | None]:
    """Sends the parts in their order, and stops at the first that does not go through. Returns what became of each unit
    by its key, how many parts were answered, and what ended it early.

    Args:
        context: What to work with; the right to write is held.
        policy: Id, name and service of the policy.
        on_look: Told after each look at the service while an answer is missing.
        on_part: Told after each part how many of them were answered.
    """
    policy_id, label, service = policy
    fates: dict[str, MemberFate] = {}
    error: BackupTuiError | None = None
    unclear = False
    done = 0
    for number, part in enumerate(parts, 1):
        place = f", part {number} of {len(parts)}" if len(parts) > 1 else ""
        try:
            edit = EditPart(policy_id, label, service, part, place)
            answer = await send_change(context, edit, None, writer, on_look)
        except BackupTuiError as failure:
            error = failure
            unclear = unclear or failure.code == "NotDone"
            fates |= _all(part, Fate.UNKNOWN if isinstance(failure, OutcomeUnknown) else Fate.NOT_SENT)
            break
        done += 1
        fates |= _all(part, Fate.DONE) if answer is None else _as_answered(part, answer)
        unclear = unclear or (answer is not None and bool(answer.unread))
        on_part(done, len(parts))
    for part in parts[done + (error is not None) :]:
        fates |= _all(part, Fate.NOT_SENT)
    if unclear:
        fates = await _as_listed(context, policy_id, service, fates)
    return fates, done, error


def _all(part: Part, fate: Fate) -> dict[str, MemberFate]:
    return {
        member.key: MemberFate(member, joins, fate)
        for members, joins in ((part.add, True), (part.remove, False))
        for member in members
    }


def _as_answered(part: Part, answer: PolicyAnswer) -> dict[str, MemberFate]:
    refused = {one.id.casefold(): ": ".join(filter(None, (one.code, one.message))) for one in answer.refused}
    return {
        member.key: MemberFate(member, joins, Fate.DONE if why is None else Fate.REFUSED, why or "")
        for members, joins in ((part.add, True), (part.remove, False))
        for member in members
        for why in (refused.get((member.object_id if joins else member.unit_id).casefold()),)
    }


async def _as_listed(
    context: Context, policy_id: str, service: Service, fates: dict[str, MemberFate]
) -> dict[str, MemberFate]:
    """The units as the policy's own list has them; as they are where it cannot be read."""
    try:
        units = await units_in(context, service, policy_id)
    except BackupTuiError:
        return fates
    here = owners_in(units)
    listed: dict[str, MemberFate] = {}
    for key, one in fates.items():
        is_here = key in here
        if one.joins is is_here and one.fate is not Fate.REFUSED:
            listed[key] = MemberFate(one.member, one.joins, Fate.DONE)
        else:
            listed[key] = one
    return listed


def owners_in(units: Sequence[ProtectionUnit]) -> dict[str, ProtectionUnit]:
    """The units that are in a policy and not on their way out of it, by object id or site id in small letters."""
    return {(unit.object_id or unit.id).casefold(): unit for unit in units if not is_leaving(unit)}
