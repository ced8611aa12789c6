"""Reading 100,000 units out of the bytes of their pages, and beside it plain parsing of the same bytes.

Both are kept in memory to the end, and Python's collector runs as it does in any program: what of its work is spared
is part of what is measured. Seconds are those of the processor, so a busy machine counts for nothing.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from backup_tui.graph.address import parse_address
from backup_tui.graph.json_body import parse_json
from backup_tui.graph.paging import pages
from backup_tui.graph.requests.call import Call
from backup_tui.graph.requests.protection import list_units
from backup_tui.models.pages import Page
from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit, read_unit
from backup_tui.store.unit_table import UnitTable
from benchmarks.figures import Figure, against, paired
from benchmarks.tenant import mailbox

UNITS = 100_000
PAGE = 1_000
ADDRESS = parse_address("http://127.0.0.1/v1.0")


def figures() -> Iterator[Figure]:
    """Measures the objects of the service, and the rows that the program keeps of them."""
    call = list_units(Service.EXCHANGE)
    bodies = [_body(call, first) for first in range(0, UNITS, PAGE)]
    for what, read in (("objects", _objects), ("rows", _rows)):
        pairs = paired(partial(_processor, partial(read, call, bodies)), lambda: _processor(lambda: _plain(bodies)))
        yield against(f"{UNITS:,} units: bytes to {what}", pairs, "1.5 x", "json.loads")


def _body(call: Call, first: int) -> bytes:
    page: dict[str, object] = {"value": [mailbox(number) for number in range(first, first + PAGE)]}
    if first + PAGE < UNITS:
        page["@odata.nextLink"] = f"{ADDRESS.base_url}{call.path}?$skiptoken={first + PAGE}"
    return json.dumps(page).encode()


def _plain(bodies: Sequence[bytes]) -> object:
    return [json.loads(body) for body in bodies]


def _objects(call: Call, bodies: Sequence[bytes]) -> object:
    found: list[Page[ProtectionUnit]] = []
    asyncio.run(_each_page(call, bodies, found.append))
    return found


def _rows(call: Call, bodies: Sequence[bytes]) -> object:
    table = UnitTable(Service.EXCHANGE, {})
    asyncio.run(_each_page(call, bodies, lambda page: table.take(page.items, first=page.number == 1, last=page.last)))
    if len(table) != UNITS:
        raise RuntimeError(f"only {len(table):,} units were read")
    return table


async def _each_page(call: Call, bodies: Sequence[bytes], take: Callable[[Page[ProtectionUnit]], object]) -> None:
    answers = iter(bodies)

    async def run(_call: Call) -> object:
        return parse_json(next(answers))

    async for page in pages(run, call, read_unit, ADDRESS, Service.EXCHANGE):
        take(page)


def _processor(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    kept = work()
    took = time.process_time() - began
    del kept
    return took
