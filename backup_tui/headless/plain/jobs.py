"""The jobs of plain mode as data: what is asked, and which commands the answers make."""

from msgspec import Struct

from backup_tui.headless.options import SERVICES

YES = ("yes", "no")


class Question(Struct, frozen=True):
    """One question."""

    name: str  # what the answer is called in commands: `{before}`
    text: str  # the question, without its end
    choices: tuple[str, ...] = ()  # the only answers allowed; the beginning of one is enough
    default: str = ""  # the answer of an empty line; without one, an empty line ends the job
    lines: bool = False  # takes lines until an empty one, for a list; the answer is the name of a file that holds them
    optional: bool = False  # an empty line leaves the option out


class Step(Struct, frozen=True):
    """Questions, and the command that their answers make."""

    # Its words, each answer in braces as a word of its own. An answer that is empty is left out, and so is the option
    # before it.
    command: str = ""
    # what is asked before; again, with the answers as defaults, if the command refuses them
    ask: tuple[Question, ...] = ()
    keep: str = ""  # what the last line of its output is called in later steps
    keep_from: str = ""  # what is kept instead: the group of this pattern in the first line
    also: tuple[int, ...] = (6,)  # exit codes besides 0 after which the next step follows


class Job(Struct, frozen=True):
    """Something a person wants to get done."""

    title: str  # as it is in the menu
    steps: tuple[Step, ...]  # in this order
    changes: bool = False  # it can change something, so it is not offered where nothing may be changed


_SERVICE = Question("service", "Exchange mailboxes, OneDrive accounts or SharePoint sites", SERVICES)
_SESSION = Question("session", "Which one? Its id; 8 characters are enough")
_BEFORE = Question("before", "Back to which time? For example 2h ago, yesterday 14:00, 20 Nov 14:10", default="latest")
_TO = Question("to", "Where to: a new location, or in place, where newer edits are lost", ("new", "in-place"))
_UNITS = Question("units", "Names: e-mail addresses, site URLs or ids, one a line; or @FILE", lines=True)
_FOLDER = Question("folder", "Folder to write to; it must not exist yet")

_GO = Question("go", "Create the drafts? Nothing starts before its review", YES, "no")

_REVIEW_AND_START = (
    Step("sessions activate {draft}"),
    Step(
        "sessions watch {draft} --until-done",
        (Question("watch", "Watch it until it ends? Ctrl+C stops watching, never the restore", YES, "no"),),
    ),
)

