"""The commands as data: what each does, the function that runs it, its arguments, examples."""

from backup_tui.headless.activity_commands import ACTIVITY_COMMANDS
from backup_tui.headless.command import Command
from backup_tui.headless.evidence_commands import EVIDENCE_COMMANDS
from backup_tui.headless.files_commands import FILES_COMMANDS
from backup_tui.headless.mail_commands import MAIL_COMMANDS
from backup_tui.headless.options import (
    AGAIN,
    BEFORE,
    CONFIRM,
    EXPRESS,
    FIND,
    NOTE,
    SERVICE,
    SERVICES,
    SINCE,
    TIME,
    UNITS,
    UNITS_FILE,
    WATCH_INTERVAL,
    Option,
    destination,
    id_of,
)
from backup_tui.headless.parser import number, whole
from backup_tui.headless.plan_commands import PLAN_COMMANDS
from backup_tui.headless.policy_commands import POLICY_COMMANDS
from backup_tui.headless.rule_commands import RULE_COMMANDS
from backup_tui.headless.service_commands import SERVICE_COMMANDS

GROUPS = {
    "policies": "protection policies",
    "rules": "inclusion rules of policies: what they add automatically",
    "bulk": "long lists of names handed to a policy at once",
    "exclusions": "what policies with full workload backup leave out (beta)",
    "units": "protected mailboxes, OneDrive accounts and sites",
    "points": "restore points",
    "files": "single files and folders of sites and OneDrive accounts",
    "mail": "single mails of mailboxes: search and restore",
    "service": "the backup service of the tenant",
    "service apps": "the applications that can be given control of the backup",
    "sessions": "restore sessions",
    "sessions names": "lists of names that were added to a restore in bulk",
    "plan": "restores larger than one session, in waves",
    "report": "what became of restores, as files with check sums",
    "handover": "what the next shift and a colleague's program have to know",
    "drill": "measured rehearsals with units drawn by lot",
    "activity": "what administrators did, by the service's own log (beta)",
    "journal": "what was sent from this machine, and what came of it",
    "config": "settings and profiles",
}
"""What several commands begin with, and what they are about, in the order of the help text."""


def _reviewed(
    words: str, summary: str, run: str, noun: str, phrase: str, *more: Option, without: str = "nothing changes"
) -> Command:
    """A command that prints a review and needs its phrase, such as `--confirm "restore 37"`."""
    more_words = f"Prints the review and the phrase; {without} without it."
    example = f'{words} {_IDS[noun]} --confirm "{phrase}"'
    return Command(words, summary, run, (id_of(noun), CONFIRM, *more), (example,), more_words)


KEY = Option("--key NAME", "name of this draft: a second run with the same key reports what the first one created")
SHELLS = {
    "bash": ("backup-tui completion bash > ~/.backup-tui.bash", "echo '. ~/.backup-tui.bash' >> ~/.bashrc"),
    "zsh": (
        "mkdir -p ~/.zfunc",
        "backup-tui completion zsh > ~/.zfunc/_backup-tui",
        "echo 'fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit' >> ~/.zshrc",
    ),
    "fish": (
        "mkdir -p ~/.config/fish/completions",
        "backup-tui completion fish > ~/.config/fish/completions/backup-tui.fish",
    ),
    "powershell": (
        "New-Item -ItemType Directory -Force (Split-Path $PROFILE)",
        "backup-tui completion powershell >> $PROFILE",
    ),
}
"""Shells, and what a person types once in each to keep what `completion` prints; each line works as it is."""

_IDS = {"policy": "3f2a91c4", "unit": "2a7be04d", "session": "d91e03b7"}
_WAIT = Option("--wait", "wait until the service has finished the change")
_NUMBER = Option("ID", "number of the entry", {"type": whole(1, 2**63 - 1)})

HELP_TOPICS = ("options", "times", "filters", "environment", "exit-codes", "manual")
"""The names of `topics.TOPICS`, repeated because that module is not needed to parse a command line."""

