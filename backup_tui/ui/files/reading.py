"""What was read of an opened point: its tree, page by page, and what was found in it by name. Knows no widget."""

from collections.abc import AsyncIterator, Callable, Sequence

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError
from backup_tui.models.browse import BrowseSession, Order
from backup_tui.models.pages import Page
from backup_tui.restore.files.places import Place, Search, find_named, pages_of, read_tops
from backup_tui.ui.files.tree import ROOT, Tree, is_rest, parents_of, whose_rest

AT_ONCE = 500  # so many rows of a place are read before somebody asks for more

ORDERS = {None: "the service's order", Order.NAME_UP: "by name", Order.NAME_DOWN: "by name, reversed"}


class PointFiles:
    """The files of one point at a time. `on_news`: told when there is more to show."""

    def __init__(self, on_news: Callable[[], None]) -> None:
        self._on_news = on_news
        self.opened: BrowseSession | None = None  # the point's browse session; `None` before the first is open
        self.tree = Tree()  # what was read of it
        self.found: dict[str, Place] | None = None  # what was found by name, by path; `None` while the tree is shown
        self.search = ""  # what was looked for
        self.names: dict[str, str] = {}  # path of a place to the text that the names inside it have to contain
        self.order: Order | None = None  # in which order places are read
        self._pages: dict[str, AsyncIterator[Page[Place]]] = {}

    def keys(self) -> Sequence[str]:
        """The rows: places by path, and where a place has more, a row of its own (`tree.is_rest`)."""
        return list(self.found) if self.found is not None else self.tree.rows()

    def place(self, key: str | None) -> Place | None:
        """What a row stands for; `None` for what was not read yet."""
        if key is None or is_rest(key):
            return None
        if self.found is not None:
            return self.found.get(key)
        node = self.tree.nodes.get(key)
        return node.place if node else None

    def folder_of(self, key: str | None) -> str:
        """The open place that a row is in, or is."""
        if key is None:
            return ROOT
        if is_rest(key):
            return whose_rest(key)
        node = self.tree.nodes.get(key)
        return key if node is not None and node.opened else key.rpartition("/")[0]

    async def start(self, context: Context, opened: BrowseSession) -> None:
        """Begins with the top of a point. Raises `BackupTuiError`: it could not be read."""
        tree = Tree()
        tree.start(await read_tops(context, opened))
        self.tree, self._pages, self.opened = tree, {}, opened
        if tree.nodes:
            await self.read_on(context, ROOT)

    async def open(self, context: Context, path: str) -> None:
        """Opens a place, and reads it unless that was done before. Raises `BackupTuiError`."""
        node = self.tree.nodes[path]
        if node.children or not node.more:
            node.opened = True
            self.tree.touch()
        else:
            await self.read_on(context, path)

    async def read_on(self, context: Context, path: str) -> None:
        """Reads what is inside a place, or more of it; each page is shown as it comes. Raises `BackupTuiError`."""
        if self.opened is None:
            return
        node = self.tree.nodes[path]
        node.opened, node.reading, node.problem = True, True, ""
        if path not in self._pages:
            self._pages[path] = pages_of(context, self.opened, node.place, self.names.get(path, ""), self.order)
        until = len(node.children) + AT_ONCE
        try:
            while len(node.children) < until:
                page = await anext(self._pages[path], None)
                if page is None or page.last:
                    node.more = False
                if page is None:
                    break
                self.tree.add(path, page.items)
                if page.unread:
                    node.problem = f"{page.unread:,} could not be read"
                if page.last:
                    break
                self._on_news()
        except BackupTuiError as error:
            self._pages.pop(path, None)
            node.problem = error.message
            raise
        finally:
            node.reading = False
            self.tree.touch()

    async def read_again(self, context: Context, path: str) -> None:
        """Reads a place from its beginning, with the names and in the order that hold now. Raises `BackupTuiError`."""
        if path in self.tree.nodes:
            self.tree.read_anew(path)
            self._pages.pop(path, None)
            await self.read_on(context, path)

    async def reveal(self, context: Context, path: str) -> bool:
        """Opens what is above a path; returns whether the point has it. Raises `BackupTuiError`."""
        for parent in parents_of(path):
            if parent not in self.tree.nodes:
                return False
            node = self.tree.nodes[parent]
            node.opened = True
            while node.more and path not in self.tree.nodes:
                before = len(node.children)
                await self.read_on(context, parent)
                if len(node.children) == before:
                    break
        self.tree.touch()
        return path in self.tree.nodes

    async def find(self, context: Context, text: str, on_look: Callable[[Search], bool]) -> Search | None:
        """Looks for a name in the whole point, into `found`. Returns how far it came; `None` where another search or
        the tree took its place. `text`: part of the name. `on_look`: told after each round of folders; `False` ends the
        search. Raises `BackupTuiError`: the point could not be read."""
        if self.opened is None:
            return None
        found: dict[str, Place] = {}
        self.search, self.found = text, found

        def look(search: Search) -> bool:
            return on_look(search) and self.found is found

        def take(places: Sequence[Place]) -> None:
            found.update((place.path, place) for place in places)

        search = await find_named(context, self.opened, text, take, look)
        return search if self.found is found else None