JOBS: tuple[Job, ...] = (
    Job(
        "Restores: list them, look into one, watch it",
        (
            Step("sessions list --limit 10"),
            Step("sessions show {session}", (_SESSION,)),
            Step(
                "sessions watch {session} --until-done",
                _REVIEW_AND_START[1].ask,
            ),
        ),
    ),
    Job(
        "New restore of accounts, mailboxes or sites",
        (
            Step(
                "sessions draft --service {service} --units {units} --before {before} --to {to}",
                (_SERVICE, _UNITS, _BEFORE, _TO),
                keep="draft",
            ),
            *_REVIEW_AND_START,
        ),
        changes=True,
    ),
    Job(
        "Start a draft, after its review",
        (
            Step("sessions list --status draft"),
            Step("sessions activate {draft}", (Question("draft", "Which draft? Its id"),)),
            _REVIEW_AND_START[1],
        ),
        changes=True,
    ),
    Job(
        "Retry what failed in a restore",
        (
            Step("sessions list --failed"),
            Step("sessions again {session}", (_SESSION,)),
            Step(
                "sessions again {session} --draft",
                (Question("go", "Create drafts of these, as a plan? Nothing starts before its review", YES, "no"),),
                keep="plan",
                keep_from=r"^Plan (\S+):",
            ),
            Step("plan run {plan}"),
        ),
        changes=True,
    ),
    Job(
        "One mail: find it in the points of a mailbox, and restore it",
        (
            Step(
                "mail search --unit {mailbox} --subject {subject} --sender {sender} --before {before}",
                (
                    Question("mailbox", "Whose mailbox? An e-mail address"),
                    Question("subject", "Words of the subject", optional=True),
                    Question("sender", "Sender", optional=True),
                    _BEFORE,
                ),
            ),
            Step(
                "mail draft --unit {mailbox} --subject {subject} --sender {sender} --at {at} --to {to}",
                (Question("at", "From which point? Its time, as listed"), _TO),
                keep="draft",
            ),
            *_REVIEW_AND_START,
        ),
        changes=True,
    ),
    Job(
        "One file: find it in a site or an account, and restore it",
        (
            Step(
                "files find {name} --unit {unit}",
                (
                    Question("unit", "Which site or account? Its address"),
                    Question("name", "Name of the file, or a part of it"),
                ),
            ),
            Step(
                "files restore {path} --unit {unit}",
                (Question("path", "Which one? Its path, as listed"),),
                keep="draft",
            ),
            *_REVIEW_AND_START,
        ),
        changes=True,
    ),
    Job(
        "Restore of hundreds or thousands: a plan of a list, in waves",
        (
            Step(
                "plan new {plan} --service {service} --units {units} --before {before} --to {to}",
                (
                    Question("plan", "File to write the plan to, such as ransom-20nov.toml"),
                    _SERVICE,
                    _UNITS,
                    _BEFORE,
                    _TO,
                ),
            ),
            Step("plan check {plan}"),
            Step("plan draft {plan}", (_GO,)),
            Step("plan run {plan}"),
        ),
        changes=True,
    ),
    Job(
        "Agree to the next wave of a plan, and start it",
        (
            Step("plan status"),
            Step("plan run {plan}", (Question("plan", "Which plan? Its name"),)),
        ),
        changes=True,
    ),
    Job(
        "Drill: a measured rehearsal with units drawn by lot, to a new location",
        (
            Step("drill history"),
            Step(
                "drill new --service {service} --units {count}",
                (_SERVICE, Question("count", "How many units", default="5")),
                keep="draft",
            ),
            *_REVIEW_AND_START,
        ),
        changes=True,
    ),
    Job(
        "Plans: how far they are, what waits and why",
        (Step("plan status"), Step("plan status {plan}", (Question("plan", "Which one? Its name"),))),
    ),
    Job(
        "Policies",
        (
            Step("policies list"),
            Step("policies show {policy}", (Question("policy", "Which one? Its id"),)),
        ),
    ),
    Job(
        "Find a protected mailbox, account or site, and its points",
        (
            Step(
                "units list --search {text} --limit 10",
                (Question("text", "A part of its address or name"),),
            ),
            Step(
                "points list --unit {unit} --before {before}",
                (Question("unit", "Points of which one? Its id"), _BEFORE),
            ),
        ),
    ),
    Job(
        "Report of a restore, with check sums",
        (
            Step("sessions list --limit 10"),
            Step("sessions report {session} --to {folder}", (_SESSION, _FOLDER)),
        ),
    ),
    Job(
        "Hand-over of a restore for the next shift",
        (Step("sessions list --status running"), Step("handover card {session}", (_SESSION,))),
    ),
    Job("Journal: what was sent from this machine", (Step("journal list --limit 20"),)),
    Job("Sign-in, permissions, and what the backup allows", (Step("whoami"), Step("service show"))),
)
"""In the order of the menu."""

COMMANDS_INSTEAD = (
    "A list in which rows have times of their own: plan new, with a column time.",
    "What a plan left: plan again NAME. Stop a plan: plan stop NAME. Continue it: plan resume NAME.",
    "The same restore to a new location first: sessions rehearse ID.",
    "A second person agrees: sessions activate ID --note TEXT, signed in as that person.",
    "Change or delete a draft: sessions edit ID, sessions delete ID.",
    "Start or stop backing up: policies activate ID, policies deactivate ID; what else policies can: help policies.",
    "Backup of a unit that left all policies: units offboard ID, units cancel-offboard ID.",
    "Report of a drill: drill report ID --to FOLDER. Report of a plan: plan report NAME --to FOLDER.",
    "A request whose outcome is unknown: journal list, then journal resolve N.",
    "Another tenant: quit, then backup-tui --plain --profile NAME.",
    "All tenants in one list: quit, then backup-tui sessions list --all-profiles.",
)
"""What is not in the menu, and how it is done; one sentence each."""
