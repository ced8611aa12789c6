"""The commands that create the drafts of a plan and carry it out, as data."""

from __future__ import annotations

from backup_tui.headless.command import Command
from backup_tui.headless.options import AGAIN, CONFIRM, NOTE, WATCH_INTERVAL, Option

_PLAN = Option("PLAN", "name of a plan that has drafts, or its file", {"dest": "plan"})
_WAIT = Option("--wait", "continue until all that was agreed to has ended (exit 6 if units failed or were not started)")

PLAN_RUN_COMMANDS: tuple[Command, ...] = (
    Command(
        "plan draft",
        "check a plan, and create the draft of each of its sessions",
        "plan_drafts:draft",
        (
            Option("FILE", "plan file, in TOML; the name of a plan that has drafts completes them"),
            Option("--skip-unresolved", "continue without names to fix and without units that have no point"),
            Option("--apply", "where the plan differs from its drafts: create drafts for the added units"),
        ),
        ("plan draft ransom-20nov.toml",),
        "Nothing is restored before plan run.",
        "Run again, it completes what an earlier run began and creates nothing twice. A plan that was changed after "
        "its drafts were created is compared with them first, and nothing is sent without --apply.",
    ),
    Command(
        "plan run",
        "agree to a wave of a plan, and start it within the limits of the service",
        "plan_runs:run_plan",
        (
            _PLAN,
            Option("--wave NAME", "the wave to agree to (the first one with a draft to start)", either="wave"),
            Option("--all", "agree to all waves at once", either="wave"),
            CONFIRM,
            NOTE,
            _WAIT,
            Option("--stop-after NAME", "start nothing after this wave"),
            WATCH_INTERVAL,
        ),
        (
            'plan run ransom-20nov --wave directors --confirm "overwrite 40 contoso" --wait',
            "plan run ransom-20nov --all",
        ),
        "Prints the review and the phrase; nothing starts without it.",
        "Once started, it cannot be stopped: the service has no cancel. A wave with needs_yes = false is agreed to "
        "with the one before it. A wave waits for the end of the one before and for its pause; without a pause and "
        "under one yes, both run side by side. It can be killed and continued at any time; a second one waits for the "
        "first.",
    ),
    Command(
        "plan status",
        "show how far a plan is, what waits and why, or list the plans that have drafts",
        "plan_status:show_status",
        (_PLAN._replace(settings={"dest": "plan", "nargs": "?"}),),
        ("plan status ransom-20nov", "plan status"),
    ),
    Command(
        "plan resume",
        "continue a plan with what was agreed to",
        "plan_runs:resume_plan",
        (_PLAN, _WAIT, WATCH_INTERVAL),
        ("plan resume ransom-20nov --wait",),
        "Lifts a stop; what waits for a yes keeps waiting.",
    ),
    Command(
        "plan stop",
        "start nothing more of a plan; what runs cannot be stopped",
        "plan_runs:stop_plan",
        (_PLAN, Option("--after NAME", "only nothing after this wave")),
        ("plan stop ransom-20nov", "plan stop ransom-20nov --after directors"),
        notes="A running plan run --wait sees it at its next look.",
    ),
    Command(
        "plan again",
        "show what has failed in a plan so far, by cause, and draft it again with the remedy of each",
        "plan_again:plan_again",
        (_PLAN, *AGAIN),
        (
            "plan again ransom-20nov",
            "plan again ransom-20nov --draft",
            "plan again ransom-20nov --cause ArtifactNotFound --draft",
        ),
        "Nothing is drafted without --draft, and nothing starts before its review (plan run).",
        "A unit whose retry is drafted or runs is not taken twice. Causes that somebody has to remove first, such as "
        "a hold, are taken only where their code is named.",
    ),
)
