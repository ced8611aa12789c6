"""The tree of commands and options. Nothing but `argparse` is imported here, so that `--help` is there at once.

Every command names the function that runs it as `module:function`; `cli` imports that module only when it is needed.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence

from backup_tui import __version__
from backup_tui.errors import UsageError
from backup_tui.headless.parser import Gather, Parser, descriptor, number, sentence, whole

FLOWS = ("device-code", "browser", "certificate", "secret", "managed-identity", "federated", "azure-cli", "token")
"""The words of `config.sign_in.FLOWS`, repeated for the same reason as `SERVICES`."""

SERVICES = ("exchange", "onedrive", "sharepoint")
"""The words of `models.services.Service`, repeated because that module is not needed to show a help text."""

EXIT_CODES = """\
exit codes:
  0 done   1 failed   2 usage, or no terminal   3 sign-in   4 permission   5 not found
  6 finished with some or all units failed   7 outcome unknown   8 throttled and given up
  129/130/143 ended by a signal
"""

_TIME = (
    "a point in time: 2h, 'yesterday 14:00', 'monday 9:00', '20 Nov 14:10', '2026-11-20 14:10+01', latest, or as it is "
    "printed; without an offset it is in the display zone (--tz)"
)
_UNITS = (
    "a file of names, or - for stdin: e-mail addresses, site URLs or ids, one a line, as a mailbox list, or a table "
    "with or without headings; what is taken from it, and what is not, is told"
)

_ID = "{} id; 8 characters are enough"


class _Tree:
    """Builds the parsers; every one of them takes the global options."""

    def __init__(self) -> None:
        self._hosts: list[str] = []
        self._children: dict[Parser, argparse._SubParsersAction[Parser]] = {}
        self.root = Parser(
            prog="backup-tui",
            description="Restore mailboxes, OneDrive accounts and SharePoint sites from Microsoft 365 Backup.\n"
            "Without a command it opens the screens; --demo opens them on a simulated tenant.",
            epilog=EXIT_CODES,
        )
        self.root.add_argument("--version", action="version", version=f"backup-tui {__version__}")
        self._globals(self.root)

    def _globals(self, parser: Parser) -> None:
        group = parser.add_argument_group("global options (before or after the command)")
        hide = argparse.SUPPRESS
        group.add_argument("--profile", metavar="NAME", default=hide, help="profile of the configuration file")
        group.add_argument("--demo", action="store_true", default=hide, help="a simulated tenant; nothing is real")
        group.add_argument(
            "--graph-url",
            metavar="URL",
            default=hide,
            help="service address with its version, such as http://127.0.0.1:8365/v1.0",
        )
        group.add_argument(
            "--trust-host",
            metavar="HOST",
            dest="trust_hosts",
            action=Gather,
            found=self._hosts,
            default=hide,
            help="send the token to this host too, which is no known Microsoft cloud (repeatable)",
        )
        self._sign_in(group)
        group.add_argument("--read-only", action="store_true", default=hide, help="refuse everything that changes")
        group.add_argument("--tz", metavar="ZONE", default=hide, help="zone of the times, such as Europe/Berlin")
        group.add_argument(
            "--lock-wait",
            metavar="SECONDS",
            type=number(0, 3600),
            default=hide,
            help="how long a command waits while another instance is changing things (10)",
        )
        group.add_argument(
            "--timeout",
            metavar="SECONDS",
            type=number(0.1, 604_800),
            default=hide,
            help="end after so long: with 1 if nothing was sent, with 7 if something was",
        )
        group.add_argument(
            "--json", action="store_true", default=hide, help="the service's own property names as JSON; for commands"
        )

    def _sign_in(self, group: argparse._ArgumentGroup) -> None:
        hide = argparse.SUPPRESS
        group.add_argument("--tenant", metavar="TENANT", default=hide, help="directory id or domain to sign in to")
        group.add_argument("--client-id", metavar="ID", default=hide, help="application that is registered for this")
        group.add_argument(
            "--sign-in",
            metavar="FLOW",
            nargs="?",
            const="",
            default=hide,
            help="way to sign in: "
            + ", ".join(FLOWS)
            + "; without FLOW, and with --demo, the demo begins at a sign-in",
        )
        group.add_argument("--authority", metavar="URL", default=hide, help="where one signs in, without the tenant")
        group.add_argument(
            "--secret-fd",
            metavar="N",
            type=descriptor,
            default=hide,
            help="descriptor from which the client secret is read",
        )
        group.add_argument(
            "--force-cloud",
            action="store_true",
            default=hide,
            help="allow a cloud in which Microsoft does not offer this service",
        )

    def group(self, parent: Parser, name: str, summary: str) -> Parser:
        """Adds a noun such as `sessions`, to which commands can be added."""
        return self._child(parent, name, summary)

    def command(
        self, parent: Parser, name: str, summary: str, run: str, *, plain: bool = False, more: str = ""
    ) -> Parser:
        """Adds a command.

        Args:
            parent: What it stands behind.
            name: Its word.
            summary: What it does, a clause.
            run: The `module:function` that does it.
            plain: It needs no workspace.
            more: Sentences for its own help text.
        """
        parser = self._child(parent, name, summary)
        parser.description = f"{parser.description} {more}".strip()
        parser.set_defaults(run=run, plain=plain)
        return parser

    def _child(self, parent: Parser, name: str, summary: str) -> Parser:
        if not parent.commands:
            self._children[parent] = parent.add_subparsers(
                metavar="COMMAND", title="commands", parser_class=Parser, required=parent is not self.root
            )
        parser = self._children[parent].add_parser(name, help=summary, description=sentence(summary))
        parent.commands[name] = parser
        self._globals(parser)
        return parser


def _service(parser: Parser, *, required: bool) -> None:
    parser.add_argument(
        "--service", choices=SERVICES, metavar="S", required=required, help="exchange, onedrive or sharepoint"
    )


def _takes_id(parser: Parser, of: str) -> None:
    """Takes the id of one thing; `headless.ids` puts the whole id in place of its beginning."""
    parser.add_argument("id", metavar="ID", help=_ID.format(of))
    parser.set_defaults(takes_ids=(("id", of),))


def _express(parser: Parser) -> None:
    parser.add_argument(
        "--prefer", choices=("express",), metavar="express", help="take an express point where one is near"
    )
    parser.add_argument(
        "--express-within", metavar="SPAN", default=None, help="how much older an express point may be (6h)"
    )


def _find(parser: Parser) -> None:
    parser.add_argument("--max-gap", metavar="SPAN", help="a unit whose point is further before TIME is not taken")
    parser.add_argument("--skip-unresolved", action="store_true", help="go on without the names that stand for no unit")


def _confirm(parser: Parser, example: str) -> None:
    parser.add_argument(
        "--confirm",
        metavar="PHRASE",
        help=f'the phrase that the review asks for ("{example}"); without it only the review is shown',
    )


def _interval(parser: Parser) -> None:
    parser.add_argument(
        "--interval",
        metavar="SECONDS",
        type=number(0.1, 3600),
        help="seconds between two looks while watching (poll_seconds of the profile, else 5)",
    )


def join_negative(argv: Sequence[str]) -> list[str]:
    """Joins `--before -2h` to `--before=-2h`, which argparse would take for another option."""
    joined: list[str] = []
    for word in argv:
        if joined and joined[-1] in ("--before", "--max-gap") and re.match(r"-\d", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Reads the command line with as much of the tree as it needs: the whole takes longer than many a command.

    Args:
        argv: The words behind the program's name.

    Raises:
        UsageError: They cannot be used; the nearest right word is named, whichever command has it.
        SystemExit: A help text or the version was printed.
    """
    words = join_negative(argv)
    named = frozenset(words)
    if not any(word.startswith(("-h", "--h")) for word in words):
        try:
            return _parser_of(named).parse_args(words)  # type: ignore[no-any-return]
        except UsageError:
            pass  # said again by the whole tree, which knows all words
    return build_parser().parse_args(words)  # type: ignore[no-any-return]


