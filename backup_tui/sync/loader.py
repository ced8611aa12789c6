"""The one way from a question to the store: for background reading, and for whoever waits for a whole answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from backup_tui.errors import BackupTuiError, NotFound, ProtocolError
from backup_tui.models.clock import Clock
from backup_tui.models.pages import Listing, Page
from backup_tui.models.services import Service
from backup_tui.models.text import safe
from backup_tui.store import updates as up
from backup_tui.store.freshness import Key
from backup_tui.store.store import Store
from backup_tui.sync.collections import COLLECTIONS, ArtifactMark, ListOf, ObjectOf, Source

if TYPE_CHECKING:
    from backup_tui.graph.reader import Reader

T = TypeVar("T")
Spend = Callable[[], Awaitable[None]]


async def _first(pages: AsyncIterator[Page[T]], most: int) -> AsyncIterator[Page[T]]:
    """At most so many pages; 0 for all."""
    async for page in pages:
        yield page
        if page.number == most:
            return


async def _free() -> None:
    """Who waits for an answer spends nothing of what background reading may ask."""


class Loader:
    """Reads into the store what `collections` declares. `pages`: how many pages each list had the last time."""

    def __init__(self, reader: "Reader", store: Store, clock: Clock) -> None:
        self._source = Source(reader, store)
        self._store = store
        self._clock = clock
        self.pages: dict[Key[Any], int] = {}
        self._asked_for: dict[Key[Any], int] = {}

    @property
    def marks(self) -> dict[str, ArtifactMark]:
        return self._source.marks

    async def load(self, key: Key[T]) -> T:
        """Reads a collection for somebody who waits: whole or not at all; what could be read is in the store. Raises
        `IncompleteList`: the list broke off, or holds entries that cannot be read; `ProtocolError`: it is unknown
        which service to ask; `BackupTuiError`: as the reader raises it."""
        how, found = COLLECTIONS[key.kind], None
        if isinstance(how, ObjectOf):
            found = await self._object(key, how, _free)
        elif (listing := await self._list(key, how, _free, kept=True)) is not None:
            found = listing.whole()
        if found is None:
            raise ProtocolError(
                f"{safe(key.of)} has no service.",
                certainty="Its units were not read.",
            )
        answer: T = found
        return answer

    async def refresh(self, key: Key[Any], spend: Spend) -> None:
        """Brings a collection up to date in the store. A missing object is not a failure. Raises
        `BackupTuiError`: what went wrong; the pages that came before are in the store."""
        how = COLLECTIONS[key.kind]
        if isinstance(how, ListOf):
            most = how.at_once * self._asked_for.get(key, 1)
            await self._list(key, how, spend, kept=not how.page_by_page, most=most)
            return
        try:
            await self._object(key, how, spend)
        except NotFound:
            if how.missing is None:
                raise

    def read_more(self, key: Key[Any]) -> None:
        """From now on `refresh` reads as many pages more of a long list as it reads unasked."""
        self._asked_for[key] = self._asked_for.get(key, 1) + 1

    async def _object(self, key: Key[Any], how: ObjectOf[T], spend: Spend) -> T:
        await spend()
        asked = self._clock.monotonic()
        try:
            found = await how.read(self._source.reader, key.of)
        except NotFound:
            if how.missing is not None:
                self._store.apply(how.missing(key.of, asked, self._clock.now()))
            raise
        self._store.apply(how.update(found, asked, self._clock.now()))
        return found

    async def _list(
        self, key: Key[Any], how: ListOf[T], spend: Spend, *, kept: bool, most: int = 0
    ) -> Listing[T] | None:
        pages = how.pages(self._source, key.of)
        if pages is None:
            return None
        shown_early = self._store.freshness(key).never_read
        await spend()
        listing, asked, ended = Listing[T](), self._clock.monotonic(), False

        def apply(items: tuple[Any, ...], *, first: bool = True, last: bool, unread: int) -> None:
            now = self._clock.now()
            self._store.apply(
                up.UnitsPage(Service(key.of), items, first, last, asked, now, unread)
                if how.page_by_page
                else up.ListRead(key, items, asked, last, now, unread)
            )

        try:
            async for page in _first(pages, most):
                listing.take(page, kept=kept)
                if how.page_by_page or (shown_early and not page.last):
                    apply(page.items, first=page.number == 1, last=page.last, unread=page.unread)
                if not page.last:
                    await spend()
            ended = listing.ended or not most
        except NotFound:
            if how.missing is not None:
                self._store.apply(how.missing(key.of, asked, self._clock.now()))
            raise
        except Exception as error:
            if how.page_by_page:
                words = error.message if isinstance(error, BackupTuiError) else ""
                self._store.apply(up.UnitsFailed(Service(key.of), words))
            raise
        finally:
            if listing.pages:
                self.pages[key] = listing.pages
            if how.page_by_page:
                if ended and not listing.ended:
                    apply((), first=not listing.pages, last=True, unread=0)
            elif ended or listing.pages:
                apply(listing.items, last=ended, unread=listing.unread)
        return listing
