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

PAGE = 1_000


def fill(workspace: Workspace, rows: int) -> None:
    """Reads so many mailboxes into the store, page by page, as the service would send them."""
    for first in range(0, rows, PAGE):
        count = min(PAGE, rows - first)
        # Through JSON, as answers come: values that are equal are then not one object in memory either.
        page = json.loads(json.dumps([_raw(number) for number in range(first, first + count)]))
        items = tuple(read_unit(raw) for raw in page)
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


def _raw(number: int) -> dict[str, object]:
    person = {"user": {"id": f"{number % 7:08d}-5f6b-4c0e-9d53-0c6a3f8f4a10", "displayName": "Adele Vance"}}
    return {
        "@odata.type": "#microsoft.graph.mailboxProtectionUnit",
        "id": f"{number:08d}-fcc6-49b2-ae8b-9b2957641d37",
        "policyId": "61c2b5a0-0000-4000-8000-000000000001",
        "status": "protected",
        "protectionSources": "manual",
        "directoryObjectId": f"{number:08d}-bce4-4aaf-ab1b-5451cc387264",
        "displayName": f"User {number:06d}",
        "email": f"user{number:06d}@contoso.com",
        "createdBy": person,
        "createdDateTime": "2026-02-02T09:00:00Z",
        "lastModifiedBy": person,
        "lastModifiedDateTime": "2026-11-03T09:00:00Z",
    }


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
