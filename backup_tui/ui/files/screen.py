"""The files of an express point: a tree that is read when it is opened, a basket, and the draft made of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Collection, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult

from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.models.browse import BrowseSession, Order
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.pages import Page
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.restore.files.basket import Basket, Picked, keep_basket, kept_basket
from backup_tui.restore.files.drafting import draft_files, renewed
from backup_tui.restore.files.opening import is_ended, open_point
from backup_tui.restore.files.places import Place, Search, find_named, pages_of, read_tops
from backup_tui.restore.files.points import express_points, newest_express, no_express_point
from backup_tui.restore.files.sizes import size_words
from backup_tui.restore.files.versions import Version, find_versions
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.search import FoundPoint
from backup_tui.store.changes import Topic
from backup_tui.ui.files.text import (
    about_place,
    basket_lines,
    basket_section,
    ended,
    ending,
    in_points,
    opening,
    version_lines,
)
from backup_tui.ui.files.tree import ROOT, Tree, is_rest, parents_of, whose_rest
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.routes import OpenReview
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.short_addresses import shared_part, without_part
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

AT_ONCE = 500
"""So many rows of a place are read before somebody asks for more."""

_FIND, _FILTER = "find", "filter"
_ORDERS = {None: "the service's order", Order.NAME_UP: "by name", Order.NAME_DOWN: "by name, reversed"}


class FilesContext(Context, frozen=True):
    """What the commands look at. `busy`: what is being done; `chosen`: how many are in the basket; `ready`: whether the
    point can be looked into."""

    busy: str = ""
    chosen: int = 0
    ready: bool = False


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
        Column("name", "Name", 24, grow=1, least=20),
        Column("items", "Items", 5, align="right", drop=1),
        Column("size", "Size", 8, align="right"),
        Column("points", "In points", 9, drop=2),
    )

    def __init__(self, service: Service, unit_id: str, before: datetime | None = None) -> None:
        super().__init__()
        self.service = service
        self.unit_id = unit_id
        self.basket = Basket(unit_id)
        self.point: FoundPoint | None = None
        self._before = before
        self._tree = Tree()
        self._opened: BrowseSession | None = None
        self._ended = False
        self._failure: BackupTuiError | None = None
        self._opening_since: datetime | None = None
        self._busy = ""
        self._order: Order | None = None
        self._named: dict[str, str] = {}
        self._pages: dict[str, AsyncIterator[Page[Place]]] = {}
        self._found: dict[str, Place] | None = None
        self._search = ""
        self._points: tuple[FoundPoint, ...] = ()
        self._versions: dict[str, dict[str, Version]] = {}
        self._lost: tuple[str, ...] = ()

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
            ready=self._opened is not None and not self._ended,
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
        self._failure, self._ended, self._found = None, False, None
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
        if is_ended(error) and self._opened is not None:
            self._ended = True
        else:
            self._failure = error

    def _show(self) -> None:
        if self.is_open:
            self.show_rows()
            self.refresh_frame()

    async def _open(self, point: FoundPoint | None, reveal: str) -> None:
        context = self.ws.context
        self.basket = await kept_basket(context.journal, self.unit_id)
        if point is None:
            before = self._before or self.now
            point = await newest_express(context, self.service, self.unit_id, before)
            if point is None:
                unit = await self.ws.reader.unit(self.unit_id, self.service)
                raise no_express_point(unit, before, self.now)
        self.point = point
        opened = await open_point(context, self.service, point)
        self._tree, self._pages = Tree(), {}
        self._tree.start(await read_tops(context, opened))
        self._opened = opened
        if self._tree.nodes:
            await self._read_on(ROOT)
        if reveal:
            await self._reveal(reveal)

    # -- reading places -------------------------------------------------------------------------------------

    async def _read_on(self, path: str) -> None:
        """Reads what is inside a place, or more of it; each page is shown as it comes."""
        if self._opened is None:
            return
        node = self._tree.nodes[path]
        node.opened, node.reading, node.problem = True, True, ""
        if path not in self._pages:
            name = self._named.get(path, "")
            self._pages[path] = pages_of(self.ws.context, self._opened, node.place, name, self._order)
        until = len(node.children) + AT_ONCE
        try:
            while len(node.children) < until:
                page = await anext(self._pages[path], None)
                if page is None or page.last:
                    node.more = False
                if page is None:
                    break
                self._tree.add(path, page.items)
                if page.unread:
                    node.problem = f"{page.unread:,} could not be read"
                if page.last:
                    break
                self._show()
        except BackupTuiError as error:
            self._pages.pop(path, None)
            node.problem = error.message
            raise
        finally:
            node.reading = False
            self._tree.touch()

    async def _reveal(self, path: str) -> None:
        """Opens what is above a path, and puts the cursor on it; stops where the point does not have it."""
        for parent in parents_of(path):
            if parent not in self._tree.nodes:
                return
            node = self._tree.nodes[parent]
            node.opened = True
            while node.more and path not in self._tree.nodes:
                before = len(node.children)
                await self._read_on(parent)
                if len(node.children) == before:
                    break
        self._show()
        if path in self._tree.nodes and self.is_open:
            self.table.move_to(path)

    def _place(self, key: str | None) -> Place | None:
        if key is None or is_rest(key):
            return None
        if self._found is not None:
            return self._found.get(key)
        node = self._tree.nodes.get(key)
        return node.place if node else None

    def open_row(self, row: str | None) -> None:
        if self._ended or (self._failure is not None and self._opened is None):
            self._reopen(reveal=row if row and not is_rest(row) and self._found is None else "")
            return
        place = self._place(row)
        if self._found is not None and place is not None:
            self._found = None
            self._work(self._reveal(place.path), "showing where it is")
        elif row is not None and is_rest(row):
            self._work(self._read_on(whose_rest(row)), "reading more")
        elif place is not None and row is not None:
            node = self._tree.nodes[row]
            if place.item.opens is None:
                self.look_for_versions(row)
            elif node.opened:
                self._tree.close(row)
                self.show_rows()
            elif node.children or not node.more:
                node.opened = True
                self._tree.touch()
                self.show_rows()
            else:
                self._work(self._read_on(row), f"reading {place.name}")

    def read_again(self, row: str | None) -> None:
        if self._busy:
            self.say(f"Wait: {self._busy}.")
            return
        place = self._place(row)
        self._reopen(reveal=place.path if place else "")

    def go_back(self, row: str | None) -> None:
        if self._found is not None:
            self._found = None
            self.show_rows()
            return
        self.program.go_back()

    # -- finding, filtering, order --------------------------------------------------------------------------

    def ask_name(self, row: str | None) -> None:
        self.query_one(AskLine).ask(_FIND, "Find by name in the whole point", note="part of a name; a call a folder")

    def ask_filter(self, row: str | None) -> None:
        folder = self._folder_of(row)
        place = self._tree.nodes[folder].place if folder in self._tree.nodes else None
        label = f"Only names in {place.name} that contain" if place else "Only names that contain"
        self.query_one(AskLine).ask(_FILTER, label, self._named.get(folder, ""), folder, "empty shows all")

    def _folder_of(self, row: str | None) -> str:
        """The open place that a row is in, or is."""
        if row is None:
            return ROOT
        if is_rest(row):
            return whose_rest(row)
        node = self._tree.nodes.get(row)
        return row if node is not None and node.opened else row.rpartition("/")[0]

    @on(AskLine.Answered)
    def _asked(self, event: AskLine.Answered) -> None:
        line, text = self.query_one(AskLine), event.text.strip()
        if event.question == _FIND and len(text) < 2:
            line.tell("Type at least 2 characters of the name.", "bad")
            return
        if (reason := _can_look(self.context())) is not None:
            line.tell("not yet", "bad")
            self.say(f"{reason} Then press enter again.")
            return
        if not text.isprintable():
            line.tell("The name has a control character.", "bad")
            return
        line.close()
        if event.question == _FIND:
            self._search, self._found = text, {}
            self._work(self._find(text), f'looking for "{text}"')
        else:
            self._named[event.about] = text
            self._work(self._read_anew(event.about), "filtering")
        self.show_rows()

    async def _find(self, text: str) -> None:
        if self._opened is None:
            return
        found = self._found if self._found is not None else {}

        def take(places: Sequence[Place]) -> None:
            found.update((place.path, place) for place in places)

        def look(search: Search) -> bool:
            self._busy = f"{search.folders:,} folders looked into, {search.waiting:,} to go"
            self._show()
            return self._found is found and self.is_open

        search = await find_named(self.ws.context, self._opened, text, take, look)
        if self._found is not found:
            self.say(f'The search for "{text}" was stopped after {counted(search.folders, "folder")}.')
            return
        left = f"; {search.waiting:,} or more folders were NOT looked into" if search.waiting else ""
        unread = f"; {counted(search.unread, 'folder')} could not be read" if search.unread else ""
        self.say(f'"{text}": {len(found):,} found in {counted(search.folders, "folder")}{left}{unread}.')

    async def _read_anew(self, path: str) -> None:
        if path not in self._tree.nodes:
            return
        self._tree.read_anew(path)
        self._pages.pop(path, None)
        await self._read_on(path)

    def change_order(self, row: str | None) -> None:
        orders = list(_ORDERS)
        self._order = orders[(orders.index(self._order) + 1) % len(orders)]
        folder = self._folder_of(row)
        self._work(self._read_anew(folder), "reading in another order")
        self.say(f"Order: {_ORDERS[self._order]}, for what is read from now on.")

    # -- other points ---------------------------------------------------------------------------------------

    def look_for_versions(self, row: str | None) -> None:
        place = self._place(row)
        if place is not None and place.path:
            self._work(self._compare(place), f"looking for {place.name} in other points")

    async def _know_points(self) -> tuple[FoundPoint, ...]:
        if not self._points:
            self._points = await express_points(self.ws.context, self.service, self.unit_id, self.now)
            if self.point is not None and self.point.id not in {point.id for point in self._points}:
                older = await express_points(self.ws.context, self.service, self.unit_id, self.point.time)
                self._points = older
        return self._points

    async def _compare(self, place: Place) -> None:
        points = await self._know_points()
        versions = self._versions.setdefault(place.path, {})

        def take(version: Version) -> None:
            versions[version.point.id] = version
            self._show()

        await find_versions(self.ws.context, self.service, place.path, points, take)

    def older_point(self, row: str | None) -> None:
        self._go_to_point(1, row)

    def newer_point(self, row: str | None) -> None:
        self._go_to_point(-1, row)

    def _go_to_point(self, step: int, row: str | None) -> None:
        place = self._place(row)
        self._work(self._other_point(step, place.path if place else ""), "opening another point")

    async def _other_point(self, step: int, path: str) -> None:
        points = await self._know_points()
        at = next((number for number, point in enumerate(points) if point == self.point), None)
        at = next((n for n, point in enumerate(points) if self.point and point.id == self.point.id), at)
        wanted = (at or 0) + step
        if not 0 <= wanted < len(points):
            which = "older" if step > 0 else "newer"
            self.say(f"No {which} express point among the {len(points)} that were looked for.")
            return
        self._opening_since = self.now
        self._found = None
        self._show()
        await self._open(points[wanted], path)
        if path and path not in self._tree.nodes:
            self.say(f"{path} is not in the point of {show_utc(points[wanted].time, self.now)} UTC.")

    # -- the basket -----------------------------------------------------------------------------------------

    async def pick(self, row: str | None) -> None:
        place = self._place(row)
        if place is None or self._opened is None or self.point is None:
            return
        if self.basket.holding(place.path, self.point.id):
            self.basket = self.basket.without([place.path])
        else:
            self.basket = self.basket.plus([Picked.of(place, self._opened, self.point)])
        self._lost = tuple(path for path in self._lost if path in self.basket)
        self._show()
        if self.is_open:
            self.table.act("down")
        await keep_basket(self.ws.context.journal, self.basket)

    async def empty_basket(self, row: str | None) -> None:
        dropped = len(self.basket.items)
        self.basket, self._lost = Basket(self.unit_id), ()
        self._show()
        self.say(f"{counted(dropped, 'selection')} taken out of the basket.")
        await keep_basket(self.ws.context.journal, self.basket)

    def restore_basket(self, row: str | None) -> None:
        # A create is never cancelled by a newer read, so it is not in the group of the reads.
        self._busy = "creating the draft"
        self.program.start(self._draft(), "a draft of files")
        self.refresh_frame()

    async def _draft(self) -> None:
        context = self.ws.context
        try:
            basket = self.basket.without(self._lost)
            if not basket.items:
                raise UsageError("Nothing of the basket is left in its point.", certainty="Nothing was sent.")
            fresh = await renewed(context, self.service, basket)
            if fresh.lost:
                self._lost = (*self._lost, *fresh.lost)
                self.say(
                    f"{len(fresh.lost):,} of the basket {'is' if len(fresh.lost) == 1 else 'are'} no longer in the "
                    "point (✗ below). No draft was created; n again leaves them out."
                )
                return
            unit = await self.ws.reader.unit(self.unit_id, self.service)
            session = await draft_files(context, self.service, unit, fresh.basket.items)
            self.basket, self._lost = Basket(self.unit_id), ()
            await keep_basket(context.journal, self.basket)
            if self.is_shown:
                self.program.open(OpenReview(session.id))
            else:
                self.say(f"Draft {session.id[:8]} was created; nothing starts before its review.")
        finally:
            self._busy = ""
            self._show()

    # -- what is shown --------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return list(self._found) if self._found is not None else self._tree.rows()

    def cells(self, key: str) -> Sequence[Cell]:
        if is_rest(key):
            return self._rest(whose_rest(key))
        place = self._place(key)
        if place is None:
            raise KeyError(key)
        chosen = self.point is not None and self.basket.holding(place.path, self.point.id)
        mark = "*" if chosen else " "
        items = place.item.items_count
        versions = self._versions.get(place.path)
        if self._found is not None:
            name = f"{mark} {place.path}"
        else:
            node = self._tree.nodes[key]
            sign = "  " if place.item.opens is None else "▾ " if node.opened else "▸ "
            name = f"{mark} {'  ' * node.depth}{sign}{place.name}"
        return (
            Cell(name, "accent" if chosen else ""),
            Cell(f"{items:,}" if items is not None and not place.is_file else ""),
            Cell(size_words(place.item.size) if place.item.size is not None else ""),
            Cell(in_points(versions) if versions else ""),
        )

    def _rest(self, path: str) -> Sequence[Cell]:
        node = self._tree.nodes[path]
        total = node.place.item.items_count
        left = total - len(node.children) if total is not None and not self._named.get(path) else None
        more = f"{left:,} more" if left is not None and left > 0 else "more"
        state = "loading" if node.reading else node.problem or "enter loads them"
        return (Cell(f"  {'  ' * (node.depth + 1)}… {more}, {state}", "dim"), Cell(""), Cell(""), Cell(""))

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        self.query_one("#files-about", Paragraphs).show(list(self._summary()))
        super().show_rows(news=news, changed=changed)

    def heading(self) -> Section:
        point = f"express point {show_utc(self.point.time, self.now)} UTC" if self.point else self.service.label
        facts = self._busy if self._opening_since is None and not self._busy.startswith("reading") else ""
        if self._found is not None and not facts:
            facts = f'{len(self._found):,} with "{self._search}"'
        label = without_part(self.unit_label, shared_part([self.unit_label]))
        return Section(f"Files   {label}", facts, point)

    def _summary(self) -> Iterator[Para]:
        if self._opening_since is not None:
            yield opening(self._opening_since, self.ws.zone, self.now)
        elif self._ended:
            yield ended(self.basket)
        elif self._opened is not None:
            yield ending(self._opened, self.basket, self.ws.zone, self.now)
        if self._failure is not None:
            yield Para(f"{self._failure.sentences} r tries again.", "bad", "   ")
            for line in small_print(self._failure):
                yield Para(line, "dim", "   ")

    def empty_words(self) -> str:
        if self._opening_since is not None or self._busy:
            return ""
        if self._failure is not None:
            return "   What is in the point is unknown."
        if self._found is not None:
            return f'   No file or folder has "{self._search}" in its name. esc shows the tree.'
        return "   The point has no files."

    def about(self, key: str) -> Sequence[Section | str]:
        lines: list[Section | str] = []
        place = self._place(key)
        if place is not None:
            versions = self._versions.get(place.path, {})
            lines.append(about_place(place, versions, self._points))
            lines += version_lines(versions, self._points, self.point, self.now) if versions else ()
        basket = basket_section(self.basket)
        if lines:
            lines += [""] if self.query_one(ListAndPane).is_beside else []
            lines.append(Section(basket.text))
        else:
            lines.append(basket)
        return [*lines, *basket_lines(self.basket, self._lost, self.now)]


def _not_busy(context: FilesContext) -> str | None:
    return f"Wait: {context.busy}." if context.busy else None


def _can_look(context: FilesContext) -> str | None:
    return _not_busy(context) or (None if context.ready else "The point is not open; enter or r opens it.")


def _can_draft(context: FilesContext) -> str | None:
    return _not_busy(context) or (None if context.chosen else "The basket is empty; space selects.")


# fmt: off
COMMANDS: Commands[FilesScreen, FilesContext] = (
    replace(OPEN, label="open", weight=1).when(blocked=_not_busy),
    Command("pick", ("space",), "select", "Puts the file or folder into the basket, or takes it out.",
            run=FilesScreen.pick, weight=1, needs_row=True, blocked=_can_look),
    Command("versions", ("v",), "in other points",
            "Looks for it in the newest 4 express points, which are opened for it.",
            run=FilesScreen.look_for_versions, name="versions", weight=2, feature="browse", changes=True,
            needs_row=True, blocked=_can_look),
    Command("older", ("o",), "other point", "Opens the next older express point; selections are kept.",
            run=FilesScreen.older_point, weight=3, feature="browse", changes=True, blocked=_not_busy),
    Command("newer", ("O",), help="Opens the next newer express point; selections are kept.",
            run=FilesScreen.newer_point, feature="browse", changes=True, blocked=_not_busy),
    Command("find", ("slash",), "find", "Finds files and folders of the whole point by name, a call or more a folder.",
            run=FilesScreen.ask_name, name="find", weight=2, feature="browse"),
    Command("filter", ("f",), help="Shows only the names in this folder that contain a text (1 call a page).",
            run=FilesScreen.ask_filter, name="filter", feature="browse", blocked=_can_look),
    Command("sort", ("s",), help="Reads this folder in another order: the service's, by name, by name reversed.",
            run=FilesScreen.change_order, name="sort", feature="browse", blocked=_can_look),
    Command("new_restore", ("n",), "restore basket",
            "Creates a draft of the basket and opens its review. Nothing is restored before.",
            run=FilesScreen.restore_basket, name="new", aliases=("restore",), group="Change", weight=1, changes=True,
            needs="restore", feature="restore", blocked=_can_draft),
    Command("empty", ("u",), help="Takes everything out of the basket.", run=FilesScreen.empty_basket,
            name="empty basket", blocked=_can_draft),
)
# fmt: on
FilesScreen.offers(COMMANDS)
