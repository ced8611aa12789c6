"""What a command asked for, so that the same command is recognized when it is run again after being killed.

The points of `--before "2h ago"` differ with every run, so a draft is recognized by what was asked for, not by what was
found. The journal entry has it before the request is sent.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context
from backup_tui.errors import JournalError, UsageError
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.record import DraftRecord

RECENT = timedelta(hours=1)  # a draft that was asked for within this time may be the one that is asked for again

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,63}")
_LOG = logging.getLogger(__name__)


class Asked(Struct, frozen=True):
    """What is asked for."""

    digest: str  # of everything that was asked; equal for equal commands
    key: str = ""  # a name that a script gave to this one thing; empty without one

    @staticmethod
    def of(parts: Iterable[object], key: str | None = None) -> "Asked":
        """What is asked for with these words. `parts`: everything that makes it another thing when it differs, as JSON
        can hold it. `key`: what `--key` gave. Raises `UsageError`: the key cannot be one."""
        if key is not None and not _KEY.fullmatch(key):
            raise UsageError.unsent(
                f"{key[:80]!r} isn't a valid key.",
                "--key",
                key,
                "Use 1 to 64 letters, digits and . _ : @ / - such as --key incident-4711.",
            )
        text = json.dumps(list(parts), sort_keys=True, ensure_ascii=False)
        return Asked(hashlib.sha256(text.encode()).hexdigest()[:32], key or "")

    @property
    def plan(self) -> str:
        """What the journal's entries carry."""
        return f"key:{self.key}" if self.key else f"asked:{self.digest}"


class KeptPlan(Struct, frozen=True):
    """What a run was going to make, kept before its first request."""

    digest: str  # of what was asked
    record: DraftRecord  # all units of the draft, also those that later requests were to add
    finished: bool = False  # the draft held all of them once; what is different now was changed on purpose


async def earlier_run(tools: Context, asked: Asked) -> Intent | None:
    """The create of an earlier run of the same thing, if this run must continue from there.

    With a key that is every create that was made or may have been made; without one only a create whose outcome is not
    known, since two equal drafts can be what is wanted. Raises `UsageError`: the key belongs to something else;
    `JournalError`: the journal cannot be read."""
    sent = [
        intent
        for intent in await tools.journal.of_plan(asked.plan)
        if intent.kind is IntentKind.CREATE and (intent.state.was_done or not intent.state.is_settled)
    ]
    if not sent:
        return None
    newest = sent[0]
    kept = await kept_plan(tools.journal, asked)
    if kept is None:
        return None
    if kept.digest != asked.digest:
        made = f"draft {short_id(newest.session_id)}, " if newest.session_id else ""
        raise UsageError.unsent(
            f'The key "{asked.key}" belongs to a different request: {made}entry {newest.id} of the journal.',
            "--key",
            asked.key,
            f"Use another --key, or see what it created: backup-tui journal show {newest.id}",
        )
    if asked.key or not newest.state.is_settled:
        return newest
    return None


async def recent_create(tools: Context, asked: Asked, fingerprint: str) -> Intent | None:
    """The create of an equal draft within the last hour, unless that draft was deleted from here. `fingerprint`: of the
    first request of the draft that would be made now. Raises `JournalError`: the journal cannot be read."""
    since = tools.clock.now() - RECENT
    entries = await tools.journal.intents()
    deleted = {one.target for one in entries if one.kind is IntentKind.DELETE and one.state.was_done}
    for intent in entries:
        if intent.at < since:
            break
        equal = intent.plan_id == asked.plan or intent.fingerprint == fingerprint
        made = intent.kind is IntentKind.CREATE and intent.state.was_done and intent.session_id not in deleted
        if made and equal:
            return intent
    return None


async def keep_plan(journal: Journal, asked: Asked, record: DraftRecord) -> None:
    """Keeps what is going to be made, before the first request leaves. Raises `JournalError`: it could not be kept:
    with a key, nothing may be sent then."""
    await journal.keep(_place(asked), _text(KeptPlan(asked.digest, record)))


async def plan_finished(journal: Journal, asked: Asked) -> None:
    """The draft holds everything: a key keeps that, without one the plan is no longer needed."""
    try:
        if not asked.key:
            await journal.drop(_place(asked))
        elif (kept := await kept_plan(journal, asked)) is not None:
            await journal.keep(_place(asked), _text(replace(kept, finished=True)))
    except JournalError as error:
        _LOG.warning("the end of a plan could not be recorded: %s", error.message)


async def kept_plan(journal: Journal, asked: Asked) -> KeptPlan | None:
    """What an earlier run was going to make; `None` when nothing is kept, or in a form that is unknown. Raises
    `JournalError`: the journal cannot be read."""
    text = await journal.kept(_place(asked))
    try:
        raw = json.loads(text or "{}")
        record = DraftRecord.from_json(raw["record"])
        return None if record is None else KeptPlan(str(raw["digest"]), record, bool(raw["finished"]))
    except (ValueError, KeyError, TypeError):
        return None


def _place(asked: Asked) -> str:
    return f"plan:{asked.plan}"


def _text(kept: KeptPlan) -> str:
    return json.dumps({"digest": kept.digest, "record": kept.record.to_json(), "finished": kept.finished})
