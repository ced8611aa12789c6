"""What can be done on the sign-in screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backup_tui.models.prompts import DeviceCode, Prompt
from backup_tui.ui.frame.commands import Command, Context
from backup_tui.ui.frame.shared_commands import Back


@dataclass(frozen=True, slots=True)
class SignInContext(Context):
    """What the commands of the sign-in screen look at.

    Attributes:
        prompt: What the person is asked to do; None while nothing is asked.
        failed: It did not come to a sign-in, and the screen says why.
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


class TryAgain(Command[SignInContext]):
    """Begins again after a failure."""

    id = "try_again"
    keys = ("enter",)
    help = "Tries again, after something went wrong or was given up."
    weight = 1

    def footer_text(self, context: SignInContext) -> str:
        """Only when nothing is under way."""
        return "" if context.asking else "try again"

    def blocked(self, context: SignInContext) -> str | None:
        """Not while something is under way."""
        if not context.asking:
            return None
        return "This goes on by itself once you have finished there." if context.prompt else "It is under way."


class NewCode(Command[SignInContext]):
    """Gets another code, or another address."""

    id = "new_code"
    keys = ("n",)
    help = "Asks for a new code (or a new address); the one before is of no use any more."
    weight = 1

    def footer_text(self, context: SignInContext) -> str:
        """A code, or an address."""
        if not context.interactive:
            return ""
        return "new code" if context.prompt is None or isinstance(context.prompt, DeviceCode) else "new address"

    def blocked(self, context: SignInContext) -> str | None:
        """Only where a person signs in."""
        return None if context.interactive else "This way of signing in needs no code; enter tries again."


class CopyCode(Command[SignInContext]):
    """Copies the code, or what went wrong."""

    id = "copy_code"
    keys = ("y",)
    help = "Copies the code through the terminal; after a failure all that is said about it."
    weight = 1

    def footer_text(self, context: SignInContext) -> str:
        """What would be copied."""
        if context.prompt is None:
            return "copy this" if context.failed else ""
        return "copy code" if isinstance(context.prompt, DeviceCode) else "copy ssh line"


class CopyPage(Command[SignInContext]):
    """Copies the address."""

    id = "copy_page"
    keys = ("Y",)
    help = "Copies the address of the page, or the one where an administrator agrees."
    weight = 1

    def footer_text(self, context: SignInContext) -> str:
        """What would be copied."""
        return f"copy {context.copied}" if context.copied else ""

    def blocked(self, context: SignInContext) -> str | None:
        """There has to be an address."""
        return None if context.copied else "There is no address to copy."


class OtherProfile(Command[SignInContext]):
    """Opens the list of profiles."""

    id = "profiles"
    keys = ("p",)
    label = "profiles"
    help = "The profiles of config.toml, to sign in with another one."
    weight = 1


class ScrollDown(Command[SignInContext]):
    """Further down, where the text is longer than the screen."""

    id, keys, help, group = "scroll_down", ("down", "j", "pagedown"), "Further down.", "Move"


class ScrollUp(Command[SignInContext]):
    """Back up."""

    id, keys, help, group = "scroll_up", ("up", "k", "pageup"), "Further up.", "Move"


class LeaveSignIn(Command[SignInContext]):
    """Ends the program where nobody has been signed in."""

    id = "leave_sign_in"
    keys = ("q",)
    help = "Leaves the program while nobody is signed in (exit code 3); else goes back."
    group = "Program"
    weight = 1

    def footer_text(self, context: SignInContext) -> str:
        """Only at the start there is nothing else behind."""
        return "leave" if context.starting else ""


class CancelSignIn(Back):
    """Gives the sign-in up at once."""

    keys = ("escape",)
    side = "right"
    weight = 0
    help = "Gives this sign-in up at once; nothing of it is kept."

    def footer_text(self, context: Context) -> str:
        """What it does here."""
        if not isinstance(context, SignInContext):
            return "cancel"
        return "cancel" if context.asking else "" if context.starting else "back"


SIGN_IN_COMMANDS: tuple[Command[Any], ...] = (
    TryAgain(),
    CopyCode(),
    CopyPage(),
    NewCode(),
    OtherProfile(),
    LeaveSignIn(),
    ScrollDown(),
    ScrollUp(),
    CancelSignIn(),
)
