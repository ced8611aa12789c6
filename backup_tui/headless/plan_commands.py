"""The commands of plans, as data: their files, their drafts, and what carries them out."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import (
    AGAIN,
    BEFORE,
    CONFIRM,
    EXPRESS,
    NOTE,
    SERVICE,
    UNITS,
    WATCH_INTERVAL,
    Option,
    destination,
)
from backup_tui.headless.parser import whole

_PLAN = Option("PLAN", "name of a plan that has drafts, or its file", {"dest": "plan"})
_WAIT = Option("--wait", "continue until all that was agreed to has ended (exit 6 if units failed or were not started)")

# fmt: off
PLAN_RUN_COMMANDS: tuple[Command, ...] = (
    Command("plan draft", "check a plan, and create the draft of each of its sessions", "plan_drafts:draft",
            (Option("FILE", "plan file, in TOML; the name of a plan that has drafts completes them"),
             Option("--skip-unresolved", "continue without names to fix and without units that have no point"),
             Option("--apply", "where the plan differs from its drafts: create drafts for the added units"),
             Option("--deleted WHAT", "drafts that somebody deleted: again creates them again, leave-out takes their "
                    "units out of the plan", {"choices": ("again", "leave-out")})),
            ("plan draft ransom-20nov.toml",),
            "Nothing is restored before plan run.",
            "Run again, it completes what an earlier run began and creates nothing twice. A plan that was changed "
            "after its drafts were created is compared with them first, and nothing is sent without --apply."),
    Command("plan run", "agree to a wave of a plan, and start it within the limits of the service",
            "plan_runs:run_plan",
            (_PLAN, Option("--wave NAME", "the wave to agree to (the first one with a draft to start)", either="wave"),
             Option("--all", "agree to all waves at once", either="wave"), CONFIRM, NOTE, _WAIT,
             Option("--stop-after NAME", "start nothing after this wave"), WATCH_INTERVAL),
            ('plan run ransom-20nov --wave directors --confirm "overwrite 40 contoso" --wait',
             "plan run ransom-20nov --all"),
            "Prints the review and the phrase; nothing starts without it.",
            "Once started, it cannot be stopped: the service has no cancel. A wave with needs_yes = false is agreed to "
            "with the one before it. A wave waits for the end of the one before and for its pause; without a pause and "
            "under one yes, both run side by side. It can be killed and continued at any time; a second one waits for "
            "the first."),
    Command("plan status", "show how far a plan is, what waits and why, or list the plans that have drafts",
            "plan_status:show_status",
            (_PLAN._replace(settings={"dest": "plan", "nargs": "?"}),),
            ("plan status ransom-20nov", "plan status")),
    Command("plan resume", "continue a plan with what was agreed to", "plan_runs:resume_plan",
            (_PLAN, _WAIT, WATCH_INTERVAL),
            ("plan resume ransom-20nov --wait",),
            "Lifts a stop; what waits for a yes keeps waiting."),
    Command("plan stop", "start nothing more of a plan; what runs cannot be stopped", "plan_runs:stop_plan",
            (_PLAN, Option("--after NAME", "only nothing after this wave")),
            ("plan stop ransom-20nov", "plan stop ransom-20nov --after directors"),
            notes="A running plan run --wait sees it at its next look."),
    Command("plan again", "show what has failed in a plan so far, by cause, and draft it again with the remedy of each",
            "plan_again:plan_again",
            (_PLAN, *AGAIN),
            ("plan again ransom-20nov", "plan again ransom-20nov --draft",
             "plan again ransom-20nov --cause ArtifactNotFound --draft"),
            "Nothing is drafted without --draft, and nothing starts before its review (plan run).",
            "A unit whose retry is drafted or runs is not taken twice. Causes that somebody has to remove first, such "
            "as a hold, are taken only where their code is named."),
)
# fmt: on


PLAN_FILE = Option("FILE", "plan file, in TOML")
_TAKE_NEAREST = Option("--take-nearest", "take the one account or site that a misspelt name is near to")
_SKIP = Option("--skip-unresolved", "leave out the names that are still to fix; the file names them")

# fmt: off
PLAN_COMMANDS: tuple[Command, ...] = (
    Command("plan new", "write a plan file", "plan_files:new_plan",
            (PLAN_FILE._replace(help="plan file to write; one that exists is not touched"),
             Option("--units FILE", f"{UNITS}; columns for time, to, wave and service count for their row",
                    required=True, either="names"),
             Option("--policy POLICY", "all units of this policy, by name or id (repeatable)",
                    {"dest": "policies", "action": "append"}, required=True, either="names"),
             Option("--failed-of ID", "the failed units of this session (repeatable)",
                    {"dest": "failed_of", "action": "append"}, required=True, either="names", id_of="session"),
             BEFORE, destination(required=True),
             SERVICE._replace(help=f"{SERVICE.help}: whose units the names are, unless a row says otherwise"),
             Option("--wave NAME=FILE", "start these names together, before the others (repeatable)",
                    {"action": "append"}),
             Option("--name NAME", "what the plan goes by (the name of the file)"),
             Option("--note TEXT", "a sentence for others"), *EXPRESS,
             Option("--mail QUERY", "restore only the mails that this search finds, each mailbox at its own last point "
                    "that has them"),
             Option("--mail-within SPAN", "so far before TIME that point is looked for (7d)"),
             Option("--max-gap SPAN", "do not use a point that is more than SPAN before TIME"),
             Option("--session-size N", "units of one session (250)", {"type": whole(1, 1_000)}), _TAKE_NEAREST, _SKIP,
             Option("--leftovers FILE", "write the names to fix into this file, to be corrected and read again")),
            ('plan new ransom-20nov.toml --units names.csv --before "20 Nov 14:10" --to in-place',
             "plan new phish.toml --units names.txt --mail \"(Subject -like 'invoice')\" --before latest --to new",
             "plan new pilot.toml --policy 'All mailboxes' --before 2h --to new --wave directors=directors.csv"),
            more="Counts the units that its names mean; nothing is changed in the service."),
    Command("plan show", "show what a plan file says", "plan_files:show_plan",
            (PLAN_FILE,),
            ("plan show ransom-20nov.toml",),
            more="Nothing is sent.",
            plain=True),
    Command("plan update", "answer for many names of a plan at once, and write that into its file",
            "plan_answers:update_plan",
            (PLAN_FILE, _TAKE_NEAREST, _SKIP,
             Option("--skip-without-point", "leave out the units that have no point to use; the file names them")),
            ("plan update ransom-20nov.toml --take-nearest",
             "plan update ransom-20nov.toml --skip-unresolved --skip-without-point"),
            more="Writes the hash of the list and the number of units as they are now, too; nothing is changed in the "
                 "service. Comments in the file stay."),
    Command("plan check", "find the names and points of a plan, and say what it would do", "plan_checks:check",
            (PLAN_FILE,
             Option("--leftovers FILE",
                    "save what cannot be restored, as a list that can be corrected and read again")),
            ("plan check ransom-20nov.toml", "plan check ransom-20nov.toml --leftovers tofix.csv"),
            more="Only reads; points that were found are kept, so a check that was stopped continues where it was.",
            notes="Exits with 0 if the plan is ready; 2 if a name is to fix or a unit has no point; 6 if every name is "
                  "found and something else keeps the plan from being drafted."),
    Command("plan diff", "compare a plan as it would be now with the drafts that were made for it", "plan_checks:diff",
            (PLAN_FILE,),
            ("plan diff ransom-20nov.toml",),
            more="Only reads; nothing is changed by it.",
            notes="Units are marked + (in no draft), - (no longer in the plan) or ~ (another point, destination or "
                  "wave). Exits with 0 if nothing differs, 6 if something does."),
    *PLAN_RUN_COMMANDS,
)
# fmt: on
