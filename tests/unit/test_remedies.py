"""Remedies that a command tells: options and commands, never keys of the screens."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import backup_tui
from backup_tui import errors
from backup_tui.errors import BackupTuiError, NamesUnresolved, OutcomeUnknown, ServiceError, SignInError, UsageError
from backup_tui.headless.output import error_lines, error_object
from backup_tui.headless.remedies import for_commands
from backup_tui.text_tables import read_table

ROOT = Path(backup_tui.__file__).parent
ROOMS = ("graph", "journal", "models", "protection", "restore", "signin", "workspace", "config", "headless")
ONLY_SCREENS = {"restore/drafts/form_check.py", "headless/remedies.py"}
"""The check lines of the form, which commands do not have; and the rules themselves."""
ONLY_ON_SCREENS = "to do"
"""The column of a table that has another one beside it for commands."""

KEYS = re.compile(
    r"\((?:[A-Za-z?]|enter|esc|ctrl\+\w)\)"  # (r), (enter)
    r"|\b(?:Activity|Overview)\b"
    r"|\b[Pp]ress (?!Enter for a new code|Ctrl\+C\b)"
    r"|(?:^|[.;:,(] ?|\bthen |\bor )(?:[b-zB-HJ-Z?]|[Ee]nter|[Ee]sc) "
    r"(?:again|brings|chooses|copies|creates|goes|leaves|looks|opens|reads|restores|shows|starts|takes|tries|watches)\b"
    r"|\bthen [b-z][.,]"
    r"|\bwith [b-z]\."
)


def sentences() -> Iterator[tuple[str, str]]:
    """Every text of the program that can reach a command, with its place; values are 7."""
    for path in (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.txt"))):
        for number, row in enumerate(read_table(path)):
            texts = (text for column, text in row.items() if column != ONLY_ON_SCREENS and " " in text)
            yield from ((f"{path.relative_to(ROOT).as_posix()}:{number}", text) for text in texts)
    for path in [ROOT / "errors.py", *(file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))]:
        place = path.relative_to(ROOT).as_posix()
        if place in ONLY_SCREENS:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        parts: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts |= {id(part) for part in node.values}
            if isinstance(node, ast.Expr):
                parts.add(id(node.value))  # a docstring
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                text = node.value
            else:
                continue
            if " " in text:
                yield f"{place}:{node.lineno}", text


def test_no_sentence_that_a_command_may_tell_names_a_key() -> None:
    found = list(sentences())
    assert len(found) > 1_000, "the whole program is looked at"
    named = [f"{place}: {told}" for place, text in found if KEYS.search(told := for_commands(text))]
    assert named == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Read the list again (r): it may have been deleted.", "Read the list again: it may have been deleted."),
        ("See 5 Activity.", "See: backup-tui journal list."),
        ("Letters, digits and . _ , - are allowed.", "Letters, digits and . _ , - are allowed."),
        ("Its reason is kept (5 Activity).", "Its reason is kept (backup-tui journal list)."),
        ("Look at the state of it on the Overview.", "Look at the state of it (backup-tui service show)."),
        ("The Overview says why; it stays.", "backup-tui service show says why; it stays."),
        (
            "See what became of that first: entry 12 of the journal (5 Activity).",
            "See what became of that first: entry 12 of the journal (backup-tui journal show 12).",
        ),
        ("Do not draft it again. enter watches it.", "Do not draft it again. Watch it: backup-tui sessions watch ID."),
        (
            "Do not draft it again; enter watches it.",
            "Do not draft it again; watch it: backup-tui sessions watch ID.",
        ),
        ("Sign in again (T, or backup-tui login), or start", "Sign in again (backup-tui login), or start"),
        (
            "Press T to sign in again, or set a fresh BACKUP_TUI_ACCESS_TOKEN.",
            "Sign in with backup-tui login, or set a fresh BACKUP_TUI_ACCESS_TOKEN.",
        ),
        ("Check the id; whole ids are copied with y.", "Check the id; lists show whole ids."),
        ("No key in this sentence.", "No key in this sentence."),
    ],
)
def test_a_key_becomes_a_command_or_goes(written: str, told: str) -> None:
    assert for_commands(written) == told
    error = BackupTuiError("It is so.", certainty=written, hint=written)
    assert f"  {told}" in error_lines(error)
    assert error_object(error)["hint"] == told


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, BackupTuiError) and kind.__module__ == errors.__name__
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_class_of_error_is_told_without_keys(kind: type[BackupTuiError]) -> None:
    error = BackupTuiError.__new__(kind)
    BackupTuiError.__init__(error, "What.", certainty="Wait (r).", hint="Press T to sign in, or look (enter).")
    if isinstance(error, ServiceError | SignInError):
        error.detail = ""
    if isinstance(error, UsageError):
        error.field = ""
    if isinstance(error, OutcomeUnknown):
        error.intent_id, error.candidates = 3, ()
    if isinstance(error, NamesUnresolved):
        error.names = ()
    told = "\n".join(error_lines(error)) + str(error_object(error))
    assert not KEYS.search(told), told