# fmt: off
COMMANDS = (
    Command("policies list", "list the policies", "policies:list_policies",
            (SERVICE,),
            ("policies list --service onedrive",),
            header=("ID", "SERVICE", "STATUS", "CHANGED", "NAME", "PROTECTS")),
    Command("policies show", "show one policy with its rules and bulk additions", "policies:show_policy",
            (id_of("policy"),),
            ("policies show 3f2a91c4",)),
    _reviewed("policies activate", "start backing up the units of a policy", "policies:activate_policy", "policy",
              "protect sites pilot contoso", _WAIT),
    _reviewed("policies deactivate", "stop backing up the units of a policy", "policies:deactivate_policy", "policy",
              "stop onedrive all contoso", _WAIT),
    *POLICY_COMMANDS,
    *RULE_COMMANDS,
    Command("units list", "list the units", "units:list_units",
            (SERVICE, id_of("policy", "--policy ID")._replace(help="only the units of this policy, read from it"),
             Option("--search TEXT", "only units whose address, name or id contains TEXT")),
            ("units list --service exchange --search adele", "units list --policy 3f2a91c4"),
            header=("ID", "SERVICE", "STATUS", "ADDRESS", "NAME", "KEPT", "TYPE", "BILLED UNDER")),
    Command("units show", "show one unit: its policy, how it came in, who changed it, what is wrong with it",
            "units:show_unit",
            (id_of("unit"),),
            ("units show 2a7be04d",)),
    _reviewed("units offboard", "delete the backup of a unit that is in no policy, after a grace period",
              "units:offboard_unit", "unit", "offboard adele.vance contoso"),
    _reviewed("units cancel-offboard", "keep the backup of a unit that is being offboarded",
              "units:cancel_offboard_unit", "unit", "keep adele.vance contoso"),
    Command("points find", "find the newest point at or before a time, for each unit", "points:find_points",
            (SERVICE._replace(required=True), UNITS_FILE, BEFORE, *EXPRESS, *FIND),
            ('points find --service onedrive --units list.csv --before "2026-11-20 14:10"',),
            header=("UNIT", "POINT", "BEFORE", "KIND", "REMARK", "UNIT ID", "POINT ID")),
    Command("points list", "list the newest points of one unit, at most five", "points:list_points",
            (id_of("unit", "--unit ID")._replace(required=True), Option("--before TIME", TIME, {"default": "latest"})),
            ("points list --unit 2a7be04d --before 2h",),
            header=("ID", "POINT", "KIND", "EXPIRES")),
    *FILES_COMMANDS,
    *MAIL_COMMANDS,
    *SERVICE_COMMANDS,
    Command("sessions list", "list the sessions, running ones first", "sessions:list_sessions",
            (SERVICE,
             Option("--status WORD", "only sessions in this state: draft, running, completed, 'some failed', ..."),
             SINCE, Option("--failed", "only sessions with failed units")),
            ("sessions list --status running",),
            header=("ID", "SERVICE", "STATUS", "UNITS", "DONE", "FAILED", "CREATED", "BY")),
    Command("sessions show", "show one session with its units", "sessions:show_session",
            (id_of("session"), Option("--failed", "only units that failed")),
            ("sessions show d91e03b7",),
            header=("ID", "UNIT", "STATUS", "TO", "POINT", "RESULT", "NAME FROM")),
    _reviewed("sessions delete", "delete a draft", "sessions:delete_session", "session", "delete d91e03b7 contoso",
              Option("--yes", "delete it without the phrase"), without="nothing is deleted"),
    Command("sessions draft", "create a draft", "drafts:draft_session",
            (SERVICE._replace(required=True), UNITS_FILE, BEFORE, destination(required=True), *FIND, *EXPRESS, KEY),
            ('sessions draft --service onedrive --units list.csv --before "2026-11-20 14:10" --to new',),
            "Prints its id; nothing is restored before it is activated."),
    Command("sessions edit", "add units to a draft, or remove them", "drafts:edit_session",
            (id_of("session"), Option("--add FILE", UNITS), Option("--before TIME", f"{TIME}; with --add"),
             Option("--remove FILE", f"{UNITS}; ids of the draft's restore points work too"),
             Option("--base JSON", "members of the session itself (beta version of the service only)"),
             destination(required=False), *FIND, *EXPRESS),
            ("sessions edit d91e03b7 --add more.csv --before 2h", "sessions edit d91e03b7 --remove wrong.csv")),
    Command("sessions review", "show what starting a draft would do, what was checked, and the phrase that starts it",
            "session_review:review_session",
            (id_of("session"),),
            ("sessions review d91e03b7", "sessions review d91e03b7 --json=phrase,blocked"),
            "Nothing is sent that changes anything."),
    Command("sessions rehearse", "create a draft of the same units and points as a session, to a new location",
            "drafts:rehearse_session",
            (id_of("session"), KEY,
             Option("--skip-unresolved", "continue without the units that the service does not name")),
            ("sessions rehearse 61633878",),
            "Prints its id; nothing is restored before it is activated."),
    _reviewed("sessions activate", "start a draft", "running:activate_session", "session", "restore 37",
              Option("--wait", "watch until it ends (exit 6 if units failed)"), NOTE, WATCH_INTERVAL,
              without="nothing starts")._replace(
        examples=('sessions activate d91e03b7 --confirm "restore 37" --wait',),
        notes="Once started, it cannot be stopped: the service has no cancel. If 25 restores are running, --wait first "
              "waits until one ends."),
    Command("sessions watch", "print each change of one or more sessions", "running:watch_sessions",
            (id_of("session")._replace(settings={"dest": "ids", "nargs": "+"}),
             Option("--until-done", "stop when all have ended (exit 6 if units failed)"),
             Option("--exec COMMAND", "run COMMAND after each change, with the session as JSON on its standard input"),
             WATCH_INTERVAL),
            ("sessions watch d91e03b7 61633878 --until-done",),
            notes="Without --until-done, it runs until you press Ctrl+C. The restores continue."),
    Command("sessions again",
            "show what failed in restores outside a plan, by cause, and draft it again with the remedy of each",
            "plan_again:sessions_again",
            (id_of("session")._replace(settings={"dest": "ids", "nargs": "+"}), *AGAIN),
            ("sessions again d91e03b7", "sessions again d91e03b7 61633878 --draft"),
            "Nothing is drafted without --draft, and nothing starts without a review.",
            "With --draft the restores become a plan; its name is printed. From then on plan run, plan status and plan "
            "again take it."),
    Command("sessions names list",
            "show the lists of names that were added to a restore in bulk, and the names that were not found",
            "session_names:list_names",
            (id_of("session"),),
            ("sessions names list d91e03b7",),
            header=("ID", "STATUS", "NOT USED", "CREATED", "BY", "NAME")),
    Command("sessions names delete", "delete a list of names that the service has finished with; the restore stays",
            "session_names:delete_names",
            (id_of("session"), Option("LIST", "id of the list, or how it begins"), CONFIRM),
            ('sessions names delete d91e03b7 5f0c --confirm "delete names d91e03b7 contoso"',),
            "Prints the review and the phrase; nothing is deleted without it."),
    *PLAN_COMMANDS,
    *EVIDENCE_COMMANDS,
    *ACTIVITY_COMMANDS,
    Command("journal list", "list the entries, newest first", "journal:list_entries",
            (SINCE,),
            examples=("journal list",),
            header=("ID", "WHEN", "KIND", "OUTCOME", "SESSION", "WHAT")),
    Command("journal show", "show one entry", "journal:show_entry", (_NUMBER,), ("journal show 12",)),
    Command("journal resolve", "record what became of a request whose answer was lost", "journal:resolve_entry",
            (_NUMBER,
             Option("--adopt SESSION", "it happened: this is the session", {}, True, "outcome", id_of="session"),
             Option("--not-done", "it did not happen", required=True, either="outcome")),
            ("journal resolve 12 --adopt d91e03b7", "journal resolve 12 --not-done")),
    Command("login", "sign in, and keep the sign-in where token_cache says", "sign_in:login",
            (Option("--admin-consent", "print only the address at which an administrator consents"),),
            ("login", "login --admin-consent"),
            notes="If no sign-in is kept, other commands ask on the terminal each time; without a terminal, they exit "
                  "with 3.",
            plain=True),
    Command("logout", "remove the kept sign-in", "sign_in:logout", examples=("logout",), plain=True),
    Command("whoami", "show who is signed in, and until when", "sign_in:whoami", examples=("whoami",), plain=True),
    Command("doctor", "check settings, network, sign-in, permissions, service and this machine", "doctor:doctor",
            examples=("doctor", "doctor --profile production"),
            more="Nothing is changed.",
            notes="Exit code: 0 if the program can be used; else that of the first failed check (1, 2 settings, 3 "
                  "sign-in, 4 permission).",
            plain=True),
    Command("config show", "show every setting, its value and where it came from", "config:show_config",
            examples=("config show",),
            more="Secrets are shown only as set or not set.",
            plain=True),
    Command("config keys", "list every command of the screens with its keys, after checking [keys]",
            "backup_tui.ui.every_screen:list_keys",
            (),
            ("config keys", "config keys --columns command,keys"),
            notes="[keys] of the configuration file gives a command other keys on every screen, such as: review = "
                  "\"ctrl+a\". If two commands of one screen would have the same key, the screens do not start (exit "
                  "code 2).",
            plain=True,
            header=("COMMAND", "KEYS", "SCREENS", "WHAT IT DOES")),
    Command("config path", "print where the configuration file is", "config_file:show_path",
            (),
            ("config path",),
            plain=True),
    Command("config init", "write a configuration file with one profile, or add a profile to it",
            "config_file:init_file",
            examples=("config init --profile production --tenant contoso.com --client-id "
                      "00000000-0000-0000-0000-000000000000",),
            notes="Takes the global options --profile (production), --tenant, --client-id and --sign-in (device-code).",
            plain=True),
    Command("config edit", "open the configuration file in your editor, and check it afterwards",
            "config_file:edit_file",
            examples=("config edit",),
            more="The editor is that of VISUAL or EDITOR.",
            plain=True),
    Command("completion", "print a script with which your shell completes commands and options",
            "completion:print_completion",
            (Option("SHELL", ", ".join(SHELLS), {"choices": tuple(SHELLS)}),),
            ("completion bash",),
            notes="Type the lines for your shell once, and start a new one. If that does not find backup-tui, add "
                  "its folder to PATH: pipx ensurepath, or uv tool update-shell.\n" + "\n".join(
                      f"{shell}:\n  " + "\n  ".join(lines) for shell, lines in SHELLS.items()),
            plain=True),
    Command("simulator", "serve a simulated tenant on a socket", "simulator",
            (Option("--port N", "port to listen on (0 takes any free one)", {"type": whole(0, 65_535)}, required=True),
             Option("--host HOST", "address to listen on (127.0.0.1)", {"default": "127.0.0.1"}),
             Option("--speed N", "how many times faster than the service (60)", {"type": number(0.001, 1e9)}),
             Option("--scene SCENE", "begin where --demo=SCENE does: usual, incident or quiet (a plain past)",
                    {"choices": ("usual", "incident", "quiet")}),
             Option("--units N", "size of the tenant (300, or that of the scene)", {"type": whole(1, 1_000_000)}),
             Option("--mostly SERVICE", "nine tenths of the units are of this service", {"choices": SERVICES}),
             Option("--full-service SERVICE",
                    "its policy protects the whole service but for its exclusion units (beta)", {"choices": SERVICES}),
             Option("--entra-policy", "beta lists a policy of Entra", {"action": "store_true", "default": None}),
             Option("--seed N", "another seed makes another tenant", {"type": whole(0, 2**63 - 1)}),
             Option("--page-forms", "answer in the forms of the examples in the API reference",
                    {"action": "store_true", "default": None})),
            ("simulator --port 8365", "simulator --port 8365 --scene incident")),
    Command("help", "show the help of a command, or of what concerns all of them", "help",
            (Option("TOPIC", f"a command, or {', '.join(HELP_TOPICS)}", {"dest": "topic", "nargs": "*"}),),
            ("help sessions activate", "help options", "help manual | man -l -")),
)
# fmt: on
