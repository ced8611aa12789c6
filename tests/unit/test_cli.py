"""The command line before anything is opened: help and version, mistakes and their way out, terminals, exit codes."""

from __future__ import annotations

import contextlib
import fcntl
import inspect
import json
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from importlib import import_module

import pytest

from backup_tui import __version__, cli
from backup_tui.errors import UsageError
from backup_tui.headless.arguments import build_parser, join_negative, parse, with_defaults
from backup_tui.headless.command import Command
from backup_tui.headless.commands import COMMANDS
from backup_tui.headless.options import SERVICES
from backup_tui.headless.parser import Parser
from backup_tui.models.services import Service


def run(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = cli.main(words)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_version_and_help_end_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version", capsys=capsys) == (0, f"backup-tui {__version__}\n", "")
    code, out, err = run("--help", capsys=capsys)
    assert (code, err) == (0, "")
    for noun in ("policies", "units", "points", "sessions", "journal", "config", "simulator"):
        assert noun in out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_every_command_has_a_help_text_and_examples_that_are_accepted(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(*command.words.split(), "--help", capsys=capsys)
    assert code == 0
    assert run("help", *command.words.split(), capsys=capsys) == (0, out, "")
    assert out.splitlines()[0].startswith(f"{command.summary[0].upper()}{command.summary[1:]}"[:60])
    assert out.splitlines()[-1].endswith("backup-tui help options")
    assert all(option.words.split()[0] in out for option in command.options)
    for example in command.examples if command.words != "help" else ():
        assert f"  backup-tui {example}\n" in out
        assert parse(shlex.split(example)).run.endswith(command.run)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("report 61633878 --to x", "report create 61633878 --to x"),
        ("--json report --plan p --to x", "--json report create --plan p --to x"),
        ("--profile report report d91e", "--profile report report create d91e"),
        ("--profile=report sessions show report", "--profile=report sessions show report"),
        ("report verify x", "report verify x"),
        ("report create verify --to x", "report create verify --to x"),
        ("report --help", "report --help"),
        ("plan report x", "plan report x"),
    ],
)
def test_the_second_word_of_some_commands_can_be_left_out(typed: str, read: str) -> None:
    assert with_defaults(shlex.split(typed)) == shlex.split(read)


@pytest.mark.parametrize("command", [one for one in COMMANDS if ":" in one.run], ids=lambda command: command.words)
def test_every_command_names_a_function(command: Command) -> None:
    for run in filter(None, (command.run, command.offline)):
        module, _, name = run.partition(":")
        whole = module if module.startswith("backup_tui.") else f"backup_tui.headless.{module}"
        assert inspect.iscoroutinefunction(getattr(import_module(whole), name))


