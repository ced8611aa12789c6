"""Every request that a report can name: changes from the journal, reads from the call log of this process."""

from collections.abc import Iterable, Sequence
from typing import Final

from backup_tui.evidence.facts import AnswerFacts, CallFacts, EntryFacts
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Intent
from backup_tui.models.calls import CallRecord
from backup_tui.models.text import safe, safe_lines

_ALL: Final = 10_000_000  # entries of a journal: all of them


async def entries_of(journal: Journal, sessions: Sequence[str], plan: str = "") -> list[Intent]:
    """The entries about sessions, and those of a plan, oldest first. Raises `JournalError`: it cannot be read."""
    wanted, keys = set(sessions), f"key:plan/{plan}/"
    return [
        intent
        for intent in reversed(await journal.intents(_ALL))
        if intent.target in wanted
        or intent.session_id in wanted
        or (plan and intent.plan_id is not None and intent.plan_id.startswith(keys))
    ]


async def entries_with_answers(journal: Journal, intents: Iterable[Intent]) -> tuple[EntryFacts, ...]:
    """The entries with every line that was added to them. Raises `JournalError`: they cannot be read."""
    entries = []
    for intent in intents:
        answers = [
            AnswerFacts(
                answer.at,
                answer.state.value,
                answer.session_id,
                answer.status,
                safe(answer.code),
                answer.request_id,
                answer.client_request_id,
                safe_lines(answer.note),
            )
            for answer in await journal.answers(intent.id)
        ]
        entries.append(
            EntryFacts(
                intent.id,
                intent.at,
                intent.kind.value,
                intent.state.value,
                safe_lines(intent.summary),
                safe(intent.user),
                safe(intent.who),
                intent.service,
                intent.target,
                intent.session_id,
                safe(intent.plan_id) if intent.plan_id else None,
                intent.process,
                intent.body,
                tuple(answers),
            )
        )
    return tuple(entries)


def calls_of(intents: Sequence[Intent], calls: Iterable[CallRecord], sessions: Sequence[str]) -> tuple[CallFacts, ...]:
    """The requests about sessions, oldest first; one that the journal and the call log both know is in it once."""
    by_id = {intent.client_request_id: intent for intent in intents if intent.client_request_id}
    found: list[CallFacts] = []
    logged: set[str] = set()
    for call in calls:
        intent = by_id.get(call.id)
        if intent is None and not any(session_id in call.path for session_id in sessions):
            continue
        logged.add(call.id)
        found.append(
            CallFacts(
                call.started,
                safe(call.what),
                call.outcome.value.replace("_", " "),
                f"journal entry {intent.id} and call log" if intent else "call log",
                call.method,
                safe(call.path),
                call.status,
                safe(call.code),
                call.request_id,
                call.id,
            )
        )
    found += [
        CallFacts(
            intent.at,
            safe(intent.summary),
            intent.state.word,
            f"journal entry {intent.id}",
            status=intent.status,
            code=safe(intent.code),
            request_id=intent.request_id,
            client_request_id=intent.client_request_id,
        )
        for intent in intents
        if intent.client_request_id not in logged
    ]
    return tuple(sorted(found, key=lambda one: one.at))
