"""Signing in: the code or the address, what it waits for, and what went wrong."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.timer import Timer

from backup_tui.errors import BackupTuiError, SignInError
from backup_tui.models.prompts import BrowserPage, DeviceCode, Prompt
from backup_tui.store.changes import Change
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.sign_in.text import DEMO_LINES, FLOW_WORDS, error_lines, prompt_lines, tenant_words, where_lines
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.time_format import clock_words
from backup_tui.workspace import AnotherSignIn

RETRY_WAITS = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds until something that can pass is tried again; the last one from then on."""

_SAYS_ENOUGH = frozenset({"NoSignIn", "InteractionRequired", "MfaRequired", "Revoked"})
"""Codes after which a person is asked at once: there is nothing to put right before."""


class SignInScreen(BaseScreen):
    """Lets somebody sign in, or says why that is not possible now and what to do.

    Args:
        done: Called once somebody is signed in, when the screen is gone.
        starting: Nobody has been signed in yet; there is nothing to go back to.
        error: Why it is shown; asks at once when there is nothing to put right before.
    """

    SHARED = DIALOG | {"help"}

    def __init__(
        self, done: Callable[[], None], *, starting: bool = False, error: BackupTuiError | None = None
    ) -> None:
        super().__init__()
        self._done = done
        self._starting = starting
        self._why = error
        self._error: BackupTuiError | None = None
        self._prompt: Prompt | None = None
        self._under_way: asyncio.Task[None] | None = None
        self._retry: Timer | None = None
        self._retries = 0

    # -- what it says ---------------------------------------------------------------------------------------

    def subtitle(self) -> str:
        how = self.ws.identity.how
        profile = self.ws.settings.profile
        return f"Sign in to {tenant_words(how)}" + (f", profile {profile}" if profile else "")

    def context(self) -> "SignInContext":
        return SignInContext(
            prompt=self._prompt,
            failed=self._error is not None,
            asking=self._asking,
            interactive=self._interactive,
            starting=self._starting,
            copied="address" if self._address else "",
        )

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(self.paragraphs(), id="sign-in")

    def paragraphs(self) -> list[Para]:
        where = where_lines(self.ws.settings, self.ws.identity.how)
        now, zone = self.ws.clock.now(), self.ws.zone
        if self._prompt is not None:
            why = [Para(self._why.message), Para()] if self._why is not None and self._why.code != "NoSignIn" else []
            demo = DEMO_LINES if self.ws.settings.demo_sign_in else ()
            return [*demo, *why, *prompt_lines(self._prompt, now, zone, self.ws.settings.tz), Para(), *where]
        if self._error is not None:
            consent = self.ws.identity.consent_url
            return [*error_lines(self._error, consent), *self._next_lines(), Para(), *where]
        if self._asking:
            how = FLOW_WORDS[self.ws.identity.how.flow]
            return [Para(f"Signing in {how}…", "moving", "  "), Para(), *where]
        return [
            Para("Nobody is signed in." if self._starting else "The sign-in was canceled.", "strong"),
            Para("Nothing was sent to the service."),
            *self._next_lines(),
            Para(),
            *where,
        ]

    def _next_lines(self) -> list[Para]:
        if self._retry is None:
            return []
        at = self.ws.clock.now() + timedelta(seconds=self._wait)
        return [Para(), Para(f"Next try, automatically, at {clock_words(at, self.ws.zone, at, seconds=True)}.")]

    @property
    def _interactive(self) -> bool:
        return self.ws.identity.interactive

    @property
    def _asking(self) -> bool:
        return self._under_way is not None and not self._under_way.done()

    @property
    def _address(self) -> str:
        if self._prompt is not None:
            return self._prompt.url
        if self._error is not None and (url := self.ws.identity.consent_url) and url in self._error.hint:
            return url
        return ""

    @property
    def _wait(self) -> float:
        asked = self._error.wait if isinstance(self._error, SignInError) else None
        return max(RETRY_WAITS[min(self._retries, len(RETRY_WAITS)) - 1], asked or 0.0)

    def show(self) -> None:
        """Brings the text up to date."""
        if self.is_open:
            self.query_one("#sign-in", Paragraphs).show(self.paragraphs())
            self.refresh_frame()

    def changed(self, change: Change) -> None:
        if self._prompt is not None:
            self.show()

    # -- signing in -----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        error = self._why
        if error is not None and not (self._interactive and error.code in _SAYS_ENOUGH):
            self._failed(error)
        else:
            self._begin(silent=False)

    def on_unmount(self) -> None:
        self._stop()

    def _begin(self, *, silent: bool) -> None:
        self._stop()
        self._error = self._prompt = None
        self._under_way = asyncio.create_task(self._sign_in(silent), name="sign in")
        self.show()

    def _stop(self) -> None:
        if self._retry is not None:
            self._retry.stop()
            self._retry = None
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None

    async def _sign_in(self, silent: bool) -> None:
        try:
            await self._signed_in(silent)
        except AnotherSignIn as error:
            self._under_way = None
            await self.program.go_on_as_another(error)
        except BackupTuiError as error:
            self._under_way = None
            self._failed(error)
        except Exception as error:
            self._under_way = None
            self.program.report(error)
            self._failed(SignInError("Internal error. The sign-in was stopped; see the log.", code="Fault"))
        else:
            self._under_way = None
            if self.come_up():
                self.close()
            self._done()

    async def _signed_in(self, silent: bool) -> None:
        """Comes back once somebody is signed in. Raises `SignInError`: nobody is, and why."""
        if silent and not isinstance(self._why, SignInError):
            return  # Something else prevented opening: it is opened again.
        if silent:
            try:
                await self.ws.identity.find(at_once=True)
            except SignInError as error:
                if not (error.needs_person and self._interactive):
                    raise
            else:
                return
        await self.ws.sign_in_again(self._shown)

    def _shown(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._retries = 0
        self.show()

    def _failed(self, error: BackupTuiError) -> None:
        self._error, self._prompt = error, None
        self._stop()
        if isinstance(error, SignInError) and not error.needs_person:
            self._retries += 1
            self._retry = self.set_timer(self._wait, lambda: self._begin(silent=True), name="sign in again")
        self.show()

    # -- keys -----------------------------------------------------------------------------------------------

    def try_again(self, row: str | None) -> None:
        self._begin(silent=True)

    def new_code(self, row: str | None) -> None:
        self._begin(silent=False)

    def copy_code(self, row: str | None) -> None:
        """The code, the line for ssh, or what went wrong."""
        prompt = self._prompt
        if isinstance(prompt, DeviceCode):
            self.say(copy(self.app, prompt.code, "the code"))
        elif isinstance(prompt, BrowserPage):
            line = f"ssh -L {prompt.port}:localhost:{prompt.port}"
            self.say(copy(self.app, line, "the ssh line; put the name of this machine behind it"))
        else:
            self.say(copy(self.app, self.query_one("#sign-in", Paragraphs).text, "all that is said here"))

    def copy_page(self, row: str | None) -> None:
        self.say(copy(self.app, self._address, "the address"))

    def scroll_text_down(self, row: str | None) -> None:
        self.query_one("#sign-in", Paragraphs).scroll_lines(5)

    def scroll_text_up(self, row: str | None) -> None:
        self.query_one("#sign-in", Paragraphs).scroll_lines(-5)

    def open_profiles(self, row: str | None) -> None:
        """The profiles; what is under way is given up only when one is chosen."""
        self.program.show_tenants()

    def leave_sign_in(self, row: str | None) -> None:
        """Out of the program at the start; else back."""
        if self._starting:
            self.program.leave((self._error or self._why or SignInError("")).exit_code)
        else:
            self.go_back(row)

    def go_back(self, row: str | None) -> None:
        waited = self._asking or self._retry is not None
        self._stop()
        if not self._starting:
            self.close()
            self.program.say("The sign-in was given up; what was there stays." if waited else "")
        elif self.program.beginning.switched:
            self._error = self._prompt = None
            self.show()
            self.open_profiles(row)
        elif waited:
            self._error = self._prompt = None
            self.show()
        else:
            self.say("Nobody is signed in, so there is nothing behind this. q leaves the program.")


class SignInContext(Context, frozen=True):
    """What the commands of the sign-in screen look at."""

    prompt: Prompt | None = None  # what the person is asked to do; None while nothing is asked
    failed: bool = False  # the sign-in failed, and the screen says why
    asking: bool = False  # something is under way
    interactive: bool = False  # a person can be asked at all
    starting: bool = False  # nobody has been signed in yet, so there is nothing behind this screen
    copied: str = ""  # what `Y` would copy, in words; empty for nothing


_NO_CODE = "This way of signing in needs no code; enter tries again."


def _why_no_try_again(context: SignInContext) -> str | None:
    if not context.asking:
        return None
    return "This continues automatically once you have finished there." if context.prompt else "It is under way."


def _text_of_copy_code(context: SignInContext) -> str:
    if context.prompt is None:
        return "copy this" if context.failed else ""
    return "copy code" if isinstance(context.prompt, DeviceCode) else "copy ssh line"


def _text_of_new_code(context: SignInContext) -> str:
    if not context.interactive:
        return ""
    return "new code" if context.prompt is None or isinstance(context.prompt, DeviceCode) else "new address"


def _text_of_cancel_sign_in(context: SignInContext) -> str:
    return "cancel" if context.asking else "" if context.starting else "back"


# fmt: off
COMMANDS: Commands[SignInScreen, SignInContext] = (
    Command("try_again", ("enter",), help="Tries again, after something went wrong or was given up.",
            run=SignInScreen.try_again, weight=1, blocked=_why_no_try_again,
            footer_text=lambda context: "" if context.asking else "try again"),
    Command("copy_code", ("y",),
            help="Copies the code through the terminal; after a failure, all that is known about it.",
            run=SignInScreen.copy_code, weight=1, footer_text=_text_of_copy_code),
    Command("copy_page", ("Y",), help="Copies the address of the page, or of the admin consent page.",
            run=SignInScreen.copy_page, weight=1,
            blocked=lambda context: None if context.copied else "No address to copy.",
            footer_text=lambda context: f"copy {context.copied}" if context.copied else ""),
    Command("new_code", ("n",),
            help="Requests a new code (or address); the previous one no longer works.",
            run=SignInScreen.new_code, weight=1,
            blocked=lambda context: None if context.interactive else _NO_CODE,
            footer_text=_text_of_new_code),
    Command("profiles", ("p",), "profiles", "All tenants: what runs in each profile; to sign in with another one.",
            run=SignInScreen.open_profiles, weight=1),
    Command("leave_sign_in", ("q",),
            help="Quits while nobody is signed in (exit code 3); else goes back.",
            run=SignInScreen.leave_sign_in, group="Program", weight=1,
            footer_text=lambda context: "quit" if context.starting else ""),
    Command("scroll_down", ("down", "j", "pagedown"), help="Scrolls down.", run=SignInScreen.scroll_text_down,
            group="Move"),
    Command("scroll_up", ("up", "k", "pageup"), help="Scrolls up.", run=SignInScreen.scroll_text_up, group="Move"),
    replace(BACK, keys=("escape",), side="right", weight=0,
            help="Cancels this sign-in at once; nothing of it is kept.").when(footer_text=_text_of_cancel_sign_in),
)
# fmt: on
SignInScreen.offers(COMMANDS)
