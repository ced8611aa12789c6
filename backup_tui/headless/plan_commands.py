"""The commands of plans, as data."""

from __future__ import annotations

from backup_tui.headless.command import Command
from backup_tui.headless.options import Option

PLAN_FILE = Option("FILE", "plan file, in TOML")

PLAN_COMMANDS: tuple[Command, ...] = (
    Command(
        "plan check",
        "find the names and points of a plan, and say what it would do",
        "plan_checks:check",
        (
            PLAN_FILE,
            Option("--leftovers FILE", "save the names to fix as a list that can be corrected and read again"),
        ),
        ("plan check ransom-20nov.toml", "plan check ransom-20nov.toml --leftovers tofix.csv"),
        more="Only reads; points that were found are kept, so a check that was stopped continues where it was.",
        notes="Exits with 0 if the plan is ready; 2 if a name is to fix or a unit has no point; 6 if every name is "
        "found and something else keeps the plan from being drafted.",
    ),
)
