"""Specifies how a person at a terminal is asked to sign in, and when nobody is asked."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from backup_tui.config import Settings, SignInSettings
from backup_tui.errors import SignInError
from backup_tui.headless import asking
from backup_tui.headless.output import Output
from backup_tui.models.prompts import BrowserPage, DeviceCode, Prompt
from backup_tui.workspace import Workspace

BERLIN = ZoneInfo("Europe/Berlin")
CODE = DeviceCode("ABCD-EFGH", "https://microsoft.com/devicelogin", datetime(2026, 11, 22, 12, 15, tzinfo=UTC), "...")
EXPIRED = SignInError("The code has expired: nobody entered it in time.", code="CodeExpired")


class Person:
    """The sign-in of a workspace: silent tries and asking end as a test says, one after the other."""

    def __init__(self, *asked: SignInError | None, silent: SignInError | None = None, interactive: bool = True) -> None:
        self.asked, self.silent = list(asked), silent
        self.known = False
        self.times = 0
        self.sign_in = SimpleNamespace(interactive=interactive)

    async def find(self) -> None:
        if self.silent is not None:
            raise self.silent
        self.known = True

    async def ask(self, show: Callable[[Prompt], None]) -> None:
        self.times += 1
        show(CODE)
        ending = self.asked.pop(0)
        if ending is not None:
            raise ending
        self.known = True


def place(person: Person, cache: str = "memory") -> Workspace:
    settings = replace(Settings(), sign_in=SignInSettings("device-code", client_id="app", cache=cache))
    made: Any = SimpleNamespace(identity=person, settings=settings, zone=BERLIN)
    return cast("Workspace", made)


class Keyboard(io.StringIO):
    """A terminal at which lines were typed, or none."""

    def __init__(self, *lines: str, tty: bool = True) -> None:
        super().__init__("".join(lines))
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


def test_a_code_is_told_with_its_page_and_its_end_in_the_zone() -> None:
    lines = asking.prompt_lines(CODE, BERLIN)
    assert "  open   https://microsoft.com/devicelogin" in lines
    assert "  enter  ABCD-EFGH" in lines
    assert "until 13:15:00 (Europe/Berlin)" in lines[-1]


def test_a_page_for_the_browser_is_never_cut_and_names_the_port_to_forward() -> None:
    page = BrowserPage("https://login.example/authorize?" + "x" * 5000, 8400)
    lines = asking.prompt_lines(page, BERLIN)
    assert f"  open   {page.url}" in lines
    assert any("ssh -L 8400:localhost:8400" in line for line in lines)


async def test_an_expired_code_is_followed_by_another_when_somebody_says_so() -> None:
    person, told = Person(EXPIRED, EXPIRED, None), io.StringIO()
    keyboard = Keyboard("\n", "\n")
    await asking.ask(place(person), stderr=told, stdin=keyboard)
    assert (person.times, person.known) == (3, True)
    assert told.getvalue().count("ABCD-EFGH") == 3
    assert "Press Enter for a new code" in told.getvalue()


@pytest.mark.parametrize("keyboard", [Keyboard("", tty=True), Keyboard(tty=False)])
async def test_without_somebody_an_expired_code_is_the_end(keyboard: Keyboard) -> None:
    person = Person(EXPIRED)
    with pytest.raises(SignInError, match="expired"):
        await asking.ask(place(person), stderr=io.StringIO(), stdin=keyboard)
    assert person.times == 1


async def test_what_no_new_code_mends_is_not_asked_again() -> None:
    person = Person(SignInError("Blocked.", code="FlowBlocked"))
    keyboard = Keyboard("\n")
    with pytest.raises(SignInError, match="Blocked"):
        await asking.ask(place(person), stderr=io.StringIO(), stdin=keyboard)
    assert keyboard.read() == "\n"


async def test_nobody_is_asked_while_a_kept_sign_in_works() -> None:
    person = Person()
    await asking.sign_in_first(place(person), Output(io.StringIO(), io.StringIO()))
    assert (person.known, person.times) == (True, 0)


@pytest.mark.parametrize(
    ("silent", "interactive"),
    [
        (SignInError("The authority does not answer.", code="AuthorityUnreachable", needs_person=False), True),
        (SignInError("The secret is wrong.", code="CredentialRefused"), False),
    ],
)
async def test_nobody_is_asked_where_a_person_cannot_help(
    silent: SignInError, interactive: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    person = Person(silent=silent, interactive=interactive)
    with pytest.raises(SignInError) as caught:
        await asking.sign_in_first(place(person), Output(io.StringIO(), io.StringIO()))
    assert caught.value is silent
    assert person.times == 0


@pytest.mark.parametrize(("cache", "keeps"), [("memory", True), ("file", False), ("os", False)])
async def test_without_a_terminal_the_way_out_is_one_that_works(
    cache: str, keeps: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    nobody = SignInError("Nobody is signed in.", code="NoSignIn")
    with pytest.raises(SignInError) as caught:
        await asking.sign_in_first(place(Person(silent=nobody), cache), Output(io.StringIO(), io.StringIO()))
    assert "backup-tui login" in caught.value.hint
    assert ("token_cache" in caught.value.hint) is keeps, "a login that is not kept would not help"
