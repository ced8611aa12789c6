"""Texts of the form in which a change of a policy's units is put together. Pure."""

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.protection.editing_create import checked_name
from backup_tui.store.rows import UnitRow
from backup_tui.store.store import Store
from backup_tui.ui.policies.edit_state import StagedUnit, Staging
from backup_tui.ui.vocabulary.units import status_cell
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section

COLUMNS = (
    Column("unit", "Account", 30, cut="middle", least=16),
    Column("name", "Name", 16, grow=1, drop=1),
    Column("status", "Status", 19),
    Column("change", "Change", 9),
)

NEW_TO_BACKUP = "new to Backup"


def cells(one: StagedUnit, unit: UnitRow | None, policy_id: str) -> tuple[Cell, ...]:
    """One unit of the change."""
    change = Cell("+ add", "good") if one.joins else Cell("- remove", "bad")
    if unit is not None and bool(policy_id and unit.policy_id == policy_id) is one.joins:
        change = Cell("is so", "dim")
    if unit is None:
        return (Cell(one.member.name), Cell(""), Cell(NEW_TO_BACKUP, "dim"), change)
    outside = not unit.policy_id and unit.status.casefold() == "unprotected"
    status = Cell("not in a policy", "dim") if outside else status_cell(unit)
    return (Cell(one.member.name), Cell(unit.title), status, change)


def about(one: StagedUnit, unit: UnitRow | None, policy_id: str, *, active: bool) -> list[Section | str]:
    """What the change means for one unit."""
    if unit is not None and bool(policy_id and unit.policy_id == policy_id) is one.joins:
        return [
            Section(one.member.name),
            f"It is {'in' if one.joins else 'not in'} the policy already: nothing is sent.",
        ]
    if not one.joins:
        return [
            Section(one.member.name, right="will be removed"),
            "No longer backed up from then on. Its points stay until each is a year old.",
            "Adding it again takes this back; what happens in between is not backed up.",
        ]
    lines: list[Section | str] = [Section(one.member.name, right="will be added")]
    if active:
        lines.append("Backed up from about 1 to 2 hours after the change; billing starts then.")
    else:
        lines.append("The policy is inactive: nothing is backed up or billed until it is activated.")
    if unit is None:
        lines.append(f"The service does not list it yet. It is added by its id {one.member.object_id}.")
    return lines


def title(label: str, staging: Staging) -> Section:
    """The line above the fields."""
    count = len(staging.units)
    changes = f"{count:,} {'change' if count == 1 else 'changes'} staged, nothing sent yet" if count else ""
    return Section(f"{label} > Change" if staging.policy_id else "New policy", right=changes)


def missing(staging: Staging, store: Store) -> str | None:
    """Why no review can be opened yet; `None` when one can."""
    if staging.policy_id:
        return None if staging.units else "Nobody is added or removed."
    try:
        name = checked_name(staging.name)
    except UsageError:
        return "The policy needs a name."
    same = [one for one in store.policies.values() if one.service is staging.service]
    if any((one.display_name or "").casefold() == name.casefold() for one in same):
        return f"{staging.service.label} has a policy of this name."
    return None


def ready_words(staging: Staging) -> str:
    """What the review would be about."""
    add, remove = len(staging.add), len(staging.remove)
    if not staging.policy_id:
        return f"enter: an inactive policy, {staging.service.counted(add)}" if add else "enter: an inactive policy"
    parts = [f"{add:,} added" if add else "", f"{remove:,} removed" if remove else ""]
    return f"enter: {', '.join(filter(None, parts))}; nothing is sent before the phrase"


def counts_words(staging: Staging) -> tuple[str, str]:
    """What became of the names, and its tone."""
    if not (staging.units or staging.problems or staging.twice or staging.left_out):
        return "", ""
    to_fix = len(staging.problems)
    words = f"{staging.counts}."
    return (f"{words} N shows what is wrong.", "warn") if to_fix else (words, "")


def services() -> tuple[tuple[str, str], ...]:
    """The choices of a new policy's service."""
    return tuple((service.value, service.label) for service in Service)
