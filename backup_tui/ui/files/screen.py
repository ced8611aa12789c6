"""The files of an express point: a tree that is read when it is opened, a basket, and the draft made of it."""

from collections.abc import Awaitable, Collection, Iterator, Sequence
from datetime import datetime

from textual import on
from textual.app import ComposeResult

from backup_tui.changes.context import Progress
from backup_tui.errors import BackupTuiError
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.restore.files.basket import Basket
from backup_tui.restore.files.opening import is_ended, open_point
from backup_tui.restore.files.places import Search
from backup_tui.restore.files.points import newest_express, no_express_point
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.search import FoundPoint
from backup_tui.store.changes import Topic
from backup_tui.ui.files.commands import FilesContext, can_look, files_commands
from backup_tui.ui.files.gathering import Gathering
from backup_tui.ui.files.other_points import OtherPoints
from backup_tui.ui.files.reading import ORDERS, PointFiles
from backup_tui.ui.files.text import (
    INDENT,
    ended,
    ending,
    opening,
    pane,
    place_cells,
    rest_cells,
)
from backup_tui.ui.files.tree import is_rest, whose_rest
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.routes import OpenReview
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.short_addresses import shared_part, without_part
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

_FIND, _FILTER = "find", "filter"


class FilesScreen(ListScreen):
    """The files of a site or OneDrive account, as an express point holds them.

    Args:
        service: OneDrive or SharePoint.
        unit_id: The site or account.
        before: The newest express point at or before this time (UTC) is opened; the newest of all without it.
    """

    NUMBER = 4
    VIEW = "files"
    TOPICS = frozenset({Topic.UNITS})
    PANE_LINES = 6
    COLUMNS = (
        Column("name", "Name", 24, grow=1, least=20, always=True),
        Column("items", "Items", 5, align="right", drop=1),
        Column("size", "Size", 8, align="right"),
        Column("points", "In points", 9, drop=2),
    )

    def __init__(self, service: Service, unit_id: str, before: datetime | None = None) -> None:
        super().__init__()
        self.service = service
        self.unit_id = unit_id
        self.gathering = Gathering(service, unit_id)
        self.point: FoundPoint | None = None
        self._before = before
        self._files = PointFiles(self._show)
        self._ended = False
        self._failure: BackupTuiError | None = None
        self._opening_since: datetime | None = None
        self._busy = ""
        self._others = OtherPoints(service, unit_id, lambda: self.now)

    @property
    def basket(self) -> Basket:
        """What was chosen here, now or earlier."""
        return self.gathering.basket

    @property
    def unit_label(self) -> str:
        """What to call the site or account."""
        row = self.ws.store.units[self.service].get(self.unit_id)
        return row.name if row else self.ws.store.name_of(self.unit_id) or self.unit_id

    def focus_on(self) -> Focus:
        return Focus(screen="units", service=self.service)

    def context(self) -> FilesContext:
        return FilesContext(
            row=self.row,
            read_only=self.program.workspace.read_only,
            busy=self._busy,
            chosen=len(self.basket.items),
            ready=self._files.opened is not None and not self._ended,
            point=self.point is not None,
        )

    def compose_body(self) -> ComposeResult:
        title, listing = super().compose_body()
        yield title
        yield Paragraphs(id="files-about")
        yield listing
        yield AskLine()

    def on_mount(self) -> None:
        self._reopen()

    # -- the point ------------------------------------------------------------------------------------------

    def _reopen(self, point: FoundPoint | None = None, reveal: str = "") -> None:
        """Opens a point beside the screen: this one, the one that is shown, or the newest before the time."""
        self._failure, self._ended, self._files.found = None, False, None
        self._opening_since = self.now
        self._work(self._open(point or self.point, reveal), "opening the point")
        self.show_rows()

    def _work(self, work: Awaitable[None], what: str) -> None:
        # Never exclusive: a point that is being opened is a change, and no change is cancelled.
        self._busy = what
        self.program.start(self._doing(work), what)

    async def _doing(self, work: Awaitable[None]) -> None:
        try:
            await work
        except BackupTuiError as error:
            self._failed(error)
        finally:
            self._busy = ""
            self._opening_since = None
            self._show()

    def _failed(self, error: BackupTuiError) -> None:
        if is_ended(error) and self._files.opened is not None:
            self._ended = True
        else:
            self._failure = error

    def _show(self) -> None:
        if self.is_open:
            self.show_rows()
            self.refresh_frame()

    async def _open(self, point: FoundPoint | None, reveal: str) -> None:
        context = self.ws.context
        await self.gathering.take_up(context)
        if point is None:
            before = self._before or self.now
            point = await newest_express(context, self.service, self.unit_id, before)
            if point is None:
                unit = await self.ws.reader.unit(self.unit_id, self.service)
                raise no_express_point(unit, before, self.now)
        self.point = point
        opened = await open_point(context, self.service, point)
        await self._files.start(context, opened)
        if reveal:
            await self._reveal(reveal)

    # -- reading places -------------------------------------------------------------------------------------

    async def _reveal(self, path: str) -> None:
        """Opens what is above a path, and puts the cursor on it; stops where the point does not have it."""
        there = await self._files.reveal(self.ws.context, path)
        self._show()
        if there and self.is_open:
            self.table.move_to(path)

    def open_row(self, row: str | None) -> None:
        if self._ended or (self._failure is not None and self._files.opened is None):
            self._reopen(reveal=row if row and not is_rest(row) and self._files.found is None else "")
            return
        place = self._files.place(row)
        if self._files.found is not None and place is not None:
            self._files.found = None
            self._work(self._reveal(place.path), "showing where it is")
        elif row is not None and is_rest(row):
            self._work(self._files.read_on(self.ws.context, whose_rest(row)), "reading more")
        elif place is not None and row is not None:
            node = self._files.tree.nodes[row]
            if place.item.opens is None:
                self.look_for_versions(row)
            elif node.opened:
                self._files.tree.close(row)
                self.show_rows()
            else:
                self._work(self._open_place(row), f"reading {place.name}")

    async def _open_place(self, row: str) -> None:
        """Shows what is inside, scrolled into view as far as the place itself stays there."""
        await self._files.open(self.ws.context, row)
        self._show()
        if self.is_open and self.table.cursor_key == row:
            self.table.show_after(len(self._files.tree.nodes[row].children))

    def read_again(self, row: str | None) -> None:
        if self._busy:
            self.say(f"Wait: {self._busy}.")
            return
        place = self._files.place(row)
        self._reopen(reveal=place.path if place else "")

    def go_back(self, row: str | None) -> None:
        if self._files.found is not None:
            self._files.found = None
            self.show_rows()
            return
        self.program.go_back()

    # -- finding, filtering, order --------------------------------------------------------------------------

    def ask_name(self, row: str | None) -> None:
        self.query_one(AskLine).ask(_FIND, "Find by name in the whole point", note="part of a name; a call a folder")

    def ask_filter(self, row: str | None) -> None:
        folder = self._files.folder_of(row)
        place = self._files.tree.nodes[folder].place if folder in self._files.tree.nodes else None
        label = f"Only names in {place.name} that contain" if place else "Only names that contain"
        self.query_one(AskLine).ask(_FILTER, label, self._files.names.get(folder, ""), folder, "empty shows all")

    @on(AskLine.Answered)
    def _asked(self, event: AskLine.Answered) -> None:
        line, text = self.query_one(AskLine), event.text.strip()
        if event.question == _FIND and len(text) < 2:
            line.tell("Type at least 2 characters of the name.", "bad")
            return
        if (reason := can_look(self.context())) is not None:
            line.tell("not yet", "bad")
            self.say(f"{reason} Then press enter again.")
            return
        if not text.isprintable():
            line.tell("The name has a control character.", "bad")
            return
        line.close()
        if event.question == _FIND:
            self._work(self._find(text), f'looking for "{text}"')
        else:
            self._files.names[event.about] = text
            self._work(self._files.read_again(self.ws.context, event.about), "filtering")
        self.show_rows()

    async def _find(self, text: str) -> None:
        def look(search: Search) -> bool:
            self._busy = f"{search.folders:,} folders looked into, {search.waiting:,} to go"
            self._show()
            return self.is_open

        search = await self._files.find(self.ws.context, text, look)
        if search is None:
            self.say(f'The search for "{text}" was stopped.')
            return
        found = len(self._files.found or ())
        left = f"; {search.waiting:,} or more folders were NOT looked into" if search.waiting else ""
        unread = f"; {counted(search.unread, 'folder')} could not be read" if search.unread else ""
        self.say(f'"{text}": {found:,} found in {counted(search.folders, "folder")}{left}{unread}.')

    def change_order(self, row: str | None) -> None:
        orders = list(ORDERS)
        self._files.order = orders[(orders.index(self._files.order) + 1) % len(orders)]
        folder = self._files.folder_of(row)
        self._work(self._files.read_again(self.ws.context, folder), "reading in another order")
        self.say(f"Order: {ORDERS[self._files.order]}, for what is read from now on.")

    # -- other points ---------------------------------------------------------------------------------------

    def look_for_versions(self, row: str | None) -> None:
        place = self._files.place(row)
        if place is not None and place.path:
            work = self._others.compare(self.ws.context, place.path, self.point, self._show)
            self._work(work, f"looking for {place.name} in other points")

    def older_point(self, row: str | None) -> None:
        self._go_to_point(1, row)

    def newer_point(self, row: str | None) -> None:
        self._go_to_point(-1, row)

    def _go_to_point(self, step: int, row: str | None) -> None:
        place = self._files.place(row)
        self._work(self._other_point(step, place.path if place else ""), "opening another point")

    async def _other_point(self, step: int, path: str) -> None:
        assert self.point is not None, "a point is open before another one is asked for"
        wanted = await self._others.neighbor(self.ws.context, self.point, step)
        if wanted is None:
            self.say(f"No {'older' if step > 0 else 'newer'} express point.")
            return
        self._opening_since = self.now
        self._files.found = None
        self._show()
        await self._open(wanted, path)
        if path and path not in self._files.tree.nodes:
            self.say(f"{path} is not in the point of {show_utc(wanted.time, self.now)} UTC.")

    # -- the basket -----------------------------------------------------------------------------------------

    async def pick(self, row: str | None) -> None:
        place = self._files.place(row)
        if place is None or self._files.opened is None or self.point is None:
            return
        self.gathering.pick(place, self._files.opened, self.point)
        self._show()
        if self.is_open:
            self.table.act("down")
        await self.gathering.keep(self.ws.context)

    async def empty_basket(self, row: str | None) -> None:
        said = self.gathering.empty()
        self._show()
        self.say(said)
        await self.gathering.keep(self.ws.context)

    def restore_basket(self, row: str | None) -> None:
        # A create is never cancelled by a newer read, so it is not in the group of the reads.
        self._busy = "creating the draft"
        self.program.start(self._draft(), "a draft of files")
        self.refresh_frame()

    async def _draft(self) -> None:
        def told(progress: Progress) -> None:
            self._busy = f"{progress.step}, {progress.done:,} of {progress.of:,}"
            self._show()

        try:
            session_id, said = await self.gathering.draft(self.ws.context, told)
        finally:
            self._busy = ""
            self._show()
        if session_id and self.is_shown:
            self.program.open(OpenReview(session_id))
        else:
            self.say(said)

    # -- what is shown --------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return self._files.keys()

    def cells(self, key: str) -> Sequence[Cell]:
        if is_rest(key):
            return rest_cells(self._files, key)
        place = self._files.place(key)
        if place is None:
            raise KeyError(key)
        chosen = self.point is not None and self.basket.holding(place.path, self.point.id)
        return place_cells(self._files, key, place, self._others.versions(place.path), chosen=chosen)

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        self.query_one("#files-about", Paragraphs).show(list(self._summary()))
        super().show_rows(news=news, changed=changed)

    def heading(self) -> Section:
        point = f"express point {show_utc(self.point.time, self.now)} UTC" if self.point else self.service.label
        facts = self._busy if self._opening_since is None and not self._busy.startswith("reading") else ""
        if self._files.found is not None and not facts:
            facts = f'{len(self._files.found):,} with "{self._files.search}"'
        label = without_part(self.unit_label, shared_part([self.unit_label]))
        return Section(f"Files   {label}", facts, point)

    def _summary(self) -> Iterator[Para]:
        if self._opening_since is not None:
            yield opening(self._opening_since, self.ws.zone, self.now)
        elif self._ended:
            yield ended(self.basket)
        elif self._files.opened is not None:
            yield ending(self._files.opened, self.basket, self.ws.zone, self.now)
        if self._failure is not None:
            yield Para(f"{self._failure.sentences} r tries again.", "bad", INDENT)
            for line in small_print(self._failure):
                yield Para(line, "dim", INDENT)

    def empty_words(self) -> str:
        if self._opening_since is not None or self._busy:
            return ""
        if self._failure is not None:
            return "   What is in the point is unknown."
        if self._files.found is not None:
            return f'   No file or folder has "{self._files.search}" in its name. esc shows the tree.'
        return "   The point has no files."

    def about(self, key: str) -> Sequence[Section | str]:
        return pane(
            self._files.place(key), self._others, self.point, self.gathering, self.now,
            beside=self.query_one(ListAndPane).is_beside, whole=self._files.found is not None,
        )  # fmt: skip


FilesScreen.offers(files_commands(FilesScreen))