def build_parser() -> Parser:
    """The whole tree, freshly built (parsing keeps what it found)."""
    return _parser_of(frozenset(word for words, _ in _PARTS for word in words))


def _parser_of(named: frozenset[str]) -> Parser:
    """The tree with those parts of which a word is named."""
    tree = _Tree()
    for words, add in _PARTS:
        if not named.isdisjoint(words):
            add(tree)
    return tree.root


def _add_policies(tree: _Tree) -> None:
    module = "backup_tui.headless.policies"
    policies = tree.group(tree.root, "policies", "protection policies")
    listed = tree.command(policies, "list", "list the policies", f"{module}:list_policies")
    _service(listed, required=False)
    shown = tree.command(policies, "show", "show one policy with its rules and bulk additions", f"{module}:show_policy")
    _takes_id(shown, "policy")
    for verb, summary, phrase in (
        ("activate", "begin to back up the units of a policy", "protect sites pilot contoso"),
        ("deactivate", "stop to back up the units of a policy", "stop onedrive all contoso"),
    ):
        changed = tree.command(policies, verb, summary, f"{module}:{verb}_policy")
        _takes_id(changed, "policy")
        _confirm(changed, phrase)
        changed.add_argument("--wait", action="store_true", help="wait until the service is done with it")


def _add_units_and_points(tree: _Tree) -> None:
    module = "backup_tui.headless.units"
    units = tree.group(tree.root, "units", "protected mailboxes, OneDrive accounts and sites")
    listed = tree.command(units, "list", "list the units", f"{module}:list_units")
    _service(listed, required=False)
    listed.add_argument("--search", metavar="TEXT", help="only those whose address, name or id contains TEXT")

    for verb, run, summary in (
        ("offboard", "offboard_unit", "delete the backup of a unit that left every policy, after a grace period"),
        ("cancel-offboard", "cancel_offboard_unit", "keep the backup of a unit that is being offboarded"),
    ):
        changed = tree.command(units, verb, summary, f"{module}:{run}")
        _takes_id(changed, "unit")
        _confirm(changed, f"{'offboard' if verb == 'offboard' else 'keep'} adele.vance contoso")

    module = "backup_tui.headless.points"
    points = tree.group(tree.root, "points", "restore points")
    found = tree.command(points, "find", "the newest point at or before a time, for each unit", f"{module}:find_points")
    _service(found, required=True)
    found.add_argument("--units", metavar="FILE", required=True, help=_UNITS)
    found.add_argument("--before", metavar="TIME", required=True, help=_TIME)
    _express(found)
    _find(found)
    of_unit = tree.command(points, "list", "the newest points of one unit", f"{module}:list_points")
    of_unit.add_argument("--unit", metavar="ID", required=True, help="id of the protection unit, or its beginning")
    of_unit.set_defaults(takes_ids=(("unit", "unit"),))
    of_unit.add_argument("--before", metavar="TIME", default="latest", help=_TIME)


