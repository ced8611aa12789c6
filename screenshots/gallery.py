"""Makes pictures of every screen, to be looked at: `python screenshots/gallery.py FOLDER [WORD ...]`.

Each is taken at three sizes, in every theme and without color; words, such as `plan`, `80x24` or `paper`, choose among
them. Like the pictures of README.md they come from the simulated tenant with clocks that stand still.
`FOLDER/SIZE-THEME-SCREEN.svg`; nothing of it is kept in the repository.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from drawing import drawn
from make import Camera, app_on, camera
from tenants import CODE, PAGE, Asking, app_asking, app_on_all

from backup_tui.config import THEMES
from backup_tui.errors import SignInError
from backup_tui.models.prompts import Prompt
from backup_tui.models.services import Service
from backup_tui.signin.error_catalogue import CERTAIN
from backup_tui.ui.routes import (
    Open,
    OpenDrill,
    OpenFailedAgain,
    OpenFiles,
    OpenHandover,
    OpenMail,
    OpenService,
    OpenTenant,
    OpenUnitPoints,
)

SIZES = ((80, 24), (120, 40), (200, 50))
NO_COLOR = "no-color"


WRONG = ["Adele Vance", "megan.bowe@contoso.com", "lee.gu@contso.com", "nobody@nowhere.example", "regulator"]
"""Names of a list that are not as they should be, each in its own way."""


class Gallery:
    """Takes each screen in all the themes that are wanted, at one size."""

    def __init__(self, see: Camera, size: tuple[int, int], themes: Sequence[str]) -> None:
        self.see = see
        self.size = size
        self.themes = themes

    async def take(self, name: str) -> None:
        """One screen in every theme."""
        await self.see.pilot.pause(0.3)
        for theme in self.themes:
            if theme != NO_COLOR:
                self.see.app.theme = theme
            await self.see.pilot.pause(0.1)
            file = self.see.folder / "{}x{}-{}-{}.svg".format(*self.size, theme, name)
            file.write_text(drawn(self.see.app, theme), encoding="utf-8")

    async def open(self, place: Open, words: str, name: str) -> None:
        """Opens a place, waits for its words, and takes it."""
        self.see.app.open(place)
        await self.see.until(words)
        await self.take(name)

    async def back(self) -> None:
        """To the list that the screen belongs to."""
        while len(self.see.app.screen_stack) > 1:
            self.see.app.pop_screen()
        await self.see.pilot.pause(0.05)


async def lists(shots: Gallery) -> None:
    """The five lists and what opens from them."""
    see = shots.see
    await see.until("Needs you")
    await see.until("last unit finished")
    await shots.take("01-overview")
    await see.press("question_mark")
    await see.until("Everywhere")
    await shots.take("02-help")
    await shots.back()
    await see.press("2")
    await see.until("Policies 4")
    await shots.take("03-policies")
    await see.press("j", "enter")
    await see.until("[Units")
    await see.pilot.pause(0.3)
    await shots.take("04-policy")
    await see.press("tab")
    await shots.take("05-policy-rules")
    await shots.back()
    await see.press("X")
    await see.until("Type")
    await shots.take("06-review-deactivate")
    await shots.back()


async def more_lists(shots: Gallery) -> None:
    """Sessions, units and the activity."""
    see = shots.see
    await see.until("last unit finished")
    await see.press("3")
    await see.until("Sessions")
    await shots.take("07-sessions")
    await see.press("slash", *"status:failed", "enter")
    await shots.take("08-sessions-filtered")
    await see.press("enter")
    await see.until("FINISHED")
    await shots.take("09-session-finished")
    await shots.back()
    await see.press("escape", "colon", *"onedrive")
    await shots.take("10-palette")
    await shots.back()
    await see.press("4")
    await see.until("Units")
    await see.until("all loaded")
    await see.press("tab")
    await see.until("all loaded")
    await see.press("space", "j", "space")
    await shots.take("11-units")
    await see.press("enter")
    await see.until("Newest")
    await see.pilot.pause(0.3)
    await shots.take("12-points")
    await shots.back()
    await see.press("5")
    await see.until("Activity")
    await shots.take("13-activity")
    await see.press("tab", "tab")
    await see.pilot.pause(0.3)
    await shots.take("14-activity-service")
    await see.press("tab", "enter")
    await shots.take("15-activity-request")
    await shots.back()


async def rooms(shots: Gallery) -> None:
    """What is opened from anywhere: tenant, service, hand-over, drill, mail and files."""
    see, app = shots.see, shots.see.app
    await see.press("4")
    await see.until("all loaded")
    await see.press("1")
    await shots.open(OpenTenant(), "What it may do", "20-tenant")
    await shots.back()
    await shots.open(OpenService(), "Backup service", "21-service")
    await shots.back()
    app.open(OpenHandover())
    await see.pilot.pause(0.5)
    await shots.take("22-handover")
    await shots.back()
    await shots.open(OpenDrill(), "at random from", "23-drill")
    await shots.back()
    mailbox = next(unit.id for unit in see.service.tenant.units["exchange"] if unit.address.startswith("adele"))
    app.open(OpenMail(mailbox))
    await see.until("Find mail")
    await see.type("word4")
    await see.press("enter")
    await see.until("no list of them exists")
    await shots.take("24-mail")
    await shots.back()
    now = see.service.now()
    site = next(
        unit.id
        for unit in see.service.tenant.units["sharepoint"]
        if unit.trait == "sound" and unit.state(now)[0] == "protected" and unit.joined < now - 30 * 86_400
    )
    app.open(OpenFiles(Service.SHAREPOINT, site))
    for _ in range(40):
        if "Browsing ends" in see.text:
            break
        see.advance(0.2)
        await see.pilot.pause(0.1)
    await see.press("enter")
    await see.pilot.pause(0.3)
    await see.press("j", "space", "j", "j", "space")
    await shots.take("25-files")
    await shots.back()
    app.open(OpenUnitPoints(Service.SHAREPOINT, site))
    await see.until("Newest")
    await shots.take("26-points-of-a-site")
    for _ in range(13):
        await see.press("left")
        await see.pilot.pause(0.1)
    await shots.take("28-points-of-two-weeks")
    await shots.back()
    failed = next(row.id for row in app.workspace.core.store.sessions.values() if "failed" in row.state.word)
    app.open(OpenFailedAgain(failed))
    await see.pilot.pause(0.3)
    await shots.take("27-failed-again")
    await shots.back()


async def restore(shots: Gallery) -> None:
    """The form of a new restore, its names and its picker."""
    see = shots.see
    await see.press("4", "tab")
    await see.until("[OneDrive")
    await see.until("all loaded")
    await see.press("3", "n")
    await see.until("New restore")
    await shots.take("30-form-empty")
    await see.press("enter")
    await see.type("meg")
    await see.pilot.pause(0.4)
    await see.until("match")
    await shots.take("31-form-suggestions")
    await see.press(*["backspace"] * 3)
    await see.paste("\n".join([*see.accounts(14), see.accounts(3)[2], *WRONG]))
    await see.until("to fix")
    await shots.take("32-form-names-to-fix")
    await see.press("enter")
    await see.until("As written")
    await shots.take("33-names")
    await see.press("j")
    await shots.take("41-names-nearest")
    await see.press("L")
    await see.pilot.pause(0.3)
    if "As written" in see.text:
        await see.press("escape")
    await see.until("14 OneDrive accounts")
    await see.press("down")
    await see.type("2026-11-22 14:17")
    await see.press("enter")
    await see.until("standard")
    await see.press("enter", "right")
    await see.until("rolled back")
    await shots.take("34-form")
    await see.press("ctrl+o")
    await see.pilot.pause(0.3)
    await shots.take("35-picker")
    await see.press("escape", "escape")
    await see.until("Create draft")


async def start(shots: Gallery) -> None:
    """From the form to a running restore."""
    await restore(shots)
    see = shots.see
    await see.press("tab", "tab", "enter")
    await see.until("overwrite 14 contoso")
    await shots.take("36-review-in-place")
    await see.type("overwrite 14 contoso")
    await shots.take("37-review-typed")
    await see.press("enter")
    await see.until("you can disconnect")
    await shots.take("38-started")
    await see.press("enter")
    await see.until("▌OneDrive")
    await shots.take("39-session-begun")
    see.advance(minutes=64)
    await see.press("r")
    await see.until("1 failed")
    await see.press("exclamation_mark")
    await see.until("✗ failed")
    await shots.take("40-session")
    await shots.back()


async def plan(shots: Gallery) -> None:
    """A plan, from its check to the middle of its second wave."""
    see = shots.see
    await see.until("Needs you")
    with tempfile.TemporaryDirectory() as plans:
        file = see.write_plan(Path(plans))
        await see.press("n")
        await see.until("New restore")
        await see.press("enter")
        await see.paste(f"@{file}")
        await see.press("enter")
        await see.until("READY")
        await shots.take("50-plan-check")
        if "L leave out" in see.text:
            await see.press("L")
            await see.until("left out. u")
        await see.press("d")
        await see.until("Incident ransom-22nov")
    await see.until("needs your yes")
    await see.press("c")
    await see.until("the service has no cancel")
    await shots.take("51-wave-review")
    phrase = re.search(r"overwrite \d+ contoso", see.text)
    assert phrase is not None
    await see.type(phrase[0])
    await see.press("enter")
    await see.until("AGREED")
    await shots.take("52-agreed")
    await see.press("enter")
    await see.until("Incident ransom-22nov")
    for _ in range(20):
        see.advance(minutes=5)
        await see.pilot.pause(0.05)
    await see.press("r", "j")
    await see.until("» restoring")
    await shots.take("53-incident")
    await shots.back()
    await see.press("1")
    await shots.take("54-overview-with-a-plan")


async def tenants(shots: Gallery) -> None:
    """All tenants, beside the one that is open."""
    see = shots.see
    await see.until("Needs you")
    await see.press("p")
    await see.until("unreachable")
    await see.until("signed out")
    await shots.take("60-tenants")
    await see.press("j", "j", "j")
    await shots.take("61-tenants-unreachable")
    await see.press("question_mark")
    await see.until("Everywhere")
    await shots.take("62-tenants-help")


async def words(shots: Gallery) -> None:
    """Help and palette of screens that have keys of their own."""
    see, app = shots.see, shots.see.app
    await see.until("last unit finished")
    await see.press("colon")
    await shots.take("70-palette-empty")
    await see.press(*"theme")
    await shots.take("71-palette-commands")
    await shots.back()
    await see.press("3", "enter")
    await see.until("▌OneDrive")
    await see.press("question_mark")
    await see.until("Everywhere")
    await shots.take("72-help-session")
    await shots.back()
    app.open(OpenTenant())
    await see.until("What it may do")
    await see.press("question_mark")
    await see.pilot.pause(0.3)
    await shots.take("73-help-tenant")
    await shots.back()


async def lost_answer(shots: Gallery) -> None:
    """A start whose answer is lost, while the session cannot be read, and what can be done then."""
    see = shots.see
    await see.until("last unit finished")
    await see.press("3", "j", "A")
    await see.until("the service has no cancel")
    phrase = re.search(r"restore \d+", see.text.partition("Type")[2])
    assert phrase is not None
    faults = see.service.faults
    faults.add("drop", method="POST", path="/activate$")
    await see.type(phrase[0])
    await see.press("enter")
    await see.until_so(lambda: faults.rules[0].used > 0, "the start was sent")
    faults.add("refuse", method="GET", path="estoreSessions", status=403, code="Forbidden", times=None)
    await see.until("NO ANSWER")
    await shots.take("83-no-answer")
    await shots.back()
    await see.press("1")
    await shots.take("84-overview-unknown")
    await see.press("5")
    await see.until("UNKNOWN")
    await shots.take("85-activity-unknown")
    await see.press("enter")
    await see.pilot.pause(0.5)
    await shots.take("86-settle-unknown")


async def signing_in(shots: Gallery, sign_in: Asking) -> None:
    """Signing in with a code, and what can go wrong."""
    see = shots.see
    await see.until("D J F X")
    await shots.take("80-sign-in-code")
    hint = f"Let an administrator open {see.app.workspace.core.identity.consent_url} and agree, then sign in again."
    for name, words, error in (
        ("81-sign-in-expired", "has expired", SignInError(
            "The code has expired: nobody entered it in time.", certainty=CERTAIN, hint="Ask for a new code.",
            code="CodeExpired")),
        ("82-sign-in-consent", "has not been allowed", SignInError(
            "The application 0f1e2d3c-0000-4000-8000-00000000c11e has not been allowed in contoso.com what it asks "
            "for.", certainty=CERTAIN, hint=hint, code="ConsentRequired", request_id="6c2f7c3e-0d7c-4f5e-9b65-3c7d1f0a",
            detail="AADSTS65001: The user or administrator has not consented to use the application.")),
    ):  # fmt: skip
        sign_in.ends(error)
        await see.until(words)
        await shots.take(name)
        await see.press("n")
        await see.until("D J F X")


async def browser(shots: Gallery, _sign_in: Asking) -> None:
    """Signing in with a browser, and a terminal that is too small for the program."""
    await shots.see.until("8400")
    await shots.take("87-sign-in-browser")
    await shots.see.pilot.resize_terminal(56, 14)
    await shots.take("88-too-small")


SIGN_INS: dict[str, tuple[Callable[[Gallery, Asking], Awaitable[None]], str, Prompt]] = {
    "sign-in": (signing_in, "device-code", CODE),
    "browser": (browser, "browser", PAGE),
}
"""Walks of who is not signed in yet, with how they sign in."""

WALKS: dict[str, tuple[Callable[[Gallery], Awaitable[None]], int]] = {
    "lists": (lists, 300),
    "more-lists": (more_lists, 300),
    "rooms": (rooms, 300),
    "restore": (start, 300),
    "plan": (plan, 3000),
    "tenants": (tenants, 300),
    "words": (words, 300),
    "lost-answer": (lost_answer, 300),
}


async def walk(folder: Path, name: str, size: tuple[int, int], themes: Sequence[str]) -> None:
    """One walk at one size; a station that is not reached is told, and the others are still taken."""
    try:
        if name in SIGN_INS:
            go_in, flow, prompt = SIGN_INS[name]
            sign_in = Asking(flow, prompt)
            async with camera(folder, units=20, size=size, program=app_asking(sign_in)) as see:
                await go_in(Gallery(see, size, themes), sign_in)
            return
        go, units = WALKS[name]
        program = app_on_all if go is tenants else app_on
        async with camera(folder, units=units, size=size, program=program) as see:
            await go(Gallery(see, size, themes))
    except (LookupError, StopIteration) as error:
        print(f"{name} at {size}: {error}", file=sys.stderr)


def main(folder: Path, words: Sequence[str]) -> None:
    """All walks at all sizes, as far as the words want them."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["COLORTERM"] = "truecolor"
    for name in (*WALKS, *SIGN_INS):
        for size in SIZES:
            for themes in (THEMES, (NO_COLOR,)):
                wanted = [
                    theme for theme in themes if all(word in f"{name} {size[0]}x{size[1]} {theme}" for word in words)
                ]
                if not wanted:
                    continue
                if wanted[0] == NO_COLOR:
                    os.environ["NO_COLOR"] = "1"
                asyncio.run(walk(folder, name, size, wanted))
                os.environ.pop("NO_COLOR", None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