def test_the_help_of_a_command_names_only_its_own_options(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("sessions", "activate", "--help", capsys=capsys)
    assert "--lock-wait" not in out
    assert out.endswith("backup-tui help options\n")
    code, options, _ = run("help", "options", capsys=capsys)
    assert code == 0
    assert all(name in options for name in ("--profile", "--lock-wait", "--json"))


@pytest.mark.parametrize("words", ["help drft", "help sessions drft"])
def test_help_suggests_the_closest_command(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(*words.split(), capsys=capsys)
    assert (code, "Unknown command 'drft'." in err) == (2, True)


def test_version_imports_nothing_heavy() -> None:
    script = (
        "import sys; from backup_tui.cli import main;"
        "[main(words.split()) for words in ('--version', '--help', 'help sessions', 'sessions draft --help')];"
        "print([name for name in ('msgspec', 'json', 'pydantic', 'httpx', 'textual', 'starlette', 'asyncio', 'sqlite3')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_words_for_services_are_the_services() -> None:
    assert tuple(service.value for service in Service) == SERVICES


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (["sesions"], "Unknown command 'sesions'.", "Did you mean sessions?"),
        (["sessions", "drft"], "Unknown command 'drft'.", "Did you mean draft?"),
        (["sessions", "list", "--jsn"], "Unknown option '--jsn'.", "Did you mean --json?"),
        (["policies", "review"], "Unknown command 'review'.", "Known: list, show, activate"),
        (["rules", "dry-run"], "Unknown command 'dry-run'.", "Known: list, show"),
        (["sessions", "active"], "Unknown command 'active'.", "Known: list, show"),
        (["sessions", "edit", "d91e", "--review"], "Unknown option '--review'.", "See: backup-tui sessions edit"),
        (["plan", "stow"], "Unknown command 'stow'.", "Did you mean show?"),
        (["units", "list", "--service", "onedriv"], "Unknown value of --service 'onedriv'.", "Did you mean onedrive?"),
        (["sessions"], "backup-tui sessions needs a command.", "One of: list, show, delete, draft"),
        (["sessions", "draft", "--to", "new"], "required: --service, --units, --before", "sessions draft --help"),
        (["journal", "show", "x"], "not a whole number", "journal show --help"),
        (["journal", "resolve", "3"], "one of the arguments --adopt --not-done is required", "--help"),
        (["--json"], "--json works only with a command.", "sessions list --json"),
    ],
)
def test_a_mistake_is_named_with_its_way_out(
    words: list[str], what: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(*words, capsys=capsys)
    assert (code, out) == (2, "")
    told = json.loads(err)["error"] if "--json" in words else None
    assert what.lower() in (told["message"] if told else err).lower()
    assert hint in (told["hint"] if told else err)


def test_a_mistake_with_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run("--json", "sessions", "lst", capsys=capsys)
    assert (code, out) == (2, "")
    told = json.loads(err)
    assert told == {
        "error": {
            "code": "UsageError",
            "message": "Unknown command 'lst'. Nothing was sent.",
            "hint": "Did you mean list?",
            "requestId": None,
        }
    }


def test_global_options_stand_before_or_after_the_command() -> None:
    before = parse(["--demo", "--json", "--tz", "UTC", "--trust-host", "a", "sessions", "list"])
    after = parse(["sessions", "list", "--trust-host", "a", "--tz", "UTC", "--json", "--demo"])
    between = parse(["--demo", "sessions", "--json", "--tz", "UTC", "list", "--trust-host", "a"])
    demo = parse(["--demo", "--sign-in", "sessions", "list"])
    assert (demo.sign_in, parse(["--sign-in", "browser", "sessions", "list"]).sign_in) == ("", "browser")
    assert demo.run == before.run
    assert vars(before) == vars(after) == vars(between)
    both = build_parser().parse_args(["--trust-host", "a", "sessions", "list", "--trust-host", "b"])
    assert both.trust_hosts == ("a", "b")


@pytest.mark.parametrize(
    ("words", "scene"),
    [
        ("--demo plan status", ""),
        ("plan status --demo", ""),
        ("--demo=incident plan status", "incident"),
        ("plan --demo=incident status", "incident"),
    ],
)
def test_the_demo_takes_a_scene_and_never_the_word_after_it(words: str, scene: str) -> None:
    args = parse(shlex.split(words))
    assert (args.demo, args.scene, args.run) == (True, scene, "backup_tui.headless.plan_status:show_status")
    assert parse(shlex.split(words.replace("plan", "").replace("status", ""))).scene == scene


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("points list --unit u", "before"),
        ("sessions list", "since"),
        ("journal list", "since"),
        ("activity list", "until"),
        ("mail search --unit u", "at"),
        ("plan new p --units l --to new --before 2h", "max_gap"),
    ],
)
def test_a_span_ago_is_a_value_and_no_option(words: str, option: str) -> None:
    given = [*words.split(), f"--{option.replace('_', '-')}", "-2h"]
    value = getattr(build_parser().parse_args(join_negative(given)), option)
    assert value in ("-2h", ["-2h"])


@pytest.mark.parametrize(
    "words",
    [
        "sessions list --since",
        "sessions list --status",
        "sessions list --columns",
        "points find --service exchange --units l --before 2h --max-gap",
        "plan new p --units l --to new --before 2h --name",
        "units list --search",
        "--tz",
        "plan show",
    ],
)
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_value_is_refused_and_never_means_all(words: str, value: str) -> None:
    with pytest.raises(UsageError) as told:
        parse([*words.split(), value])
    assert told.value.message.endswith("the value is empty; give one, or leave it out.")


