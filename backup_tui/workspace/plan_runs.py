"""Carries plans out in this process, beside the screens, for as long as the workspace is open."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from backup_tui.errors import BackupTuiError, WriteLockHeld

if TYPE_CHECKING:
    from backup_tui.changes.context import Context
    from backup_tui.sync.loader import Loader

_log = logging.getLogger(__name__)

Tell = Callable[[str], None]  # takes a sentence for a person


class PlanRuns:
    """The plans that this process carries out. `woken`: called whenever a runner has said or done something."""

    def __init__(self, woken: Callable[[], None]) -> None:
        self._woken = woken
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """The plans that are carried out here now."""
        return tuple(self._tasks)

    def start(self, context: "Context", loader: "Loader", name: str, tell: Tell) -> None:
        """Carries a plan out from now on; once more where a run that is about to end may not see what is asked now.
        `loader`: brings what is read into the store. `tell`: told in a sentence why it is not carried out here, or no
        longer."""
        if name in self._tasks:
            self._again.add(name)
        else:
            self._tasks[name] = asyncio.create_task(self._run(context, loader, name, tell), name=f"plan {name}")

    async def _run(self, context: "Context", loader: "Loader", name: str, tell: Tell) -> None:
        from backup_tui.changes.context import unheard
        from backup_tui.plans.runner import PlanRunner

        try:
            again = True
            while again:
                self._again.discard(name)
                runner = PlanRunner(context, name, loader=loader, on_status=lambda _status: self._woken())
                await runner.run(lock_wait=0.0, on_lock_wait=unheard)
                again = name in self._again
        except WriteLockHeld as error:
            tell(f"Plan {name} is not carried out from here: {error.message}")
        except BackupTuiError as error:
            tell(f"Plan {name} is no longer carried out from here. {error.sentences}")
        except Exception:
            # A mistake of ours must not end the screens that watch what runs.
            _log.exception("carrying out plan %s failed", name)
            tell(f"Internal error. Plan {name} is no longer carried out from here; what runs continues.")
        finally:
            self._again.discard(name)
            del self._tasks[name]
            self._woken()

    async def aclose(self) -> None:
        """Ends all of them; what runs in the service continues, and nothing more is started."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
