"""The file of a plan that a person works on: what is answered on the screens is written into it, comments kept."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import BackupTuiError
from backup_tui.plans.document import PlanDocument, read_plan, save_plan
from backup_tui.plans.plan import Plan


class Start(Protocol):
    """Runs work beside the screens and reports its failure (`Program.start`)."""

    def __call__(self, work: Awaitable[object], name: str, group: str = "work", exclusive: bool = False) -> None: ...


class PlanFile:
    """A plan file, and the plan as it is now.

    Of several answers in a row only the last is written. A file that somebody else changed meanwhile is read again, and
    the answers are put into what it says then. `limits`: what a plan may ask for at most. `say`: puts one sentence on
    the message line."""

    def __init__(self, path: Path, limits: ServiceLimits, start: Start, say: Callable[[str], None]) -> None:
        self.path = path
        self._limits = limits
        self._start = start
        self._say = say
        self.document: PlanDocument | None = None  # the file as it was read or written last; `None` before it was read
        self._unwritten: Plan | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def read(self) -> PlanDocument:
        """Reads the file once all answers are in it. Raises `UsageError`: it cannot be read, or is not a plan;
        `LocalError`: answers could not be written into it; they are kept, and the next call tries again."""
        await self._idle.wait()
        await self._put_in()
        self.document = await asyncio.to_thread(read_plan, self.path, self._limits)
        return self.document

    def keep(self, plan: Plan) -> None:
        """Writes the answers that a plan holds into the file, soon."""
        self._unwritten = plan
        if self._idle.is_set():
            self._idle.clear()
            self._start(self._write(), "save the plan")

    async def _write(self) -> None:
        try:
            await self._put_in()
        except BackupTuiError as error:
            self._say(error.sentences)
        finally:
            self._idle.set()

    async def _put_in(self) -> None:
        while (plan := self._unwritten) is not None and self.document is not None:
            self.document = await asyncio.to_thread(_written, self.document, plan)
            if self._unwritten is plan:
                self._unwritten = None


def _written(document: PlanDocument, plan: Plan) -> PlanDocument:
    fresh = read_plan(document.path, document.limits)
    if fresh.digest != document.digest:
        answers = replace(fresh.plan.scope, left_out=plan.scope.left_out, chosen=plan.scope.chosen)
        document, plan = fresh, replace(fresh.plan, scope=answers)
    changed = document.with_plan(plan)
    if changed is not document:
        save_plan(changed.path, changed.text, replace=True)
    return changed
