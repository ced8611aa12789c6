"""The commands of plans, as data."""

from __future__ import annotations

from backup_tui.headless.command import Command
from backup_tui.headless.options import BEFORE, EXPRESS, SERVICE, UNITS, Option, destination
from backup_tui.headless.parser import whole
from backup_tui.headless.plan_run_commands import PLAN_RUN_COMMANDS

PLAN_FILE = Option("FILE", "plan file, in TOML")
_TAKE_NEAREST = Option("--take-nearest", "take the one account or site that a misspelt name is near to")
_SKIP = Option("--skip-unresolved", "leave out the names that are still to fix; the file names them")

PLAN_COMMANDS: tuple[Command, ...] = (
    Command(
        "plan new",
        "write a plan file",
        "plan_files:new_plan",
        (
            PLAN_FILE._replace(help="plan file to write; one that exists is not touched"),
            Option(
                "--units FILE",
                f"{UNITS}; columns for time, to, wave and service count for their row",
                required=True,
                either="names",
            ),
            Option(
                "--policy POLICY",
                "all units of this policy, by name or id (repeatable)",
                {"dest": "policies", "action": "append"},
                required=True,
                either="names",
            ),
            Option(
                "--failed-of ID",
                "the failed units of this session (repeatable)",
                {"dest": "failed_of", "action": "append"},
                required=True,
                either="names",
                id_of="session",
            ),
            BEFORE,
            destination(required=True),
            SERVICE._replace(help=f"{SERVICE.help}: whose units the names are, unless a row says otherwise"),
            Option(
                "--wave NAME=FILE", "start these names together, before the others (repeatable)", {"action": "append"}
            ),
            Option("--name NAME", "what the plan goes by (the name of the file)"),
            Option("--note TEXT", "a sentence for others"),
            *EXPRESS,
            Option("--max-gap SPAN", "do not use a point that is more than SPAN before TIME"),
            Option("--session-size N", "units of one session (250)", {"type": whole(1, 1_000)}),
            _TAKE_NEAREST,
            _SKIP,
            Option("--leftovers FILE", "write the names to fix into this file, to be corrected and read again"),
        ),
        (
            'plan new ransom-20nov.toml --units names.csv --before "20 Nov 14:10" --to in-place',
            "plan new pilot.toml --policy 'All mailboxes' --before 2h --to new --wave directors=directors.csv",
        ),
        more="Counts the units that its names mean; nothing is changed in the service.",
    ),
    Command(
        "plan show",
        "show what a plan file says",
        "plan_files:show_plan",
        (PLAN_FILE,),
        ("plan show ransom-20nov.toml",),
        more="Nothing is sent.",
        plain=True,
    ),
    Command(
        "plan update",
        "answer for many names of a plan at once, and write that into its file",
        "plan_answers:update_plan",
        (
            PLAN_FILE,
            _TAKE_NEAREST,
            _SKIP,
            Option("--skip-without-point", "leave out the units that have no point to use; the file names them"),
        ),
        (
            "plan update ransom-20nov.toml --take-nearest",
            "plan update ransom-20nov.toml --skip-unresolved --skip-without-point",
        ),
        more="Writes the hash of the list and the number of units as they are now, too; nothing is changed in the "
        "service. Comments in the file stay.",
    ),
    Command(
        "plan check",
        "find the names and points of a plan, and say what it would do",
        "plan_checks:check",
        (
            PLAN_FILE,
            Option("--leftovers FILE", "save what cannot be restored, as a list that can be corrected and read again"),
        ),
        ("plan check ransom-20nov.toml", "plan check ransom-20nov.toml --leftovers tofix.csv"),
        more="Only reads; points that were found are kept, so a check that was stopped continues where it was.",
        notes="Exits with 0 if the plan is ready; 2 if a name is to fix or a unit has no point; 6 if every name is "
        "found and something else keeps the plan from being drafted.",
    ),
    Command(
        "plan diff",
        "compare a plan as it would be now with the drafts that were made for it",
        "plan_checks:diff",
        (PLAN_FILE,),
        ("plan diff ransom-20nov.toml",),
        more="Only reads; nothing is changed by it.",
        notes="Units are marked + (in no draft), - (no longer in the plan) or ~ (another point, destination or wave). "
        "Exits with 0 if nothing differs, 6 if something does.",
    ),
    *PLAN_RUN_COMMANDS,
)
