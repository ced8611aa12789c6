"""What a demo finds on this machine when it begins: the names behind its points, then the story of its scene."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

from backup_tui.store.changes import Change
from backup_tui.store.freshness import SESSIONS
from backup_tui.workspace.demo import points_of

if TYPE_CHECKING:
    from backup_tui.workspace.demo import DemoSession
    from backup_tui.workspace.demo_process import DemoProcess
    from backup_tui.workspace.workspace import Workspace


async def keep_story(workspace: "Workspace", past: "Sequence[DemoSession]") -> None:
    """Writes what this machine would have kept of a demo's past, all of it. `past`: the sessions of the demo, oldest
    first. Raises `JournalError`: it could not be kept."""
    from backup_tui.journal.journal import Journal
    from backup_tui.workspace.demo_story import Story

    journal, who = workspace.rooms.journal, workspace.who
    await journal.remember_points(points_of(past))
    # Beside the journal that this workspace follows: nothing of the story was sent from here today.
    async with Journal(journal.path, who.tenant_id or who.tenant, workspace.address.without_version) as beside:
        story = Story(beside, who, past)
        await story.write_plan(workspace.settings.scene)
        workspace.plans.wake()
        await story.write_rest()
    await workspace.rooms.history.recall()


@asynccontextmanager
async def telling_story(workspace: "Workspace", demo: "DemoProcess") -> AsyncIterator[None]:
    """The same for a demo whose service is in a process of its own: names at once, the rest once the first rows are
    there, so that nobody waits for it."""
    try:
        past = await demo.past()
    except ConnectionError:  # every read says that it is gone
        yield
        return
    await workspace.rooms.journal.remember_points(points_of(past))
    telling = asyncio.create_task(_tell(workspace, past), name="story of the demo")
    try:
        yield
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling


async def _tell(workspace: "Workspace", past: "Sequence[DemoSession]") -> None:
    store, first_rows = workspace.store, asyncio.Event()

    def seen(_change: Change) -> None:
        if store.freshness(SESSIONS).complete:
            first_rows.set()

    end = store.subscribe(seen)
    try:
        await first_rows.wait()
    finally:
        end()
    await asyncio.to_thread(import_module, "backup_tui.workspace.demo_story")
    await keep_story(workspace, past)
