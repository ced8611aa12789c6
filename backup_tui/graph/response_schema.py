"""The object in an answer, held against what was asked: a question's by its id, a change's by what it has to prove."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from backup_tui.errors import BackupTuiError, ProtocolError
from backup_tui.graph.answer_errors import lost_answer
from backup_tui.graph.json_body import READ_ONLY_CERTAINTY
from backup_tui.graph.paging import pages
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests.call import Call
from backup_tui.models.base import Entity, GraphModel
from backup_tui.models.pages import Page
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion

E = TypeVar("E", bound=Entity)
M = TypeVar("M", bound=GraphModel)


class Requester:
    """What the parts of reader and writer share: the way that requests take, and how their answers are read."""

    def __init__(self, path: RequestPipeline) -> None:
        self._path = path

    def _pages(self, call: Call, read: TaggedUnion[M], service: Service | None = None) -> AsyncIterator[Page[M]]:
        return pages(self._path.run, call, read, self._path.address, service)

    async def _one(self, call: Call, read: Callable[[object], E]) -> E:
        """The object that was asked for: what is reviewed must be what is changed afterwards."""
        entity = read(await self._path.run(call))
        if entity.id.casefold() != (call.target or "").casefold():
            raise about_another()
        return entity

    async def _made(self, call: Call, read: Callable[[object], E]) -> E:
        """The object that a change made; where none can be read, it may exist all the same."""
        return _made(call, await self._path.run(call), read)

    async def _changed(
        self, call: Call, read: Callable[[object], E], again: Callable[[str], Awaitable[E]], kind: type[E]
    ) -> E:
        """The object that a change is about: as it was answered, or read again after an empty answer, or with its id
        alone when that reading fails, for the change itself is certain."""
        answer, target = await self._path.run(call), call.target or ""
        if answer is None or answer == {}:
            try:
                return await again(target)
            except BackupTuiError:
                return kind.read({"id": target})
        entity = _made(call, answer, read)
        if entity.id.casefold() != target.casefold():
            raise lost_answer(call, code="answerOfAnother")
        return entity


def about_another() -> ProtocolError:
    """The error for the answer to a read that is about something else."""
    return ProtocolError(
        "The service's answer is about another object than the requested one.",
        certainty=READ_ONLY_CERTAINTY,
        hint="Check the network on the way to the service. Reading it again is safe.",
        code="answerOfAnother",
    )


def _made(call: Call, answer: object, read: Callable[[object], E]) -> E:
    try:
        entity = read(answer)
    except ProtocolError:
        entity = None
    if entity is None or not entity.id:
        raise lost_answer(call, code="answerWithoutId")
    return entity
