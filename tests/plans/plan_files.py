"""Plan files in a folder of the test, and the check of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backup_tui.changes.context import OnProgress, unheard
from backup_tui.models.services import Service
from backup_tui.plans.checking import PlanCheck, check_plan
from backup_tui.plans.document import PlanDocument, read_plan
from backup_tui.sync.loader import Loader

if TYPE_CHECKING:
    from office import Office

    from backup_tui.store.rows import UnitRow

from backup_tui.store.freshness import units_of


def names_of(units: Sequence[UnitRow]) -> list[str]:
    """How a list would name these units."""
    return [unit.address or unit.title for unit in units]


def plan_file(
    office: Office, names: Sequence[str], more: str = "", *, name: str = "ransom", before: str = "5h ago"
) -> PlanDocument:
    """A plan for a list of OneDrive accounts, which lies beside it."""
    folder: Path = office.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "names.csv").write_text("\n".join(["email", *names]), encoding="utf-8")
    text = f'version = 1\nname = "{name}"\nlist = "names.csv"\nbefore = "{before}"\nzone = "UTC"\nto = "in-place"\n'
    if "service" not in more:
        text += 'service = "onedrive"\n'
    path = folder / f"{name}.toml"
    path.write_text(f"{text}{more}", encoding="utf-8")
    return read_plan(path)


async def check(office: Office, document: PlanDocument, on_progress: OnProgress = unheard) -> PlanCheck:
    """The check of a plan, with units read as the program reads them."""
    loader = Loader(office.tools.reader, office.store, office.clock)

    async def load(service: Service) -> None:
        await loader.load(units_of(service))

    return await check_plan(office.tools, load, document, on_progress)


def texts(found: PlanCheck, mark: str) -> list[str]:
    """The checks with one mark."""
    return [one.text for one in found.checks if one.mark.value == mark]
