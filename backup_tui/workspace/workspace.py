"""One profile's sign-in, client, store, journal, sync and use cases, put together and taken apart in one place.

A `Workspace` is made at once and shows its store and its header; `opened()` then brings up what takes time (the
client, the journal, the simulated service of a demo), so that a first frame does not wait for it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from backup_tui.config import Settings
from backup_tui.errors import LocalError
from backup_tui.models.clock import Clock
from backup_tui.models.whoami import WhoAmI
from backup_tui.paths import ensure_private_dir
from backup_tui.store import updates as up
from backup_tui.store.freshness import artifacts_of, session_of
from backup_tui.store.store import Store
from backup_tui.workspace.demo import DEMO_URL, demo_past, demo_service
from backup_tui.workspace.demo_start import keep_story, telling_story
from backup_tui.workspace.identity import Identity, Mode
from backup_tui.workspace.plan_runs import PlanRuns, Tell
from backup_tui.workspace.plan_watch import PlanWatch
from backup_tui.workspace.rooms import Rooms

if TYPE_CHECKING:
    from backup_tui.changes.context import Context
    from backup_tui.changes.lost_answers import LostAnswers
    from backup_tui.graph.reader import Reader
    from backup_tui.graph.recording import Recorder
    from backup_tui.journal.records import Intent
    from backup_tui.journal.write_lock import Holder
    from backup_tui.models.artifacts import RestoreArtifact
    from backup_tui.models.prompts import Prompt
    from backup_tui.restore.drafts.form_claims import FormClaims
    from backup_tui.signin import SignIn
    from backup_tui.sync.loader import Loader
    from backup_tui.sync.sync import Sync
    from backup_tui.workspace.demo_process import DemoProcess
    from backup_tui.workspace.local_history import LocalHistory


class Workspace:
    """Everything that screens and commands work with. `zone`: in which times are typed and shown. `identity`: who is
    signed in, and what that one may do. `plans`: what the journal has of plans, while `follow_plans` runs. `plan_runs`:
    plans that are carried out here."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        service: Any = None,
        sign_in: "SignIn | None" = None,
        demo: "DemoProcess | None" = None,
    ) -> None:
        """Makes no file and sends nothing. `demo`: the service of a demo, which is made in this process when
        not given. Raises `SignInError`: there is nothing to sign in with; `UsageError`: the service address cannot be
        used."""
        from backup_tui.graph.address import parse_address

        self.settings = settings
        self.clock = clock or Clock()
        self.zone: ZoneInfo = settings.zone
        self.store = Store()
        if settings.replay is not None:
            from backup_tui.graph.recording import Replay

            service = Replay(settings.replay)
        self._service = service
        self._demo = demo
        self._inside = settings.demo and not settings.demo_sign_in
        self.address = parse_address(DEMO_URL if self._inside else settings.graph_url, settings.trusted_hosts)
        self.identity = Identity(settings, self.address, self.store, self.clock, sign_in)
        self.state_folder: Path | None = settings.state_dir
        self.plans = PlanWatch(self.store, self.clock)
        self.plan_runs = PlanRuns(self.plans.wake)
        self._rooms: Rooms | None = None
        self._sent: dict[int, Intent] = {}

    # -- the sign-in -----------------------------------------------------------------------------------------

    @property
    def who(self) -> WhoAmI:
        return self.identity.who

    @property
    def mode(self) -> Mode:
        return self.identity.mode

    @property
    def read_only(self) -> str | None:
        return self.identity.read_only

    async def sign_in_again(self, show: "Callable[[Prompt], None]") -> None:
        """Lets a person sign in, before the workspace is open or while it is; reading then continues automatically.
        Raises `AnotherSignIn`: somebody else signed in than the one whose workspace this is; `SignInError`: nobody
        signed in."""
        await self.identity.ask(show)
        if self._rooms is not None and self._rooms.sync is not None:
            self._rooms.sync.signed_in()

    async def for_another(self) -> "Workspace":
        """A workspace for whoever signed in here and is another one; nothing more is read for this one. What is asked
        of the service from now on goes out under the new name, so the background reading stops first."""
        await self._stop_reading()
        return Workspace(self.settings, clock=self.clock, service=self._service, sign_in=self.identity.sign_in)

    # -- opening and closing ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def opened(self) -> "AsyncIterator[Workspace]":
        """Brings up client, journal and use cases, and closes them again. Raises `SignInError`: nobody is signed in,
        and that takes a person (`sign_in_again` asks one); `UsageError`: no certificates to check the service with, or
        the like."""
        try:
            if not self.identity.known:
                await self.identity.find()
            # Imports are made in threads, where they do not hold up what is already shown.
            await asyncio.to_thread(import_module, "backup_tui.journal.journal")
            async with AsyncExitStack() as stack:
                await self._open_rooms(stack, self._state_folder(stack))
                yield self
        finally:
            self._rooms = None
            await self.identity.aclose()

    @property
    def _makes_service(self) -> bool:
        """Whether the service of a demo is made in this process."""
        return self._service is None and self._demo is None

    def _state_folder(self, stack: AsyncExitStack) -> Path:
        if self.settings.state_dir is None:
            folder = Path(tempfile.mkdtemp(prefix="backup-tui-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        else:
            folder = self.settings.state_dir
            # If it cannot be used, the journal itself refuses changes, and reading continues.
            with suppress(LocalError):
                ensure_private_dir(folder)
        self.state_folder = folder
        return folder

    def _recorder(self) -> "Recorder | None":
        if self.settings.record is None:
            return None
        from backup_tui import __version__
        from backup_tui.graph.recording import Recorder

        return Recorder(self.settings.record, self.address.host, self.who, __version__)

    async def _open_rooms(self, stack: AsyncExitStack, folder: Path) -> None:
        from backup_tui.journal.journal import Journal

        store, clock, who = self.store, self.clock, self.who
        key = who.tenant_id or who.tenant
        # The journal waits for the disk, up to 50 ms for a new one; what is imported meanwhile takes longer.
        fetched = asyncio.create_task(asyncio.to_thread(_fetch_modules, self._inside, here=self._makes_service))
        # Without the version: a change that was lost in v1.0 counts in beta too.
        place = self.address.without_version
        journal = await stack.enter_async_context(Journal(folder / "journal.sqlite3", key, place))
        await fetched
        from backup_tui.changes.context import Context
        from backup_tui.graph.client import Client
        from backup_tui.graph.gate import ThrottleGate
        from backup_tui.journal.recorded import RecordedChanges
        from backup_tui.journal.records import IntentState
        from backup_tui.journal.write_lock import WriteLock
        from backup_tui.models.granular import ItemKeyForm
        from backup_tui.sync.loader import Loader
        from backup_tui.workspace.local_history import LocalHistory
        from backup_tui.workspace.proofs import Proofs

        gate = ThrottleGate(clock, on_change=lambda until: store.apply(up.ThrottledUntil(until)))
        history = LocalHistory(journal, store, clock)
        inside = demo_service(self.settings.scene) if self._inside and self._makes_service else None
        client = await stack.enter_async_context(
            Client(
                self.address,
                self.identity.tokens,
                clock,
                sink=lambda record: store.apply(up.CallFinished(record)),
                gate=gate,
                who=who,
                transport=self._service or self._demo or inside,
                key_form=ItemKeyForm(self.settings.item_key),
                recorder=self._recorder(),
            )
        )
        changes = RecordedChanges(journal, clock, who)
        # Before the client closes: an answer that is on its way belongs in the journal.
        stack.push_async_callback(changes.settled)
        context = Context(
            reader=client.reader,
            writer=None if self.mode.read_only else client.writer,
            journal=journal,
            changes=changes,
            store=store,
            clock=clock,
            who=who,
            lock=WriteLock(folder, key, now=clock.now, monotonic=clock.monotonic),
            lock_wait=self.settings.lock_wait,
            on_lock_wait=self._waits_for,
            limits=self.settings.limits,
            two_people=self.settings.two_people,
        )
        proofs = Proofs(context, lambda: self.lost_answers)
        stack.push_async_callback(proofs.aclose)

        def written(intent: "Intent") -> None:
            if intent.state is IntentState.OPEN or intent.id in self._sent:
                self._sent[intent.id] = intent
            history.journal_changed(intent)
            proofs.journal_changed(intent)
            self.plans.wake()

        journal.on_change = written
        loader = Loader(client.reader, store, clock)
        self._rooms = Rooms(gate, client, journal, history, context, proofs, loader)
        stack.callback(history.close)
        await history.recall()
        if inside is not None:
            await keep_story(self, demo_past(inside))
        if self._demo is not None:
            await stack.enter_async_context(telling_story(self, self._demo))
        await proofs.open_entries()
        stack.push_async_callback(self._remember_leaving, history)
        stack.push_async_callback(self._stop_reading)
        stack.push_async_callback(self.plan_runs.aclose)

    def _waits_for(self, holder: "Holder") -> None:
        self.store.apply(
            up.WaitingForLock(f"{holder.words} Waiting up to {self.settings.lock_wait:g} s (--lock-wait).")
        )

    async def _stop_reading(self) -> None:
        if self._rooms is not None and self._rooms.sync is not None:
            await self._rooms.sync.stop()

    async def _remember_leaving(self, history: "LocalHistory") -> None:
        if self.left_how is not None:
            await history.remember_leaving(self.left_how)

    left_how: str | None = None
    """How the screens are being left, in two words (`line dropped`) or none; shown at the next start. `None`: nobody
    looked, so what is kept from the last time stays."""

    # -- rooms that are there once it is open ----------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._rooms is not None

    @property
    def rooms(self) -> Rooms:
        """The parts of the open workspace. Raises `LocalError`: it is still opening."""
        if self._rooms is None:
            why = "The program is still opening."
            raise LocalError(why, certainty="Nothing was sent.", hint="Wait a moment, then repeat it.")
        return self._rooms

    @property
    def reader(self) -> "Reader":
        """What can be asked of the service and is not kept in the store."""
        return self.rooms.client.reader

    @property
    def loader(self) -> "Loader":
        """Reads whole collections, by the keys of `store.freshness`; what comes is in the store, too."""
        return self.rooms.loader

    async def load_artifacts(self, session_id: str) -> "tuple[RestoreArtifact, ...]":
        """The units of a session, with their names as far as this machine knows them. Raises NotFound."""
        await self.loader.load(session_of(session_id))
        items = await self.loader.load(artifacts_of(session_id))
        await self.rooms.history.learn_points(session_id)
        return items

    @property
    def form_claims(self) -> "FormClaims":
        return self.rooms.form_claims

    @property
    def context(self) -> "Context":
        return self.rooms.context

    @property
    def lost_answers(self) -> "LostAnswers":
        return self.rooms.lost_answers

    @property
    def sync(self) -> "Sync":
        rooms = self.rooms
        if rooms.sync is None:
            from backup_tui.sync.sync import Sync

            rooms.sync = Sync(
                rooms.loader,
                self.store,
                self.clock,
                on_cancel_wait=rooms.gate.cancel_wait,
                on_wake=rooms.client.drop_connections,
                poll_seconds=self.settings.seconds_between_reads,
            )
        return rooms.sync

    # -- the journal -----------------------------------------------------------------------------------------

    async def journal_lines(self) -> tuple[up.JournalLine, ...]:
        return await self.rooms.history.journal_lines()

    async def resolve_intent(self, intent_id: int, *, adopt: str | None = None, not_done: bool = False) -> None:
        """Settles a change of unknown outcome by hand. Raises `UsageError`: neither or both were given, no such entry,
        one that is settled or under way, or the session cannot be the one; `NotFound`: there is no such session."""
        from backup_tui.workspace.manual_resolution import resolve_by_hand

        await resolve_by_hand(self, intent_id, adopt, not_done)
        await self.journal_lines()

    async def follow_plans(self) -> None:
        """Keeps `plans` up to date until it is cancelled."""
        await self.plans.follow(self.context.journal)

    def run_plan(self, name: str, tell: Tell) -> None:
        """Carries a plan out for as long as this workspace is open; `tell` is told in a sentence when that ends for any
        other reason than that all that was agreed to has ended."""
        self.plan_runs.start(self.context, self.loader, name, tell)

    async def look_into_open(self) -> tuple[str, ...]:
        """Finds out what became of changes whose answer was lost, also those of an earlier run; sends only reads.
        Returns one sentence for each change that was open. Raises `BackupTuiError`: the journal cannot be read."""
        findings = await self.lost_answers.resolve_open()
        await self.journal_lines()
        return tuple(finding.words for finding in findings)

    @property
    def waiting(self) -> tuple[datetime, str] | None:
        """Since when (UTC) an answer of the service is missing, and to what; not while it asked us to wait."""
        if self._rooms is None or self.store.connection.throttled_until is not None:
            return None
        return self._rooms.client.waiting

    @property
    def sent(self) -> tuple[str, ...]:
        """A line for each change that this workspace has sent, or is sending, with what is known of it."""
        return tuple(
            f"entry {one.id}: {one.summary}: {one.state.word}"
            + (f", id {one.session_id or one.target}" if one.session_id or one.target else "")
            + f" (backup-tui journal show {one.id})"
            for one in self._sent.values()
        )

    def tell_settled(self, told: Callable[[str], None]) -> None:
        """Tells `told` of every change of unknown outcome that a read settles from now on, once each."""
        self.rooms.proofs.on_settled = told

    async def open_entries(self) -> int:
        return await self.rooms.proofs.open_entries()

    async def settle_seen(self) -> None:
        await self.rooms.proofs.settle()

    @property
    def journal_refusal(self) -> str:
        """Why nothing can be written down, and so nothing changed, as one clause; empty where it can."""
        return "" if self._rooms is None else self._rooms.journal.refusal

    @property
    def notices(self) -> Sequence[str]:
        """What the person should know about the state in which things were found at the start."""
        return () if self._rooms is None else self._rooms.journal.notices


@asynccontextmanager
async def open_workspace(
    settings: Settings, *, clock: Clock | None = None, service: Any = None
) -> AsyncIterator[Workspace]:
    """A workspace that is open, for commands and tests. Raises `SignInError`: nobody is signed in, and that takes a
    person; `UsageError`: the service address cannot be used."""
    async with Workspace(settings, clock=clock, service=service).opened() as workspace:
        yield workspace


def _fetch_modules(demo: bool, *, here: bool) -> None:
    for name in (
        "backup_tui.graph.client",
        "backup_tui.graph.in_process" if demo else "backup_tui.graph.transport",
        "backup_tui.workspace.local_history",
        "backup_tui.changes.context",
        *(("backup_tui.simulator.app",) if demo and here else ()),
    ):
        import_module(name)
