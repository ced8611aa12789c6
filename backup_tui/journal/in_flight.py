"""Which changes this process is sending at the moment, and which were left open by somebody who is gone."""

from __future__ import annotations

import sqlite3

from backup_tui.journal import rows
from backup_tui.journal.processes import ProcessMark, this_process
from backup_tui.journal.records import Answer, Intent, IntentState


class InFlight:
    """The intents of this process that have no answer yet. Used in the journal's thread only."""

    def __init__(self) -> None:
        self._process = this_process()
        self._ids: set[int] = set()

    def begin(self, connection: sqlite3.Connection, key: rows.Key, new: rows.NewIntent) -> Intent:
        """Writes down an intent that is about to be sent. Raises `StillOpen`: a create of the same contents has no
        known outcome; `sqlite3.Error`: it cannot be written."""
        intent = rows.insert_intent(connection, key, new, self._process)
        self._ids.add(intent.id)
        return intent

    def answer(
        self,
        connection: sqlite3.Connection,
        key: rows.Key,
        intent_id: int,
        answer: Answer,
        may_follow: frozenset[IntentState],
    ) -> Intent:
        """Writes down what became of an intent, if its state is one of `may_follow`. Raises `Settled`: its state is
        another one; `LookupError`: there is none of this number; `sqlite3.Error`: it cannot be written; from then on
        somebody must look into it."""
        self._ids.discard(intent_id)
        return rows.insert_answer(connection, key, intent_id, answer, may_follow)

    def left_open(self, connection: sqlite3.Connection, key: rows.Key) -> tuple[Intent, ...]:
        """Intents that nobody is sending any more and whose outcome is not known, oldest first."""

        def is_left(intent: Intent, writer: ProcessMark) -> bool:
            if intent.state is IntentState.UNKNOWN:
                return True
            return intent.id not in self._ids if writer == self._process else not writer.may_live()

        return tuple(intent for intent, writer in rows.unsettled(connection, key) if is_left(intent, writer))
