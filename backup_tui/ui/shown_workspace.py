"""The workspace as the frame of every screen shows it: header, pauses, what is reread, and the closing words."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime, tzinfo
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from backup_tui.errors import BackupTuiError
from backup_tui.models.clock import Clock
from backup_tui.models.features import BY_ID
from backup_tui.models.focus import Focus
from backup_tui.models.service_state import ServiceState
from backup_tui.store.changes import Change, Topic
from backup_tui.store.connection import connection_words
from backup_tui.ui.bridge import LOW_PERIOD, PERIOD, Unsubscribe
from backup_tui.ui.frame.header import FrameState
from backup_tui.ui.terminal.notices import WINDOW_TITLE_BEFORE, notification, progress, window_title
from backup_tui.workspace import Workspace
from backup_tui.workspace.habits import HabitsFile
from backup_tui.workspace.last_place import LAST_PROFILE, LastPlaceFile
from backup_tui.workspace.own_file import file_of
from backup_tui.workspace.preferences import Preferences

if TYPE_CHECKING:
    from backup_tui.plans.events import Followed

ROWS_WITHIN = 1.0  # seconds that the first rows are waited for before what comes after them is loaded


TELL_WITHIN = 1.5  # seconds for which leaving waits for a person's command that is still running

_THEME = "theme"
_CONTINUE = "Running restores continue."


class ShownWorkspace:
    """What the app and the frame need of the workspace, in their words; its store and use cases are not hidden."""

    def __init__(self, core: Workspace) -> None:
        self.core = core  # the workspace itself; screens reach it as `BaseScreen.ws`
        self._followed: Followed | None = None

    @property
    def clock(self) -> Clock:
        """The service's clock."""
        return self.core.clock

    @property
    def zone(self) -> tzinfo:
        """Zone in which times are shown."""
        return self.core.zone

    @property
    def state_folder(self) -> Path | None:
        """Folder for crash files; None when nothing may be written."""
        return self.core.state_folder

    @property
    def read_only(self) -> str | None:
        """Why nothing can be changed, as a sentence; None where changes are possible."""
        return self.core.read_only

    @property
    def theme(self) -> str:
        """The theme that was chosen, on the command line, in the file or on these screens; empty for none."""
        return self.core.settings.theme or Preferences(self.core.settings.state_dir).read(_THEME)

    def keep_theme(self, name: str) -> str:
        """Keeps a theme for the next start; returns why that one shows another, as a sentence, or nothing."""
        settings = self.core.settings
        kept = Preferences(settings.state_dir).keep(_THEME, name)
        if settings.theme not in ("", name):
            return f"{settings.settled['theme'].origin.words} says {settings.theme}: it returns at the next start."
        return "" if kept or settings.theme else "It is not kept for the next start."

    def barred(self, feature: str) -> str | None:
        """Why this sign-in may not use a feature; None when it may be tried, and before anybody is signed in."""
        identity, wanted = self.core.identity, BY_ID[feature]
        reason = identity.barred(wanted) if identity.known else None
        denial = self.core.store.denials.get(feature)
        if reason is None or denial is None:
            return reason
        # In as few words as the message line has room for; `T` has all of them.
        code = f" ({denial.code})" if denial.code else ""
        role = " and a role" if wanted.role else ""
        return (
            f"This sign-in may not {wanted.words}: refused at {denial.at:%H:%M} UTC{code}. "
            f"It needs {wanted.least}{role}. T says more; r there lets it be tried again."
        )

    @property
    def service_state(self) -> ServiceState:
        """What the service allows, as last reported."""
        return self.core.store.connection.service

    def frame_state(self) -> FrameState:
        """Tenant, profile, user, mode and connection; the app adds the screens."""
        core = self.core
        state = core.store.connection
        words = connection_words(state, core.clock.now(), core.zone)
        nobody = not core.identity.known
        signed_out = nobody or state.signed_out_since is not None
        demo, alerts = core.mode.demo, words.alerts
        if signed_out and demo and not nobody:
            alerts = ("SIGNED OUT", *alerts)  # The mode still says that nothing is real.
        return FrameState(
            tenant=core.who.tenant,
            profile=core.settings.profile,
            user="not signed in" if nobody else core.who.name if core.settings.demo else core.who.user_label,
            mode="SIGNED OUT" if signed_out and not demo else core.mode.value,
            connection="signing in" if nobody else words.right,
            tone="" if nobody else words.tone,
            alerts=alerts,
            word=core.settings.word,
            colour=core.settings.colour,
        )

    @property
    def last_answer(self) -> datetime | None:
        """When the service last gave a trustworthy answer."""
        return self.core.store.connection.last_answer

    def last_place_file(self) -> LastPlaceFile | None:
        """Where it is kept on which screen the person was; `None` where nothing is kept, or before it is open."""
        return file_of(self.core, LastPlaceFile) if self.core.is_open else None

    def keep_profile(self) -> None:
        """Keeps that this profile was open last."""
        if self.core.settings.profile:
            Preferences(self.core.settings.state_dir).keep(LAST_PROFILE, self.core.settings.profile)

    @property
    def frame_period(self) -> float:
        """Least seconds between two frames that news make."""
        return LOW_PERIOD if self.core.settings.low_bandwidth else PERIOD

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """Keys that the person chose, by the ids of commands."""
        return self.core.settings.keys

    @property
    def bell(self) -> bool:
        """Whether the terminal's bell rings when something happens."""
        return self.core.settings.bell

    def habits_file(self) -> HabitsFile | None:
        """Where filters and orders of lists are kept; None where they are not, and while nobody is known."""
        return file_of(self.core, HabitsFile)

    @property
    def mouse(self) -> bool:
        """Whether the terminal sends what the mouse does."""
        return self.core.settings.mouse

    @property
    def links(self) -> str:
        """Whether addresses are links of the terminal: `auto`, `on` or `off`."""
        return self.core.settings.links

    @property
    def task_bar(self) -> str:
        """Whether the task bar shows how far restores are: `auto`, `on` or `off`."""
        return self.core.settings.progress

    def happened_now(self) -> Sequence[str]:
        """A sentence for each thing that a person wants to hear of, since this was asked last."""
        from backup_tui.plans.events import Followed, events_since, worth_saying  # late: the first frame has no news

        core, before = self.core, self._followed or Followed()
        self._followed, events = events_since(before, core.store, core.plans.by_name.values(), core.clock.now())
        return worth_saying(events)

    def alert(self, words: Sequence[str]) -> str:
        """What the terminal is sent with these sentences, for a person who looks elsewhere; may be empty."""
        settings, text = self.core.settings, " ".join(words)
        title = f"backup-tui {self.core.who.tenant}".strip()
        sent = notification(settings.notify, title, text, os.environ)
        return sent + (window_title(f"{text} {title}") if settings.window_title else "")

    def alert_over(self) -> str:
        """What the terminal is sent once the sentences were seen; may be empty."""
        return WINDOW_TITLE_BEFORE if self.core.settings.window_title else ""

    def progress(self) -> str:
        """What the terminal is sent of the restores that run, together; empty while none runs, or where the service
        does not say of one how many units it has and how many have ended."""
        running = [row for row in self.core.store.sessions.values() if row.running]
        counts = [(row.finished, row.total) for row in running if row.finished is not None and row.total]
        if not running or len(counts) < len(running):
            return ""
        finished, total = map(sum, zip(*counts, strict=True))
        return progress(finished, total, failed=any(row.failed for row in running))

    def subscribe(self, listener: Callable[[Change], None]) -> Unsubscribe:
        """Calls `listener` with each change."""
        ends = self.core.store.subscribe(listener), self.core.plans.subscribe(listener)

        def end() -> None:
            for each in ends:
                each()

        return end

    async def stay_open(self, ready: Callable[[], None], leaving: asyncio.Event, tell: Callable[[str], None]) -> None:
        """Opens the workspace, reads in the background until `leaving` is set, and closes it again.

        Args:
            ready: Called once everything is there.
            leaving: Set when the program ends.
            tell: Given sentences for the message line.

        Raises:
            BackupTuiError: It cannot be opened.
        """
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.core.opened())
            if self.core.settings.on_event:
                from backup_tui.workspace.telling import telling_events

                await stack.enter_async_context(telling_events(self.core, tell, patience=TELL_WITHIN))
            self.core.left_how = ""
            self.core.sync.start()
            ready()
            for notice in self.core.notices:
                tell(notice)
            self.core.tell_settled(tell)
            beside = (
                asyncio.create_task(self._look_into_open(tell), name="open changes"),
                asyncio.create_task(self._follow_plans(), name="plans"),
            )
            await leaving.wait()
            for task in beside:
                task.cancel()

    async def _follow_plans(self) -> None:
        await self._first_rows()
        await self.core.follow_plans()

    async def _look_into_open(self, tell: Callable[[str], None]) -> None:
        await self._first_rows()
        await asyncio.to_thread(_fetch_changes)  # what a key may need next
        try:
            for words in await self.core.look_into_open():
                tell(words)
        except BackupTuiError as error:
            tell(error.sentences)

    async def _first_rows(self) -> None:
        """Comes back when the sessions are shown, or do not come soon; what is loaded meanwhile holds them up."""
        came = asyncio.Event()
        end = self.core.store.subscribe(lambda change: came.set() if Topic.SESSIONS in change.topics else None)
        with suppress(TimeoutError):
            await asyncio.wait_for(came.wait(), ROWS_WITHIN)
            await asyncio.sleep(2 * PERIOD)
        end()

    def line_dropped(self) -> None:
        """The terminal is gone; the next start says so."""
        self.core.left_how = "line dropped"

    def connection_message(self) -> str | None:
        """What the message line says about the way to the service; None when all is well."""
        core = self.core
        return connection_words(core.store.connection, core.clock.now(), core.zone).message

    def look_at(self, focus: Focus) -> None:
        """Reads from now on what this screen shows."""
        if self.core.is_open:
            self.core.sync.focus(focus)

    async def read_again(self, view: str) -> None:
        """Reads now what the view with this name shows."""
        self.core.sync.refresh()

    def toggle_pause(self) -> str:
        """Pauses reading, or resumes it; gives the sentence for the message line."""
        sync = self.core.sync
        if self.core.store.connection.paused_until is not None:
            sync.resume()
            return "Reading resumed."
        sync.pause()
        until = self.core.store.connection.paused_until or self.core.clock.now()
        at = f"{until.astimezone(self.core.zone):%H:%M}"
        return f"Reading is paused. Press P to resume; resumes automatically at {at}. Restores continue."

    @property
    def continuing_words(self) -> str:
        """What continues without the program, and what does not."""
        plans = ", ".join(self.core.plan_runs.names)
        return f"Running restores continue. Nothing more of plan {plans} starts then." if plans else _CONTINUE

    def parting_words(self) -> str:
        """What the shell says after the program was left (restores that continue); may be empty."""
        if self.core.mode.demo:
            return ""
        running = sum(1 for row in self.core.store.sessions.values() if row.running)
        words = []
        if running:
            continues = "restore continues" if running == 1 else "restores continue"
            again = "it" if running == 1 else "them"
            words.append(f"{running} {continues} in the service. backup-tui shows {again} again.")
        words += [
            f"Nothing more of plan {name} starts until: backup-tui plan resume {name}"
            for name in self.core.plan_runs.names
        ]
        return "\n".join(words)


def _fetch_changes() -> None:
    for name in ("restore.drafts.drafts", "restore.review.activation", "protection.policies"):
        import_module(f"backup_tui.{name}")