def _add_service(tree: _Tree) -> None:
    service = tree.group(tree.root, "service", "the backup service of the tenant")
    summary = "what it allows and until when, who controls it, who gets e-mail"
    tree.command(service, "show", summary, "backup_tui.headless.service:show_service")
    summary = "change who gets e-mail about the backup, and about what"
    notify = tree.command(service, "notify", summary, "backup_tui.headless.service:notify")
    switch = notify.add_mutually_exclusive_group()
    switch.add_argument("--on", dest="enabled", action="store_true", default=None, help="send mails")
    switch.add_argument("--off", dest="enabled", action="store_false", help="send none to anybody")
    whom = notify.add_mutually_exclusive_group()
    groups = ("nobody", "global-admins", "backup-admins", "all-admins")
    whom.add_argument("--to", choices=groups, metavar="GROUP", help="one of: " + ", ".join(groups))
    whom.add_argument("--address", metavar="EMAIL", action="append", help="a list of one's own (repeatable)")
    about = "all: each change of policies and restores as well"
    notify.add_argument("--about", choices=("important", "all"), metavar="important|all", help=about)
    _confirm(notify, "notify contoso")


def _add_sessions(tree: _Tree) -> None:
    module = "backup_tui.headless.sessions"
    sessions = tree.group(tree.root, "sessions", "restore sessions")
    listed = tree.command(sessions, "list", "list the sessions, running ones first", f"{module}:list_sessions")
    _service(listed, required=False)
    listed.add_argument(
        "--status", metavar="WORD", help="only those in this state: running, draft, completed, 'some failed', ..."
    )
    shown = tree.command(sessions, "show", "show one session with its units", f"{module}:show_session")
    _takes_id(shown, "session")
    deleted = tree.command(sessions, "delete", "delete a draft", f"{module}:delete_session")
    _takes_id(deleted, "session")
    _confirm(deleted, "delete 0f4aa9c1 contoso")
    deleted.add_argument("--yes", action="store_true", help="really delete it, without the phrase")

    module = "backup_tui.headless.drafts"
    drafted = tree.command(sessions, "draft", "make a draft; nothing is restored yet", f"{module}:draft_session")
    _service(drafted, required=True)
    drafted.add_argument("--units", metavar="FILE", required=True, help=_UNITS)
    drafted.add_argument("--before", metavar="TIME", required=True, help=_TIME)
    _find(drafted)
    _express(drafted)
    _destination(drafted, required=True)
    drafted.add_argument(
        "--key",
        metavar="NAME",
        help="name of this draft: run again with the same key, the command answers with what the first run made",
    )
    edited = tree.command(sessions, "edit", "add units to a draft, take units out of it", f"{module}:edit_session")
    _takes_id(edited, "session")
    edited.add_argument("--add", metavar="FILE", help=_UNITS)
    edited.add_argument("--before", metavar="TIME", help=_TIME + "; with --add")
    edited.add_argument("--remove", metavar="FILE", help=_UNITS + "; ids of its restore points count too")
    edited.add_argument(
        "--base", metavar="JSON", help="members of the session itself, which only the beta version of the service takes"
    )
    _find(edited)
    _express(edited)
    _destination(edited, required=False)

    module = "backup_tui.headless.running"
    started = tree.command(
        sessions, "activate", "start the restore of a draft; it cannot be stopped again", f"{module}:activate_session"
    )
    _takes_id(started, "session")
    _confirm(started, "overwrite 37 contoso")
    started.add_argument(
        "--wait", action="store_true", help="wait for a free place if 25 restores run, then until this one has ended"
    )
    _interval(started)
    watched = tree.command(sessions, "watch", "print each change of one or more sessions", f"{module}:watch_sessions")
    watched.add_argument("ids", metavar="ID", nargs="+", help=_ID.format("session"))
    watched.set_defaults(takes_ids=(("ids", "session"),))
    watched.add_argument("--until-done", action="store_true", help="end when all have ended; else only by ctrl+c")
    _interval(watched)


