"""Lists, followed to their end or honestly broken off.

A page link is the service's own text: it may be relative, name another collection, repeat itself or lead elsewhere.
It is followed only to the same scheme, host and port, so the token goes nowhere else."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from backup_tui.errors import BackupTuiError, ForeignLink, IncompleteList, NotFound, ProtocolError, SignInError
from backup_tui.graph.address import DEFAULT_PORTS, ServiceAddress
from backup_tui.graph.json_body import READ_ONLY_CERTAINTY
from backup_tui.graph.requests.call import Call
from backup_tui.graph.unpacking import without_collector
from backup_tui.models.base import Entity, GraphModel
from backup_tui.models.pages import Listing, Page
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.text import counted, safe

T = TypeVar("T")
E = TypeVar("E", bound=Entity)
M = TypeVar("M", bound=GraphModel)

MOST_PAGES = 20_000  # a list with more pages is taken to be endless

_LINK = "@odata.nextlink"
"""In lower case: annotations are compared without case, since a link that is not seen would make a part the whole."""


def next_url(link: object, asked: str, address: ServiceAddress) -> str:
    """Where the next page is. Returns an absolute URL of the service's own origin. Raises `ForeignLink`: it leads to
    another scheme, host or port, or hides where it leads."""
    if not isinstance(link, str) or not link:
        raise _foreign("is not an address")
    # A URL parser drops some of these silently, so what it shows would not be what is asked for.
    if any(ord(char) <= 0x20 or ord(char) == 0x7F or char == "\\" for char in link):
        raise _foreign("holds characters that no address has")
    try:
        parts = urlsplit(link)
        if not parts.scheme:
            from_root = not parts.netloc and link.lower().startswith("/solutions/")
            link = address.base_url + link if from_root else urljoin(asked, link)
            parts = urlsplit(link)
        scheme = parts.scheme.lower()
        origin = scheme, (parts.hostname or "").lower(), parts.port or DEFAULT_PORTS.get(scheme, 0)
        user = parts.username is not None or parts.password is not None or "@" in parts.netloc
    except ValueError:
        raise _foreign("is not an address") from None
    if user:
        raise _foreign("carries a user name")
    if origin != address.origin:
        raise _foreign(f"leads to {safe(parts.netloc or '?', 80)}")
    return parts._replace(fragment="").geturl()


def _foreign(why: str) -> ForeignLink:
    return ForeignLink(
        f"The link to the next page {why}; it was not followed.",
        certainty="The sign-in was not sent there. The list is incomplete.",
        hint="Microsoft Graph does not answer like this: check the network on the way to the service.",
        code="foreignLink",
    )


def _incomplete(read: int, why: str, *, hint: str = "", request_id: str | None = None) -> IncompleteList:
    return IncompleteList(
        f"The list could not be read completely: {why}",
        read=read,
        certainty=f"{counted(read, 'entry', 'entries')} {'was' if read == 1 else 'were'} read; there may be more.",
        hint=hint or "Reading it again (r) is safe.",
        request_id=request_id,
    )


def _entries(answer: object) -> list[object]:
    value = answer.get("value") if isinstance(answer, Mapping) else None
    if not isinstance(value, list):
        raise ProtocolError(
            "The service's answer has no list.",
            certainty=READ_ONLY_CERTAINTY,
            hint="Reading it again is safe.",
            code="noList",
        )
    return value


def _items(entries: list[object], read: TaggedUnion[M], service: Service | None) -> tuple[M, ...]:
    items: list[M] = []
    for entry, made in zip(entries, read.quickly(entries, service), strict=True):
        if made is not None:
            items.append(made)
            continue
        with suppress(ProtocolError):
            items.append(read(entry, service))
    return tuple(items)


def _link(answer: object) -> object:
    if not isinstance(answer, Mapping):
        return None
    return next((value for key, value in answer.items() if str(key).lower() == _LINK), None)


async def pages(
    run: Callable[[Call], Awaitable[object]],
    first: Call,
    read: TaggedUnion[M],
    address: ServiceAddress,
    service: Service | None = None,
) -> AsyncIterator[Page[M]]:
    """Reads a list page by page, of one service where told; what was handed out stays with the caller when a later
    page fails. Raises `BackupTuiError` as the first page failed, `SignInError` when the sign-in ended in the middle,
    `ForeignLink` when a link leads away from the service, `IncompleteList` when a later page failed or the links do
    not come to an end."""
    call, url = first, address.base_url + first.path
    seen = {url}
    number, count, restarted = 1, 0, False
    while True:
        try:
            answer = await run(call)
            entries = _entries(answer)
        except SignInError:
            raise
        except NotFound as error:
            # 410: the link has expired. The list is read again, once; page 1 tells the caller.
            if number > 1 and error.status == 410 and not restarted:
                call, url = first, address.base_url + first.path
                seen, number, count, restarted = {url}, 1, 0, True
                continue
            if number == 1:
                raise
            raise _incomplete(count, error.message, request_id=error.request_id) from error
        except BackupTuiError as error:
            if number == 1:
                raise
            raise _incomplete(count, error.message, hint=error.hint, request_id=error.request_id) from error
        link = _link(answer)
        with without_collector():
            items = _items(entries, read, service)
            page = Page(items, number, last=link is None, unread=len(entries) - len(items))
            del answer, entries, items  # so that the collector never gets to see them
        count += len(page.items)
        yield page
        if link is None:
            return
        url = next_url(link, url, address)
        if url in seen:
            raise _incomplete(count, "a link to the next page repeats itself.")
        if number >= MOST_PAGES:
            raise _incomplete(count, f"it does not end after {MOST_PAGES:,} pages.")
        seen.add(url)
        number += 1
        parts = urlsplit(url)
        below = parts.path.removeprefix(address.path) + (f"?{parts.query}" if parts.query else "")
        call = first.at(url, below, number)


async def collect(found: AsyncIterator[Page[E]]) -> list[E]:
    """All entries of a list, each id once; where an id came twice the later entry counts, in the first one's place.
    Raises `IncompleteList`: the list could not be read to its end, or entries of it could not be read."""
    return await collect_by(found, lambda item: item.id)


async def collect_by(found: AsyncIterator[Page[T]], key: Callable[[T], str]) -> list[T]:
    """Like `collect`, for entries that something else than an id tells apart. Raises `IncompleteList`: the list could
    not be read to its end, or entries of it could not be read."""
    listing = Listing(key)
    async for page in found:
        listing.take(page)
    return list(listing.whole())