@pytest.mark.parametrize(
    ("tty", "term", "what"),
    [
        (False, "xterm", "need a terminal"),
        (True, "dumb", "cannot move its cursor"),
        (True, "", "cannot move its cursor"),
    ],
)
def test_without_a_terminal_the_screens_are_refused(
    tty: bool, term: str, what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stdin.isatty", lambda: tty, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: tty, raising=False)
    assert cli.main([]) == UsageError.exit_code
    told = capsys.readouterr().err
    assert re.search(what, told)
    assert "backup-tui sessions list" in told


def test_screens_without_a_terminal_end_with_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backup_tui", "--demo"], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "need a terminal" in done.stderr


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (
            ["sessions", "list", "--about", "all"],
            "sessions list does not take --about",
            "to: backup-tui service notify",
        ),
        (
            ["units", "list", "--confirm", "x"],
            "units list does not take --confirm",
            "to: backup-tui bulk add, backup-tui exclusions add, backup-tui plan run",
        ),
        (["journal", "show", "3", "--key", "x"], "journal show does not take --key", "to: backup-tui sessions draft"),
        (["sessions", "list", "--statu", "x"], "Unknown option '--statu'.", "Did you mean --status?"),
        (["points", "find", "--servce", "exchange"], "Unknown option '--servce'.", "Did you mean --service?"),
        (["sessions", "draft", "--unit=x.csv"], "Unknown option '--unit'.", "Did you mean --units?"),
        (["sessions", "activate", "--confrim", "restore 3"], "Unknown option '--confrim'.", "Did you mean --confirm?"),
        (["sessions", "show", "one", "two"], "sessions show does not take 'two'", "sessions show --help"),
    ],
)
def test_an_option_of_another_command_is_told_as_that(
    words: list[str], what: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(*words, capsys=capsys)
    assert code == 2
    assert what in err
    assert hint in err
    option = next((word for word in words if word.startswith("--")), "")
    assert not option or f"Did you mean {option}?" not in err


@pytest.mark.parametrize("stale", [{"COLUMNS": "30"}, {"COLUMNS": "0", "LINES": "0"}, {"COLUMNS": "5000"}])
def test_help_is_as_wide_as_the_terminal_whatever_columns_says(stale: dict[str, str]) -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    program = [sys.executable, "-m", "backup_tui", "sessions", "list", "--help"]
    with subprocess.Popen(program, stdin=slave, stdout=slave, stderr=slave, env=os.environ | stale) as running:
        os.close(slave)
        told = b""
        with contextlib.suppress(OSError):  # a terminal whose program has ended
            while part := os.read(master, 4096):
                told += part
        assert running.wait(60) == 0
    os.close(master)
    assert 70 < max(len(line) for line in told.decode().splitlines()) <= 100


GARBAGE = """
import gc, sys, threading
from backup_tui import cli
{before}
sys.argv = ["backup-tui", "--version"]
frozen = gc.get_freeze_count()  # Python 3.12 has some from its own start
cli.main({words})
{after}
print(gc.isenabled(), gc.get_freeze_count() > frozen)
"""


@pytest.mark.parametrize(
    ("before", "words", "after", "told"),
    [
        pytest.param("", "", "", "False False", id="not while a process of ours starts"),
        pytest.param(
            "cli.GARBAGE_AFTER = 0",
            "",
            "for thread in threading.enumerate()[1:]: thread.join()",
            "True True",
            id="again soon after, without what stays",
        ),
        pytest.param("", "['--version']", "", "True False", id="always where somebody else calls it"),
    ],
)
def test_garbage_is_not_looked_for_while_the_program_starts(before: str, words: str, after: str, told: str) -> None:
    code = GARBAGE.format(before=before, words=words, after=after)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == told


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--demo --tz UTC",
        "sessions list --status running",
        "--profile sessions policies show 0f4aa9c1 --json",
        "units list --search points",
        "points list --unit u --before -2h",
        "service notify --on --to nobody",
        "journal show 7",
        "login --admin-consent --trust-host a --trust-host b",
        "config show",
        "simulator --port 0",
    ],
)
def test_a_part_of_the_tree_reads_a_command_line_as_the_whole_does(words: str) -> None:
    given = words.split()
    assert vars(parse(given)) == vars(build_parser().parse_args(join_negative(given)))


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("session list", "Did you mean sessions?"),
        ("sessions list --confirm x", "--confirm belongs to"),
        ("polices", "Did you mean policies?"),
        ("polices --help", "Did you mean policies?"),
        ("sessions drft --help", "Did you mean draft?"),
        ("help sessions names lst", "Did you mean list?"),
        ("--until-done", "--until-done belongs to"),
    ],
)
def test_a_mistake_is_told_with_the_words_of_all_commands(words: str, hint: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(words.split())
    assert hint in (told.value.hint or "")


def test_help_behind_any_command_knows_all_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in build_parser().commands)


@pytest.mark.parametrize(
    "said",
    [
        "invalid choice: 'drft' (choose from 'draft', 'list')",
        "invalid choice: 'drft' (choose from draft, list)",
        "invalid choice: 'drft', maybe you meant 'list'? (choose from draft, list)",
    ],
    ids=["3.11", "3.12", "3.15"],
)
def test_a_wrong_choice_is_told_alike_whatever_words_python_has_for_it(said: str) -> None:
    with pytest.raises(UsageError, match=r"Unknown value of --kind 'drft'\.") as refused:
        Parser(prog="backup-tui").error(f"argument --kind: {said}")
    assert refused.value.hint == "Did you mean draft?"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("sessions list --statsu x", "Did you mean --status?"),
        ("journal resolve 1 --adpot x", "Did you mean --adopt?"),
        ("journal resolve 1 --about x", "See: backup-tui journal resolve --help"),
        ("sessions delete 61633878 --yet", "Did you mean --yes?"),
        ("sessions delete 61633878 --force", "See: backup-tui sessions delete --help"),
    ],
)
def test_a_hint_is_near_and_of_the_same_command(words: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(shlex.split(words))
    assert refused.value.hint == hint
