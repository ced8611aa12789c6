"""What became of a change whose answer was lost: looked up at the service, never sent again from here.

One look proves that something was done; that nothing was done takes several, spaced looks, because an answer can be
lost long before the service has finished. How the effect of a kind of change is recognised is its `Effect`; everything
else is the same for all of them and is written once, here.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec.structs import replace

from backup_tui.changes.context import Context, unheard
from backup_tui.changes.findings import Finding, Look, OnLook, Verdict
from backup_tui.errors import BackupTuiError, JournalError, OutcomeUnknown, UsageError, WriteLockHeld
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.text import short_id
from backup_tui.store.store import Store

LOOKS_AT = (2.0, 5.0, 15.0, 40.0)
"""Seconds after the loss at which the service is looked at, where the kind of change does not say otherwise."""

SECOND_CHANCES = 3  # so many looks that found the service silent are made again, before the outcome stays unknown

SECOND_CHANCE_AFTER = 30.0  # seconds before a look is made again

LOOK_AGAIN_AFTER = 60.0  # seconds between two looks that `settle_seen` makes at the same change

_PURPOSE = "checking a change of unknown outcome"
_LOG = logging.getLogger(__name__)


class Effect(ABC):
    """How it is recognised what became of one or more kinds of change."""

    kinds: ClassVar[frozenset[IntentKind]]  # which entries of the journal it is about
    # seconds after the loss at which the service is looked at; `None` for `LOOKS_AT`
    looks_at: ClassVar[tuple[float, ...] | None] = None
    # a person who cannot reach the service is asked to keep the id of what was changed
    names_target: ClassVar[bool] = False

    @abstractmethod
    async def look(self, context: Context, intent: Intent) -> Finding:
        """What one look at the service says; puts what was read into the store, writes nothing down. Raises
        `BackupTuiError`: the service could not be read."""

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        """What other reads prove; `None` if they prove nothing."""
        return None

    async def worth_a_look(self, context: Context, intent: Intent) -> bool:
        """Whether a look is worth its reads where `shown` says nothing."""
        return True

    async def written(self, context: Context, finding: Finding) -> None:
        """Called once a finding is in the journal."""
        return

    def look_times(self) -> tuple[float, ...]:
        """Seconds after the loss at which the service is looked at."""
        return LOOKS_AT if self.looks_at is None else self.looks_at

    def last_look(self, intent: Intent) -> datetime:
        """When the last spaced look is over: from then on a single look can prove that nothing was done."""
        return (intent.answered_at or intent.at) + timedelta(seconds=self.look_times()[-1])


async def resolve_lost_answer(context: Context, effect: Effect, intent: Intent, on_look: OnLook = unheard) -> Finding:
    """Looks until it is known what became of `intent`, or the looks are used up.

    Nothing is sent but reads. What is found is written to the journal. `intent`: an intent of the effect's kinds,
    `OPEN` from a process that is gone or `UNKNOWN`."""
    pauses = _pauses(effect, intent, context.clock.now())
    intent = await context.journal.intent(intent.id) or intent
    if intent.state.is_settled:
        verdict = Verdict.DONE if intent.state.was_done else Verdict.NOT_DONE
        return Finding(intent, verdict, intent.note or "This is already settled.")
    if await context.journal.is_under_way(intent):
        # Its request may leave only later, so what is seen before its own answer came proves nothing.
        words = f"It is still in progress ({intent.process}); its answer decides."
        return Finding(intent, Verdict.STILL_UNKNOWN, words)
    seen: Finding | None = None
    number = silent = 0
    while pauses:
        await context.sleep(pauses.pop(0))
        number += 1
        try:
            seen = await effect.look(context, intent)
            words = seen.words
        except BackupTuiError as error:
            seen = None
            words = f"Not read: {error.message}"
            if silent < SECOND_CHANCES and not pauses:
                silent += 1
                pauses.append(SECOND_CHANCE_AFTER)
        on_look(Look(number, number + len(pauses), context.clock.now(), words))
        if seen is not None and seen.verdict in (Verdict.DONE, Verdict.ASK):
            break
    if seen is None:
        target = short_id(intent.target or intent.session_id or "") if effect.names_target else ""
        keep = f" Keep the id {target}." if target else ""
        return Finding(intent, Verdict.STILL_UNKNOWN, f"Still unknown: the service is unreachable.{keep}")
    return await settle(context, effect, seen)


def _pauses(effect: Effect, intent: Intent, now: datetime) -> list[float]:
    """Seconds to wait before each look; looks whose time has passed become one look at once."""
    times = effect.look_times()
    age = max(0.0, (now - (intent.answered_at or intent.at)).total_seconds())
    ahead = [moment - age for moment in times if moment > age]
    if len(ahead) < len(times):
        ahead.insert(0, 0.0)
    return [moment - before for moment, before in zip(ahead, [0.0, *ahead], strict=False)]


async def settle(context: Context, effect: Effect, finding: Finding) -> Finding:
    """Writes down what was found, where it is settled by that. Returns the finding with the journal's entry as it is
    afterwards."""
    if not finding.verdict.is_settled:
        return finding
    state = IntentState.RESOLVED_DONE if finding.verdict is Verdict.DONE else IntentState.RESOLVED_NOT_DONE
    made = finding.session.id if finding.session and finding.intent.kind is IntentKind.CREATE else None
    try:
        intent = await context.journal.resolve(
            finding.intent.id, state, session_id=made, note=finding.words, at=context.clock.now()
        )
    except UsageError:
        # Somebody else, another instance or a person, settled it while it was looked into.
        return replace(finding, intent=await context.journal.intent(finding.intent.id) or finding.intent)
    except JournalError as error:
        # What was seen is reported all the same; the entry stays open and is looked into again at the next start.
        _LOG.warning("the outcome of entry %d could not be recorded: %s", finding.intent.id, error.message)
        return finding
    settled = replace(finding, intent=intent)
    await effect.written(context, settled)
    return settled


async def intent_of(context: Context, error: OutcomeUnknown) -> Intent | None:
    """The journal's entry of a change whose answer was lost; `None` when it cannot be read now."""
    if error.intent_id is None:
        return None
    try:
        return await context.journal.intent(error.intent_id)
    except JournalError as unread:
        _LOG.warning("entry %d cannot be read: %s", error.intent_id, unread.message)
        return None


