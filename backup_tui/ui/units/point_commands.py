"""Commands of the restore points of one unit."""

from typing import TYPE_CHECKING

from backup_tui.ui.frame.commands import Command, Commands, Context

if TYPE_CHECKING:
    from backup_tui.ui.units.points import UnitPoints


class PointsContext(Context, frozen=True):
    """What the commands look at. `browsable`: whether the points can hold files that are shown one by one."""

    browsable: bool = False


def _no_files(context: PointsContext) -> str | None:
    return None if context.browsable else "A mailbox has no files; only sites and OneDrive accounts do."


# fmt: off
def point_commands(screen: "type[UnitPoints]") -> "Commands[UnitPoints, PointsContext]":
    """The keys of the screen, and what they do."""
    return (
        Command("new_restore", ("n",), "restore to this point",
                "A new restore of this unit to the point under the cursor. Nothing is sent before it is created.",
                run=screen.restore_to_point, name="new", aliases=("restore",), group="Change", weight=1, changes=True,
                needs="service", feature="restore", needs_row=True),
        Command("open", ("enter", "B"), "files",
                "Opens the files of the newest express point at or before this one, which restores nothing.",
                run=screen.open_files, name="files", aliases=("browse",), weight=2, changes=True, needs="service",
                feature="browse", needs_row=True, blocked=_no_files,
                footer_text=lambda context: "files" if context.browsable else ""),
        Command("before", ("t",), "go to a time", "Shows the points at or before a time that you type (1 call).",
                run=screen.ask_before, name="before", weight=2, feature="points"),
        Command("previous_day", ("left", "h"), help="Goes to the newest point of the day before (1 call where unread).",
                run=screen.previous_day, feature="points", group="Move", in_fields=False),
        Command("next_day", ("right", "l"), help="Goes to the newest point of the next day (1 call where unread).",
                run=screen.next_day, feature="points", group="Move", in_fields=False),
        Command("older", ("o",), "older", "Reads the next older points (1 call).", run=screen.read_older, weight=2,
                feature="points", needs_row=True),
        Command("find_mail", ("slash",), help="Searches for mails inside this mailbox, over its points.",
                run=screen.find_mail, name="find mail", aliases=("mail", "search"), feature="points", weight=3,
                footer_text=lambda context: "" if context.browsable else "find mail",
                blocked=lambda context: "Only mailboxes can be searched for mails." if context.browsable else None),
        Command("copy_id", ("y",), "copy id", "Copies the id of the point.", run=screen.copy_point_id, name="copy",
                weight=5, needs_row=True),
    )
# fmt: on
