"""Commands of the screen of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context

if TYPE_CHECKING:
    from backup_tui.ui.files.screen import FilesScreen


class FilesContext(Context, frozen=True):
    """What the commands look at. `busy`: what is being done; `chosen`: how many are in the basket; `ready`: whether the
    point can be looked into; `point`: whether there is one."""

    busy: str = ""
    chosen: int = 0
    ready: bool = False
    point: bool = False


def _not_busy(context: FilesContext) -> str | None:
    return f"Wait: {context.busy}." if context.busy else None


def can_look(context: FilesContext) -> str | None:
    """Why nothing can be read inside the point now; `None` when it can."""
    return _not_busy(context) or (None if context.ready else "The point is not open; enter or r opens it.")


def _has_point(context: FilesContext) -> str | None:
    return _not_busy(context) or (None if context.point else "No express point is known; r looks again.")


def _can_draft(context: FilesContext) -> str | None:
    return _not_busy(context) or (None if context.chosen else "The basket is empty; space selects.")


# fmt: off
def files_commands(screen: type[FilesScreen]) -> Commands[FilesScreen, FilesContext]:
    """The keys of the screen, and what they do."""
    return (
        replace(OPEN, label="open", weight=1).when(blocked=_not_busy),
        Command("pick", ("space",), "select", "Puts the file or folder into the basket, or takes it out.",
                run=screen.pick, weight=1, needs_row=True, blocked=can_look),
        Command("versions", ("v",), "in other points",
                "Looks for it in the newest 4 express points, which are opened for it.",
                run=screen.look_for_versions, name="versions", weight=2, feature="browse", changes=True,
                needs_row=True, blocked=can_look),
        Command("older", ("o",), "other point", "Opens the next older express point; selections are kept.",
                run=screen.older_point, weight=3, feature="browse", changes=True, blocked=_has_point),
        Command("newer", ("O",), help="Opens the next newer express point; selections are kept.",
                run=screen.newer_point, feature="browse", changes=True, blocked=_has_point),
        Command("find", ("slash",), "find",
                "Finds files and folders of the whole point by name, a call or more a folder.",
                run=screen.ask_name, name="find", weight=2, feature="browse"),
        Command("filter", ("f",), help="Shows only the names in this folder that contain a text (1 call a page).",
                run=screen.ask_filter, name="filter", feature="browse", blocked=can_look),
        Command("sort", ("s",), help="Reads this folder in another order: the service's, by name, by name reversed.",
                run=screen.change_order, name="sort", feature="browse", blocked=can_look),
        Command("new_restore", ("n",), "restore basket",
                "Creates a draft of the basket and opens its review. Nothing is restored before.",
                run=screen.restore_basket, name="new", aliases=("restore",), group="Change", weight=1, changes=True,
                needs="restore", feature="restore", blocked=_can_draft),
        Command("empty", ("u",), help="Takes everything out of the basket.", run=screen.empty_basket,
                name="empty basket", blocked=_can_draft),
    )
# fmt: on
