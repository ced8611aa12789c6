"""The commands of single files, as data."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import TIME, Option
from backup_tui.headless.parser import whole

_UNIT = Option("--unit UNIT", "site or OneDrive account: address, /sites/NAME, name, or id", required=True)
_POINT = (
    Option("--point ID", "express point to look into, one of the newest five of the unit", either="point"),
    Option("--before TIME", f"the newest express point at or before this time (latest); {TIME}", either="point"),
)
_ROLE = (
    "Only express points can be looked into. A person who signs in needs the role SharePoint Backup Administrator. "
    "The point is opened for it, which restores nothing and ends automatically after about three days."
)

_FOUND = ("PATH", "KIND", "ITEMS", "SIZE", "CHANGED")

# fmt: off
FILES_COMMANDS: tuple[Command, ...] = (
    Command("files opened", "list the points that are open for looking into, and until when", "files:list_opened",
            (Option("--all", "those that have ended too"),),
            ("files opened",),
            notes="What was opened ends automatically; nothing closes it.",
            header=("ID", "SERVICE", "STATE", "POINT", "OPENED", "ENDS", "SIZE", "OF")),
    Command("files ls", "list what is in a library or folder of an express point", "files:list_files",
            (_UNIT, *_POINT, Option("PATH", "library or folder (the site itself)", {"nargs": "?", "default": ""}),
             Option("--name TEXT", "only what has TEXT in its name", {"default": ""})),
            ("files ls --unit /sites/finance", "files ls --unit /sites/finance --before 2h /Documents/Budget"),
            notes=_ROLE, header=_FOUND),
    Command("files find", "find files and folders of an express point by name", "files:find_files",
            (_UNIT, *_POINT, Option("NAME", "part of the name"),
             Option("--folders N", "look into at most N folders (500)", {"type": whole(1, 100_000), "default": 500})),
            ("files find --unit /sites/finance budget",),
            "Exit code 5 if nothing was found.",
            f"The service filters one folder at a time, so each folder is one call or more. {_ROLE}",
            header=_FOUND),
    Command("files versions", "show which express points have a file, and how it differs between them",
            "files:show_versions",
            (_UNIT, Option("PATH", "file or folder, as files find prints it"),
             Option("--before TIME", f"points at or before this time (latest); {TIME}", {"default": "latest"}),
             Option("--points N", "open the newest N express points (4)", {"type": whole(1, 20), "default": 4})),
            ("files versions --unit /sites/finance '/Documents/Budget/Budget 2026.xlsx'",),
            notes=_ROLE, header=("POINT", "THERE", "SIZE", "CHANGED", "POINT ID")),
    Command("files restore", "create a draft that restores files and folders of an express point",
            "files:restore_files",
            (_UNIT, *_POINT,
             Option("PATH", "files and folders, as files find prints them", {"nargs": "+", "dest": "paths"})),
            ("files restore --unit /sites/finance --before 2h '/Documents/Budget/Budget 2026.xlsx'",),
            "Prints the id of the draft; sessions activate starts it.",
            "They go into one new folder of the site or account, which the service chooses; sessions show has its "
            f"address after the restore. Nothing else changes there. {_ROLE}"),
)
# fmt: on
