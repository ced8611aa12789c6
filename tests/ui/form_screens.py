"""The form of a new restore on a simulated service, opened from an empty screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import Simulated, opened, simulated, until
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.restore.drafts.form import FormUnit, RestoreForm
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.ui.app import TopScreen
from backup_tui.ui.frame.commands import Command
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.routes import OpenNewRestore


class Start(BaseScreen):
    """A first screen on which `n` opens the form."""

    NUMBER = 1

    def new_restore(self, row: str | None) -> None:
        self.program.open(OpenNewRestore())


Start.offers((Command("new_restore", ("n",), "new restore", run=Start.new_restore),))


TOPS: list[TopScreen] = [("Overview", Start)]


def program(state: Path, **options: Any) -> Simulated:
    """The program with that first screen."""
    return simulated(TOPS, state, **options)


async def form_of(pilot: Pilot[Any], one: Simulated, form: RestoreForm | None = None) -> NewRestore:
    """The form, opened and taken up."""
    await opened(pilot, one)
    one.app.open(OpenNewRestore(form))
    await pilot.pause()
    screen = one.app.screen
    assert isinstance(screen, NewRestore)
    await until(pilot, lambda: screen.drafting.taken_up, "the form is taken up")
    await pilot.pause()
    return screen


async def settled(pilot: Pilot[Any], screen: NewRestore) -> None:
    """Nothing is being looked up or kept any more."""
    drafting = screen.drafting

    def quiet() -> bool:
        lookups = drafting.lookups
        lacking = lookups.lacking(drafting.form) and lookups.points_error is None
        waiting = drafting.form.waiting and lookups.names_error is None
        return not (waiting or lacking or lookups.looking_points or drafting.keeping.busy)

    await until(pilot, quiet, "the form is settled")
    await pilot.pause()


def usual(one: Simulated, service: WorkloadKey, count: int) -> list[Unit]:
    """The first units of a service that have a name and a point; the tenant has a few that lack one."""
    lacking = {"yara.achterberg@contoso.com", "henrik.lefevre@contoso.com", ""}
    return [unit for unit in one.service.tenant.units[service] if unit.address not in lacking][:count]


def addresses(one: Simulated, service: WorkloadKey, count: int) -> list[str]:
    """Addresses of the first usual units of a service."""
    return [unit.address for unit in usual(one, service, count)]


def form_for(one: Simulated, count: int, service: Service = Service.ONEDRIVE, **more: Any) -> RestoreForm:
    """A form with the first usual units of a service."""
    units = tuple(FormUnit(unit.id, unit.address) for unit in usual(one, service.value, count))
    return RestoreForm(service, units, **{"moment": "2h ago", **more})


async def last_draft(one: Any) -> Any:
    """Id of the draft that was made last from here."""
    return next(line.session_id for line in await one.workspace.journal_lines() if line.kind == "create")
