"""The arguments of commands as data: those that several commands share, and the global ones."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from backup_tui.headless.parser import ChooseScene, Gather, descriptor, number, whole

FLOWS = ("device-code", "browser", "certificate", "secret", "managed-identity", "federated", "azure-cli", "token")
"""The words of `config.sign_in.FLOWS`, repeated for the same reason as `SERVICES`."""
THEMES = ("terminal", "midnight", "paper", "contrast")  # the words of `config.THEMES`, likewise

SERVICES = ("exchange", "onedrive", "sharepoint")
"""The words of `models.services.Service`, repeated because that module is not needed to show a help text."""


FORMATS = ("table", "json", "jsonl", "csv", "tsv")  # forms of a list


class Option(NamedTuple):
    """One argument of a command."""

    words: str  # how it is written: `ID`, `--wait`, `--confirm PHRASE`
    help: str  # what it does, in lower case, with its default in parentheses
    settings: Mapping[str, Any] = {}  # further settings for `argparse`
    required: bool = False  # it must be given
    # names a group of which only one argument may be given; if any of the group is required, one must be
    either: str = ""
    id_of: str = ""  # its value is the id of such a thing: `session`, `policy`, `unit` or `application`


TIME = (
    "time: 2h, 'yesterday 14:00', 'monday 9:00', '20 Nov 14:10', '2026-11-20 14:10+01', latest, or as printed; "
    "without an offset, in the display zone (--tz)"
)
UNITS = (
    "file of names, or - for stdin: e-mail addresses, site URLs or ids, one a line, as a mailbox list, or as a table "
    "with or without headings"
)

SERVICE = Option("--service SERVICE", ", ".join(SERVICES), {"choices": SERVICES})
SINCE = Option("--since TIME", "only what was created since then: 2h, yesterday, 2026-11-20, ...")
UNITS_FILE = Option("--units FILE", UNITS, required=True)
BEFORE = Option("--before TIME", TIME, required=True)
WATCH_INTERVAL = Option(
    "--interval SECONDS",
    "seconds between two reads while watching (poll_seconds of the profile, else 5)",
    {"type": number(0.1, 3600)},
)
EXPRESS = (
    Option("--prefer express", "use an express point if one is near", {"choices": ("express",)}),
    Option("--express-within SPAN", "how much older an express point may be (6h)"),
)
FIND = (
    Option("--max-gap SPAN", "do not use a point that is more than SPAN before TIME"),
    Option("--skip-unresolved", "continue without the names that match no unit"),
)


AGAIN = (
    Option(
        "--cause CODE",
        "only what failed with this code (repeatable; without it, every cause that needs nothing done first)",
        {"action": "append"},
    ),
    Option("--draft", "create the drafts"),
)

CONFIRM = Option("--confirm PHRASE", "exact text from the review")

NOTE = Option("--note TEXT", "for the journal: who else agreed, or a ticket")


def id_of(noun: str, words: str = "ID") -> Option:
    """The argument for the id of one thing; `headless.ids` puts the whole id in place of its beginning."""
    return Option(words, f"{noun} id; 8 characters are enough", id_of=noun)


def destination(*, required: bool) -> Option:
    """The argument for where restored data goes."""
    words = "a new folder or address, or in place, where newer edits are lost"
    return Option(
        "--to new|in-place",
        words if required else f"{words}; needed only if the draft is empty",
        {"choices": ("new", "in-place")},
        required,
    )


def global_options(trusted: list[str]) -> tuple[Option, ...]:
    """The options that every command takes, before or after its name. `trusted`: collects the hosts of
    `--trust-host`."""
    return (
        Option("--profile NAME", "profile in the configuration file"),
        Option("--all-profiles", "one list over the tenants of all profiles (commands that print a list)"),
        Option(
            "--demo [SCENE]",
            "use a simulated tenant, where nothing is real; SCENE is usual, incident or quiet",
            {"action": ChooseScene, "nargs": "?", "dest": "scene"},
        ),
        Option(
            "--plain",
            "questions and lines instead of screens, for screen readers and plain terminals",
            {"dest": "plain_mode"},
        ),
        Option("--tenant TENANT", "directory id or domain to sign in to"),
        Option("--client-id ID", "id of the registered application"),
        Option(
            "--sign-in [FLOW]",
            f"how to sign in: {', '.join(FLOWS)}; without FLOW and with --demo, the demo starts at a sign-in",
            {"nargs": "?", "const": ""},
        ),
        Option("--authority URL", "address to sign in at, without the tenant"),
        Option("--secret-fd N", "file descriptor to read the client secret from", {"type": descriptor}),
        Option("--graph-url URL", "address of the service with its version, such as http://127.0.0.1:8365/v1.0"),
        Option(
            "--trust-host HOST",
            "send the token to this host too, although it isn't a known Microsoft cloud (repeatable)",
            {"dest": "trust_hosts", "action": Gather, "found": trusted},
        ),
        Option("--force-cloud", "allow a cloud in which Microsoft does not offer this service"),
        Option("--read-only", "refuse every change"),
        Option("--low-bandwidth", "screens for a thin line: fewer frames and reads (as over SSH)"),
        Option("--record FILE", "write what the service answers to a new file, without names and tokens"),
        Option("--replay FILE", "open such a file instead of a service; nothing can be changed"),
        Option("--theme NAME", f"look of the screens: {', '.join(THEMES)}", {"choices": THEMES}),
        Option("--tz ZONE", "time zone for times you type and see, such as Europe/Berlin"),
        Option(
            "--lock-wait SECONDS",
            "how long to wait while another instance makes changes (10)",
            {"type": number(0, 3600)},
        ),
        Option(
            "--timeout SECONDS",
            "stop after this time (exit 1 if nothing was sent, 7 if something was)",
            {"type": number(0.1, 604_800)},
        ),
        Option(
            "--json [FIELD,...]",
            "print JSON with the service's own property names; with fields, only those (one alone: --json=id)",
            {"nargs": "?", "const": ""},
        ),
        Option("--output FORM", "table, json, jsonl, csv or tsv", {"choices": FORMATS}),
        Option("--quiet", "print nothing on stderr but errors"),
        Option("--verbose", "print each request on stderr, with its time and its id"),
    )


LISTED = (
    Option("--columns NAME,...", "only these columns, in this order"),
    Option("--limit N", "at most N rows", {"type": whole(1, 1_000_000)}),
)
"""What every command that prints a list takes besides."""