def _destination(parser: Parser, *, required: bool) -> None:
    parser.add_argument(
        "--to",
        choices=("new", "in-place"),
        metavar="new|in-place",
        required=required,
        help="a new folder or address, or in place, where newer edits are lost"
        + ("" if required else "; needed only when the draft is empty"),
    )


def _add_journal(tree: _Tree) -> None:
    module = "backup_tui.headless.journal"
    journal = tree.group(tree.root, "journal", "what was sent from this machine, and what came of it")
    tree.command(journal, "list", "list the entries, newest first", f"{module}:list_entries")
    shown = tree.command(journal, "show", "show one entry", f"{module}:show_entry")
    shown.add_argument("id", metavar="ID", type=whole(1, 2**63 - 1))
    resolved = tree.command(
        journal, "resolve", "say what became of a request whose answer was lost", f"{module}:resolve_entry"
    )
    resolved.add_argument("id", metavar="ID", type=whole(1, 2**63 - 1))
    answer = resolved.add_mutually_exclusive_group(required=True)
    answer.add_argument("--adopt", metavar="SESSION", help="it happened: this is the session")
    resolved.set_defaults(takes_ids=(("adopt", "session"),))
    answer.add_argument("--not-done", action="store_true", help="it did not happen")


def _add_sign_in(tree: _Tree) -> None:
    module = "backup_tui.headless.sign_in"
    signed = tree.command(
        tree.root,
        "login",
        "sign in, and keep it as token_cache says",
        f"{module}:login",
        plain=True,
        more="Without a kept sign-in other commands\nask on the terminal, each time; without one they end with 3.",
    )
    signed.add_argument(
        "--admin-consent",
        action="store_true",
        help="only print the page on which an administrator allows the application what it needs",
    )
    tree.command(tree.root, "logout", "remove the kept sign-in", f"{module}:logout", plain=True)
    tree.command(tree.root, "whoami", "who is signed in, and until when", f"{module}:whoami", plain=True)
    tree.command(
        tree.root,
        "doctor",
        "look at settings, network, sign-in, permissions, service and this machine",
        "backup_tui.headless.doctor:doctor",
        plain=True,
        more="Nothing is changed.\nEnds with 0 when the program can be used, else as its first failed check says: 1, "
        "2 settings,\n3 sign-in, 4 permission.",
    )
    config = tree.group(tree.root, "config", "settings and profiles")
    tree.command(
        config,
        "show",
        "every setting, its value and where it came from",
        "backup_tui.headless.config:show_config",
        plain=True,
        more="Secrets are only\nshown as set or not set.",
    )


def _add_simulator(tree: _Tree) -> None:
    simulator = tree.command(tree.root, "simulator", "serve a simulated tenant on a socket", "simulator")
    simulator.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    simulator.add_argument("--port", metavar="N", type=whole(0, 65_535), required=True, help="0 takes any free one")
    simulator.add_argument("--speed", metavar="N", type=number(0.001, 1e9), help="divides how long things take (60)")
    simulator.add_argument("--units", metavar="N", type=whole(1, 1_000_000), help="size of the tenant (300)")
    simulator.add_argument("--seed", metavar="N", type=whole(0, 2**63 - 1), help="another seed, another tenant")
    simulator.add_argument(
        "--page-forms", action="store_true", default=None, help="answer in the forms of the API pages' examples"
    )


_PARTS: tuple[tuple[tuple[str, ...], Callable[[_Tree], None]], ...] = (
    (("policies",), _add_policies),
    (("units", "points"), _add_units_and_points),
    (("service",), _add_service),
    (("sessions",), _add_sessions),
    (("journal",), _add_journal),
    (("login", "logout", "whoami", "doctor", "config"), _add_sign_in),
    (("simulator",), _add_simulator),
)
"""The first words of commands to what adds them, in the order of the help text."""
