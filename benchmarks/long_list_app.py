"""The program with 100,000 mailboxes in its store: what `benchmarks.long_list` looks at from outside."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from backup_tui.config import Settings, Token
from backup_tui.models.clock import Clock
from backup_tui.models.services import Service
from backup_tui.models.units import read_unit
from backup_tui.simulator.app import create_app
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.store.updates import UnitsPage
from backup_tui.ui.start import make_app
from backup_tui.workspace import Workspace
from benchmarks.tenant import mailbox

PAGE = 1_000


def fill(workspace: Workspace, rows: int) -> None:
    """Reads so many mailboxes into the store, page by page, as the service would send them."""
    for first in range(0, rows, PAGE):
        count = min(PAGE, rows - first)
        # Through JSON, as answers come: values that are equal are then not one object in memory either.
        page = json.loads(json.dumps([mailbox(number) for number in range(first, first + count)]))
        items = tuple(unit for unit in read_unit.quickly(page) if unit is not None)
        workspace.store.apply(
            UnitsPage(
                Service.EXCHANGE,
                items,
                first=first == 0,
                last=first + PAGE >= rows,
                asked_at=workspace.clock.monotonic(),
                answered_at=workspace.clock.now(),
            )
        )


def main(rows: int) -> None:
    """Runs the program on a small simulated tenant, with so many mailboxes beside."""
    with tempfile.TemporaryDirectory() as state:
        settings = Settings(graph_url="http://127.0.0.1/v1.0", token=Token("any"), tz="UTC", state_dir=Path(state))
        service = create_app(Simulated(units=3, history=False))
        workspace = Workspace(settings, clock=Clock(), service=service)
        fill(workspace, rows)
        make_app(workspace).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
