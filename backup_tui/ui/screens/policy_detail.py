"""One protection policy: what it promises, and its units, those with problems first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status, unit_status
from backup_tui.models.text import short_id
from backup_tui.protection.review import policy_label
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Topic
from backup_tui.store.freshness import UNREAD, Freshness
from backup_tui.store.unit_table import UnitTable
from backup_tui.store.views import unit_keys
from backup_tui.ui.commands import Command, UnmarkAll
from backup_tui.ui.policy_actions import ActivatePolicy, DeactivatePolicy, PolicyActions, PolicyContext
from backup_tui.ui.policy_words import history_words, points_line, state_lines, units_line
from backup_tui.ui.policy_words import status_cell as policy_cell
from backup_tui.ui.protected_units import (
    HIDDEN_NAMES,
    about_unit,
    account_cell,
    name_cell,
    names_hidden,
    start_of,
    status_cell,
    unit_columns,
)
from backup_tui.ui.screens.listing import ListScreen, own_commands
from backup_tui.ui.session_words import units_words
from backup_tui.ui.unit_actions import CopyAddress, CopyUnitId, MarkUnit, OpenPoints, RestoreUnits, UnitActions
from backup_tui.ui.widgets.frame import Rule
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.table import Cell


class PolicyDetail(ListScreen, PolicyActions, UnitActions):
    """A policy with its units.

    Args:
        policy_id: The policy.
    """

    NUMBER = 2
    VIEW = "policies"
    OWN_COMMANDS: ClassVar[tuple[Command[Any], ...]] = (
        OpenPoints(),
        MarkUnit(),
        UnmarkAll(),
        *own_commands(),
        RestoreUnits(),
        CopyUnitId(),
        CopyAddress(),
        ActivatePolicy(),
        DeactivatePolicy(),
    )
    COLUMNS = unit_columns(Service.EXCHANGE, "", policy=False)
    SORTS = ("address", "name", "status")
    TOPICS = frozenset({Topic.POLICIES, Topic.UNITS})
    MARKABLE = True
    PANE_LINES = 3

    def __init__(self, policy_id: str) -> None:
        super().__init__()
        self.policy_id = policy_id
        self._start = ""
        self._kept: tuple[object, Sequence[str]] = (None, ())

    # -- what it is about -----------------------------------------------------------------------------------

    @property
    def policy(self) -> ProtectionPolicy | None:
        """The policy; None when the service no longer has it."""
        return self.ws.store.policies.get(self.policy_id)

    @property
    def unit_service(self) -> Service | None:
        """The policy's service."""
        return self.policy.service if self.policy else None

    @property
    def _units(self) -> UnitTable | None:
        return self.ws.store.units[self.unit_service] if self.unit_service else None

    @property
    def _known(self) -> Freshness:
        service = self.unit_service
        return self.ws.store.freshness(fresh.units_of(service)) if service else UNREAD

    def policy_of(self, row: str | None) -> ProtectionPolicy | None:
        """`A` and `X` are about the policy, whatever unit the cursor is on."""
        return self.policy

    def focus_on(self) -> Focus:
        """The policy is followed, and the units of its service are read."""
        return Focus(screen="policies", service=self.unit_service, policy_id=self.policy_id)

    def context(self) -> PolicyContext:
        """The unit under the cursor, and the policy."""
        return self.policy_context(self.row)

    def compose_body(self) -> ComposeResult:
        """Title, the policy, its units."""
        title, listing, filter_line = super().compose_body()
        yield title
        with Vertical(id="policy-head"):
            yield Paragraphs(id="policy-about")
            yield Rule()
        yield listing
        yield filter_line

    # -- rows -----------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        """Ids of the policy's units: problems first, then by address, unless sorted otherwise."""
        table, service = self._units, self.unit_service
        if table is None or service is None:
            return ()
        state = (self.filter_text, self.sort, table.version, len(table))
        if self._kept[0] != state:
            ids = unit_keys(self.ws.store, service, f"policy:{self.policy_id} {self.filter_text}", self.sort)
            ids = [unit_id for unit_id in ids if table[unit_id].policy_id == self.policy_id]
            if not self.sort.column:
                ranks = {status: unit_status(status).rank for status in {table[unit_id].status for unit_id in ids}}
                ids.sort(key=lambda unit_id: ranks[table[unit_id].status])
            self._kept = (state, ids)
        return self._kept[1]

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a unit."""
        table = self._units
        if table is None:
            raise KeyError(key)
        row, hidden = table[key], names_hidden(table.service, self.ws.who)
        return (
            account_cell(row, self._start, hidden=hidden),
            name_cell(row, hidden=hidden),
            status_cell(row),
        )

    def show_rows(self) -> None:
        """Brings the lines about the policy and the columns up to date, then the rows."""
        if (table := self._units) is not None:
            self._start = start_of(table)
            hidden = names_hidden(table.service, self.ws.who)
            columns = unit_columns(table.service, self._start, hidden=hidden, policy=False)
            if columns != self.table.columns:
                self.table.columns = columns
        self.query_one("#policy-about", Paragraphs).show([Para(text, look) for text, look in self._policy_lines()])
        super().show_rows()

    def _policy_lines(self) -> Iterator[tuple[str, str]]:
        policy, store, zone, now = self.policy, self.ws.store, self.ws.zone, self.now
        if policy is None:
            yield "The service no longer has this policy. esc goes back.", "warn"
            return
        look = policy_status(policy.status).tone.value
        for line in state_lines(policy):
            yield line.removesuffix("; enter lists them first.").removesuffix(".") + ".", look
        if history := history_words(policy, zone, now):
            yield history, ""
        yield points_line(policy), ""
        if self._known.complete:
            yield units_line(store, policy, zone, now), ""
        if policy.service is not None and names_hidden(policy.service, self.ws.who):
            yield HIDDEN_NAMES, ""

    # -- words ----------------------------------------------------------------------------------------------

    def heading(self) -> tuple[str, str]:
        """`Policies > Sites all   + active`, and how much of its units is known."""
        policy = self.policy
        if policy is None:
            return f"Policies > {short_id(self.policy_id)}", ""
        left = f"Policies > {policy_label(policy)}   {policy_cell(policy, self.ws.zone, self.now).text}"
        right: list[str] = []
        known = self._known
        if known.never_read or known.error:
            right.append(f"units {self.freshness_words(known)}")
        elif not known.complete:
            right.append(f"{self.table.row_count:,} units so far, more to come")
        elif self.filter_text:
            right.append(f'{self.table.row_count:,} for "{self.filter_text}"')
        if marked := len(self.table.marked):
            hidden = f", {self.table.hidden_marks:,} hidden" if self.table.hidden_marks else ""
            right.append(f"{marked:,} marked{hidden}")
        return left, "   ".join(right)

    def empty_words(self) -> str:
        """Why there is no unit."""
        policy, known = self.policy, self._known
        if policy is None:
            return ""
        if policy.service is None:
            return "   Which service this policy is for is not known here, so its units cannot be listed."
        units = units_words(policy.service, 0).partition(" ")[2]
        if known.never_read:
            return f"   The {units}: {self.freshness_words(known)}."
        if self.filter_text:
            so_far = "" if known.complete else " so far; more to come"
            return f'   None with "{self.filter_text}"{so_far}. esc takes the filter away.'
        return f"   This policy has no {units}." if known.complete else "   None so far; more to come."

    def about(self, key: str) -> list[str]:
        """The lines about a unit."""
        row = self.unit_of(key)
        if row is None:
            return []
        return about_unit(self.ws.store, row, self.ws.zone, self.now, hidden=names_hidden(row.service, self.ws.who))
