"""Lists in pages: the service chooses the size, and its tokens mean nothing to anybody else."""

import base64
import json
import secrets
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import quote

from backup_tui.simulator.domain.identifiers import number
from backup_tui.simulator.grammar.filters import parse_filter
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request
from backup_tui.simulator.http.odata import check_names, selected, selected_names, wants_count, whole_number

Row = TypeVar("Row")

_BEFORE_ALL = -(1 << 40)
_BINDING = ("filter", "orderby", "top", "select", "count")


def page(
    call: Call,
    rows: Sequence[Row],
    answer: Callable[[Row, Call], Json],
    collection: str,
    place: Callable[[Row], int] = lambda row: row.seq,  # type: ignore[attr-defined]
    *,
    plain: bool = False,
) -> Reply:
    """Answer one page of a list.

    Understands ``$filter``, ``$orderby`` (one property), ``$top`` (which bounds the size of a page), ``$skip``,
    ``$count``, ``$select`` and ``$skiptoken``. A page starts after the row where the one before it ended, so rows
    that come or go in between shift nothing.

    Args:
        rows: All rows, in rising order of ``place``.
        answer: Returns a row as JSON.
        collection: What the list is, for ``@odata.context``.
        place: A row's place in the list, which never changes.
        plain: Whether the list supports no options but ``$top`` and ``$skiptoken``, as some pages say.
    """

    def shown(row: Row) -> Json:
        return answer(row, call)

    def passing(start: int) -> Iterator[tuple[int, Json]]:
        for index in range(start, len(rows)):
            row = shown(rows[index])
            if keep is None or keep(row):
                yield place(rows[index]), row

    query = call.query
    settings = call.service.settings
    if plain and any(name in query for name in ("filter", "orderby", "skip", "count", "select")):
        raise bad_request("This method does not support the OData query parameters.")
    top = whole_number(query, "top")
    size = settings.page_size if top is None else min(top, settings.page_size)
    after = _read_token(call) if "skiptoken" in query else None
    keep, names = parse_filter(query["filter"], settings.filter_terms) if "filter" in query else (None, frozenset())
    names |= selected_names(query.get("select")) | {*query.get("orderby", "").split()[:1]}
    if names and rows:  # lists of several types hold one type after the other
        check_names(names, [shown(rows[index]) for index in (0, len(rows) // 2, -1)])
    body: Json = {"@odata.context": call.context(collection)}
    skip = 0 if after is not None else whole_number(query, "skip") or 0
    if "orderby" in query:
        found = _sorted([row for row in map(shown, rows) if keep is None or keep(row)], query["orderby"])
        total = len(found)
        begin = skip if after is None else max(0, after)
        part = found[begin : begin + size]
        next_place = begin + size if begin + size < total else None
    else:
        start = 0 if after is None else bisect_right(rows, after, key=place)
        wanted = list(islice(passing(start), skip, skip + size + 1))
        part = [row for _, row in wanted[:size]]
        next_place = wanted[size - 1][0] if size and len(wanted) > size else None
        total = 0
        if wants_count(query):
            total = len(rows) if keep is None else sum(1 for _ in passing(0))
    if wants_count(query):
        body["@odata.count"] = total
    body["value"] = [selected(row, query.get("select")) for row in part]
    if size and next_place is not None:
        body["@odata.nextLink"] = next_link(call, next_place)
    return Reply(200, body)


def next_link(call: Call, after: int) -> str:
    """Return the address of the page after a place; absolute, on the same path."""
    options = [(name, value) for name, value in call.query.data.items() if name not in ("skip", "skiptoken")]
    options.append(("skiptoken", _token(call, after)))
    query = "&".join(f"${name}={quote(value, safe='')}" for name, value in options)
    path = quote(call.path, safe="/()'.,$")
    return f"{call.origin}{path}?{query}"


def same_page_link(call: Call) -> str:
    """Return another address of the page that was asked for."""
    return next_link(call, _read_token(call) if "skiptoken" in call.query else _BEFORE_ALL)


def _sorted(rows: list[Json], order: str) -> list[Json]:
    name, _, direction = order.strip().partition(" ")
    if direction.strip().lower() not in ("", "asc", "desc") or "," in name:
        raise bad_request(f"Invalid $orderby: {order}")

    def rank(row: Json) -> tuple[bool, str]:
        value = next((found for key, found in row.items() if key.lower() == name.lower()), None)
        return value is not None, str(value or "").lower()

    return sorted(rows, key=rank, reverse=direction.strip().lower() == "desc")


def _binding(call: Call) -> int:
    """Return the number of this list with these options; a token is good for no other."""
    return number(call.path.lower(), *(call.query.get(name) for name in _BINDING))


def _token(call: Call, after: int) -> str:
    # The last number makes two links to the same page differ, so that neither reveals what it means.
    content = json.dumps([after, round(call.now), _binding(call), secrets.randbits(32)]).encode()
    return base64.urlsafe_b64encode(zlib.crc32(content).to_bytes(4, "big") + content).decode().rstrip("=")


def _read_token(call: Call) -> int:
    token = call.query["skiptoken"]
    wrong = bad_request("The $skiptoken is invalid.")
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if zlib.crc32(raw[4:]).to_bytes(4, "big") != raw[:4]:
            raise wrong
        after, made, binding, _ = json.loads(raw[4:])
    except ValueError:
        raise wrong from None
    if binding != _binding(call):
        raise wrong
    if call.now - made > call.service.settings.token_seconds:
        raise Refusal(410, "resyncRequired", "The $skiptoken has expired. Read the list again from its start.")
    return int(after)
