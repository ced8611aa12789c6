"""The object in an answer, held against what was asked: a question's by its id, a change's by what it has to prove."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from backup_tui.errors import BackupTuiError, ProtocolError
from backup_tui.graph.answer_errors import lost_answer
from backup_tui.graph.json_body import READ_ONLY_CERTAINTY
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import Call
from backup_tui.models.base import Entity

E = TypeVar("E", bound=Entity)


def asked_for(entity: E, asked: str) -> E:
    """The object, if it is the one that was asked for: what is reviewed must be what is changed afterwards. Raises
    `ProtocolError`: it is another one."""
    if entity.id.casefold() != asked.casefold():
        raise ProtocolError(
            "The service's answer is about another object than was asked for.",
            certainty=READ_ONLY_CERTAINTY,
            hint="Look at what is between here and the service; reading it again is safe.",
            code="answerOfAnother",
        )
    return entity


def made(call: Call, answer: object, read: Callable[[object], E]) -> E:
    """The object in the answer of a change. Raises `OutcomeUnknown`: none can be read; it may exist all the same."""
    try:
        entity = read(answer)
    except ProtocolError:
        entity = None
    if entity is None or not entity.id:
        raise lost_answer(call, code="answerWithoutId")
    return entity


async def changed(
    path: RequestPipeline,
    call: Call,
    target: str,
    read: Callable[[object], E],
    again: Callable[[str], Awaitable[E]],
    kind: type[E],
) -> E:
    """Sends a change, and gives the changed object. Raises `OutcomeUnknown`: the answer is about another object, or
    holds none that can be read."""
    answer = await path.run(call)
    if answer is None or answer == {}:
        try:
            return await again(target)
        except BackupTuiError:
            # The change is done; that it could not be looked at is told by the next reading.
            return kind.read({"id": target})
    entity = made(call, answer, read)
    if entity.id.casefold() != target.casefold():
        raise lost_answer(call, code="answerOfAnother")
    return entity