class LostAnswers:
    """Looks into every change of unknown outcome, whatever its kind; one object per workspace. `effects`: how the
    effect of each kind of change is recognised."""

    def __init__(self, context: Context, effects: Iterable[Effect]) -> None:
        self._context = context
        self._effects = {kind: effect for effect in effects for kind in effect.kinds}
        self._looked: dict[int, float] = {}

    async def resolve(self, intent: Intent | int, on_look: OnLook = unheard) -> Finding:
        """Looks until it is known what became of a change; see `resolve_lost_answer`.

        Args:
            intent: The journal's entry, or its number.

        Raises:
            UsageError: The journal has no such entry.
            JournalError: It cannot be read.
        """
        known = await self._context.journal.intent(intent) if isinstance(intent, int) else intent
        if known is None:
            raise UsageError.no_entry(intent)
        return await resolve_lost_answer(self._context, self._effects[known.kind], known, on_look)

    async def resolve_open(self, on_look: OnLook = unheard) -> tuple[Finding, ...]:
        """Looks into everything whose outcome the journal does not know; done at every start.

        While another instance holds the right to write, its change may just be under way: then nothing is judged.
        Raises `JournalError`: the journal cannot be read."""
        try:
            async with self._context.hold_lock(_PURPOSE, wait=0.0):
                intents = await self._context.changes.left_unknown(self._effects)
        except WriteLockHeld:
            return ()
        # Looking changes nothing at the service, so other writes may proceed meanwhile.
        return tuple([await self.resolve(intent, on_look) for intent in intents])

    async def settle_seen(self) -> tuple[Finding, ...]:
        """Settles what other reads prove by now.

        Most lost answers become known so: a list of sessions shows that the restore runs. That nothing was done takes a
        look of its own, and only when the spaced looks would be over. Returns what became known by this call. Raises
        `JournalError`: the journal cannot be read."""
        known: list[Finding] = []
        for intent in await self._context.journal.open_intents():
            effect = self._effects[intent.kind]
            seen = await self._proved(effect, intent)
            if seen is not None and seen.verdict.is_settled:
                after = await settle(self._context, effect, seen)
                # Settled meanwhile by somebody else, or not writable: then it is not ours to report.
                if after.intent.state.is_settled and after.intent.note == seen.words:
                    known.append(after)
        return tuple(known)

    async def _proved(self, effect: Effect, intent: Intent) -> Finding | None:
        """What is known of it; a row that was read before the request left can hide a change, never invent one."""
        shown = effect.shown(self._context.store, intent)
        if shown is not None and shown.verdict is Verdict.DONE:
            return shown
        if shown is None and not await effect.worth_a_look(self._context, intent):
            return None
        now = self._context.clock.monotonic()
        if self._context.clock.now() < effect.last_look(intent) or now < self._looked.get(intent.id, now):
            return None
        self._looked[intent.id] = now + LOOK_AGAIN_AFTER
        try:
            # Nothing that another instance may just be sending is judged as not done.
            async with self._context.hold_lock(_PURPOSE, wait=0.0):
                return await effect.look(self._context, intent)
        except BackupTuiError:
            return None
