"""Commands of the sign-in screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.models.prompts import DeviceCode, Prompt
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.shared_commands import BACK

if TYPE_CHECKING:
    from backup_tui.ui.sign_in.screen import SignInScreen


class SignInContext(Context, frozen=True):
    """What the commands of the sign-in screen look at.

    Attributes:
        prompt: What the person is asked to do; None while nothing is asked.
        failed: The sign-in failed, and the screen says why.
        asking: Something is under way.
        interactive: A person can be asked at all.
        starting: Nobody has been signed in yet, so there is nothing behind this screen.
        copied: What `Y` would copy, in words; empty for nothing.
    """

    prompt: Prompt | None = None
    failed: bool = False
    asking: bool = False
    interactive: bool = False
    starting: bool = False
    copied: str = ""


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


def sign_in_commands(screen: type[SignInScreen]) -> Commands[SignInScreen, SignInContext]:
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        Command("try_again", ("enter",), help="Tries again, after something went wrong or was given up.",
                run=screen.try_again, weight=1, blocked=_why_no_try_again,
                footer_text=lambda context: "" if context.asking else "try again"),
        Command("copy_code", ("y",),
                help="Copies the code through the terminal; after a failure, all that is known about it.",
                run=screen.copy_code, weight=1, footer_text=_text_of_copy_code),
        Command("copy_page", ("Y",), help="Copies the address of the page, or of the admin consent page.",
                run=screen.copy_page, weight=1,
                blocked=lambda context: None if context.copied else "No address to copy.",
                footer_text=lambda context: f"copy {context.copied}" if context.copied else ""),
        Command("new_code", ("n",),
                help="Requests a new code (or address); the previous one no longer works.",
                run=screen.new_code, weight=1,
                blocked=lambda context: None if context.interactive else _NO_CODE,
                footer_text=_text_of_new_code),
        Command("profiles", ("p",), "profiles", "Shows the profiles of config.toml, to sign in with another one.",
                run=screen.open_profiles, weight=1),
        Command("leave_sign_in", ("q",),
                help="Quits while nobody is signed in (exit code 3); else goes back.",
                run=screen.leave_sign_in, group="Program", weight=1,
                footer_text=lambda context: "quit" if context.starting else ""),
        Command("scroll_down", ("down", "j", "pagedown"), help="Scrolls down.", run=screen.scroll_text_down,
                group="Move"),
        Command("scroll_up", ("up", "k", "pageup"), help="Scrolls up.", run=screen.scroll_text_up, group="Move"),
        replace(BACK, keys=("escape",), side="right", weight=0,
                help="Cancels this sign-in at once; nothing of it is kept.").when(footer_text=_text_of_cancel_sign_in),
    )
    # fmt: on
