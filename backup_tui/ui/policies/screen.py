"""Screen 2: the protection policies, and what each of them promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backup_tui.models.focus import Focus
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import counted
from backup_tui.protection.policies import policy_label
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.store.views import policy_keys
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands
from backup_tui.ui.frame.listing import FILTER, SORT, ListScreen
from backup_tui.ui.frame.screen import PaletteEntry
from backup_tui.ui.policies.actions import (
    ACTIVATE_POLICY,
    DEACTIVATE_POLICY,
    PolicyActions,
    PolicyContext,
    follow_to_end,
)
from backup_tui.ui.policies.text import about_policy, changed_cell, policy_title, status_cell, units_cell
from backup_tui.ui.routes import OpenPolicy
from backup_tui.ui.vocabulary.names import service_label
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell


class PoliciesScreen(ListScreen, PolicyActions):
    """All protection policies of the tenant."""

    NUMBER = 2
    VIEW = "policies"
    COLUMNS = (
        Column("service", "Service", 10),
        Column("name", "Name", 17, grow=2, least=10),
        Column("status", "Status", 22),
        Column("units", "Units", 8),
        Column("changed", "Changed", 16, grow=1, least=10, drop=1),
    )
    SORTS = ("service", "name", "status", "changed")
    TOPICS = frozenset({Topic.POLICIES, Topic.UNITS})
    PANE_LINES = 7

    def __init__(self) -> None:
        super().__init__()
        self._followed: set[str] = set()

    def focus_on(self) -> Focus:
        """The policies are read; quickly while one is updating."""
        return Focus(screen="policies")

    def context(self) -> PolicyContext:
        """The policy under the cursor."""
        return self.policy_context(self.row)

    def keys(self) -> Sequence[str]:
        """Ids of the policies."""
        return policy_keys(self.ws.store, self.filter_text, self.sort)

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a policy."""
        store, zone, now = self.ws.store, self.ws.zone, self.now
        policy = store.policies[key]
        return (
            Cell(service_label(policy.service)),
            Cell(policy_label(policy)),
            status_cell(policy, zone, now),
            units_cell(store, policy),
            changed_cell(policy, zone, now),
        )

    def changed(self, change: Change) -> None:
        """A policy that is updating is followed, whoever changed it: the message line says how it ended."""
        super().changed(change)
        moving = {policy.id for policy in self.ws.store.policies.values() if policy_status(policy.status).moving}
        for policy_id in moving - self._followed:
            follow_to_end(self.program, policy_id)
        self._followed = moving

    def heading(self) -> Section:
        """`Policies 4`, and the rule that explains most refusals."""
        known = self.ws.store.freshness(fresh.POLICIES)
        left = "Policies" if known.never_read else f"Policies {len(self.ws.store.policies):,}"
        facts = self.freshness_words(known)
        return Section(left, facts, "one active policy per service")

    def total(self) -> int:
        return len(self.ws.store.policies)

    def empty_words(self) -> str:
        """Why there is no policy."""
        known = self.ws.store.freshness(fresh.POLICIES)
        if known.never_read:
            if (barred := self.barred("protection")) is not None:
                return f"   {barred}"
            state = self.freshness_words(known)
            return f"   {state[0].upper()}{state[1:]}."
        if self.filter_text:
            return f'   No policy has "{self.filter_text}" in it. esc takes the filter away.'
        if not known.whole:
            return f"   {counted(known.unread, 'policy', 'policies')} came and could not be read. r tries again."
        return (
            "   This tenant has no policies, so nothing is backed up. They are made in the Microsoft 365 admin center."
        )

    def about(self, key: str) -> list[str]:
        """The lines about a policy."""
        policy = self.policy_of(key)
        return about_policy(self.ws.store, policy, self.ws.zone, self.now) if policy else []

    def palette_entries(self) -> Iterable[PaletteEntry]:
        """Every policy by its name."""
        for policy in self.ws.store.policies.values():
            yield PaletteEntry(policy_label(policy), f"Opens the {policy_title(policy)}.", "open", policy.id)

    def open_row(self, row: str | None) -> None:
        if row is not None:
            self.program.open(OpenPolicy(row))


# fmt: off
COMMANDS: Commands[PoliciesScreen, PolicyContext] = (
    OPEN_ROW,
    Command("copy_policy", ("y",), "copy id", "Copies the policy's whole id.", run=PoliciesScreen.copy_policy_id,
            name="copy", weight=6, needs_row=True),
    FILTER,
    SORT,
    ACTIVATE_POLICY,
    DEACTIVATE_POLICY,
)
# fmt: on
PoliciesScreen.offers(COMMANDS)
