"""Screen 2: the protection policies, and what each of them promises."""

from collections.abc import Sequence

from backup_tui.models.focus import Focus
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import counted
from backup_tui.protection.full_backup import covers_short
from backup_tui.protection.policies import policy_label
from backup_tui.restore.drafts.form import FormUnit, RestoreForm
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.store.summary import excluded_units
from backup_tui.store.views import POLICY_LANGUAGE, policy_keys
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands
from backup_tui.ui.frame.listing import FILTER, SORT, ListScreen
from backup_tui.ui.policies.actions import (
    ACTIVATE_POLICY,
    DEACTIVATE_POLICY,
    PolicyContext,
    follow_to_end,
)
from backup_tui.ui.policies.edit_actions import DELETE_POLICY, EDIT_UNITS, NEW_POLICY, RENAME_POLICY, EditActions
from backup_tui.ui.policies.text import about_policy, changed_cell, policy_title, status_cell, units_cell
from backup_tui.ui.routes import OpenNewRestore, OpenPolicy
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.workspace.units_at_hand import read_units, units_at_hand


class PoliciesScreen(ListScreen, EditActions):
    """All protection policies of the tenant."""

    NUMBER = 2
    VIEW = "policies"
    COLUMNS = (
        Column("service", "Service", 10),
        Column("name", "Name", 13, least=10, always=True),
        Column("status", "Status", 19, always=True),
        Column("units", "Units", 5, align="right"),
        Column("changed", "Changed", 13, drop=1),
    )
    SORTS = ("service", "name", "status", "changed")
    KEEPS_SORT = True
    LANGUAGE = POLICY_LANGUAGE
    TOPICS = frozenset({Topic.POLICIES, Topic.UNITS, Topic.INCLUSION})
    PANE_LINES = 2
    GAP = 2

    def __init__(self) -> None:
        super().__init__()
        self._followed: set[str] = set()

    def focus_on(self) -> Focus:
        return Focus(screen="policies")

    def context(self) -> PolicyContext:
        return self.policy_context(self.row)

    def keys(self) -> Sequence[str]:
        return policy_keys(self.ws.store, self.filter_text, self.sort, now=self.now)

    def cells(self, key: str) -> Sequence[Cell]:
        store, zone, now = self.ws.store, self.ws.zone, self.now
        policy = store.policies[key]
        return (
            Cell(policy.workload or "?"),
            Cell(policy_label(policy)),
            status_cell(policy, zone, now),
            units_cell(store, policy),
            changed_cell(policy, zone, now),
        )

    def changed(self, change: Change) -> None:
        super().changed(change)
        moving = {policy.id for policy in self.ws.store.policies.values() if policy_status(policy.status).moving}
        for policy_id in moving - self._followed:
            follow_to_end(self.program, policy_id)
        self._followed = moving

    def heading(self) -> Section:
        known = self.ws.store.freshness(fresh.POLICIES)
        left = "Policies" if known.never_read else f"Policies {len(self.ws.store.policies):,}"
        facts = self.freshness_words(known)
        if not facts and self.filter_text:
            facts = f'{self.table.row_count:,} match "{self.filter_text}"'
        return Section(left, facts, "one active policy per service")

    def total(self) -> int:
        return len(self.ws.store.policies)

    def empty_words(self) -> str:
        known = self.ws.store.freshness(fresh.POLICIES)
        if known.never_read:
            if (barred := self.barred("protection")) is not None:
                return barred
            return f"Policies could not be read: {known.error}" if known.error else "Loading…"
        if self.filter_text:
            return f'No policy matches "{self.filter_text}". Esc clears the filter.'
        if not known.whole:
            return f"{counted(known.unread, 'policy', 'policies')} could not be read. r tries again."
        return "No policy yet, so nothing is backed up. + creates one."

    def about(self, key: str) -> list[Section | str]:
        policy = self.policy_of(key)
        return about_policy(self.ws.store, policy, self.ws.zone, self.now) if policy else []

    def open_row(self, row: str | None) -> None:
        if row is not None:
            self.program.open(OpenPolicy(row))

    async def restore_all(self, row: str | None) -> None:
        """`n`: the form with all units of the policy; more than one draft holds become a plan there."""
        policy = self.policy_of(row)
        if policy is None or (service := policy.service) is None:
            return
        if not units_at_hand(self.ws, service):
            self.say(f"Reading the {service.names.units} of {self.ws.who.tenant}.")
        await read_units(self.ws, service)
        members = (unit for unit in self.ws.store.units[service].values() if unit.policy_id == policy.id)
        units = tuple(FormUnit(one.id, one.name) for one in sorted(members, key=lambda one: one.name.lower()))
        if not units:
            self.say(f"{policy_title(policy)} has no {service.names.units}.")
        elif self.is_shown:
            source = f"all of {policy_title(policy)}"
            if policy.is_full:
                # What is excluded comes first: the name of the policy may be cut.
                source = f"{covers_short(policy, excluded_units(self.ws.store, policy))}, {policy_title(policy)}"
            self.program.open(OpenNewRestore(RestoreForm(service, units, zone=self.ws.zone.key, source=source)))


def _why_no_restore(context: PolicyContext) -> str | None:
    known = context.policy is not None and context.policy.service is not None
    return None if known else "The service of this policy is unknown here."


# fmt: off
COMMANDS: Commands[PoliciesScreen, PolicyContext] = (
    OPEN_ROW,
    NEW_POLICY,
    EDIT_UNITS,
    RENAME_POLICY,
    Command("copy_policy", ("y",), "copy id", "Copies the id of the policy.", run=PoliciesScreen.copy_policy_id,
            name="copy", weight=6, needs_row=True),
    Command("restore_all", ("n",), "restore all",
            "Starts a new restore of all units of the policy; more than one draft holds become a plan.",
            run=PoliciesScreen.restore_all, name="new restore of all", aliases=("restore",), group="Change", weight=3,
            changes=True, needs="service", feature="restore", needs_row=True, blocked=_why_no_restore),
    FILTER,
    SORT,
    ACTIVATE_POLICY,
    DEACTIVATE_POLICY,
    DELETE_POLICY,
)
# fmt: on
PoliciesScreen.offers(COMMANDS)
