"""Asks the person at the terminal to sign in. Prompts go to stderr, so that stdout stays what the command prints."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from backup_tui.errors import SignInError
from backup_tui.headless.output import Output
from backup_tui.headless.patience import Waiting, told_when_slow
from backup_tui.headless.reading import read_some
from backup_tui.headless.streams import put
from backup_tui.models.prompts import BrowserPage, DeviceCode, Prompt
from backup_tui.models.text import safe
from backup_tui.workspace.demo import REHEARSAL

if TYPE_CHECKING:
    from backup_tui.workspace import Workspace

EXPIRED = "CodeExpired"  # code of a `SignInError` after which a new code helps; `signin` lists them all


def prompt_lines(prompt: Prompt, zone: ZoneInfo) -> list[str]:
    """What a person has to do, line by line; an address is never cut. `prompt`: what the sign-in asks."""
    match prompt:
        case DeviceCode():
            end = prompt.expires.astimezone(zone)
            return [
                "Sign in with any browser, on any machine:",
                f"  open   {safe(prompt.url, len(prompt.url))}",
                f"  enter  {safe(prompt.code)}",
                f"The code is valid until {end:%H:%M:%S} ({zone.key}). Waiting; press Ctrl+C to cancel.",
            ]
        case BrowserPage():
            return [
                "Sign in with a browser on this machine:",
                f"  open   {safe(prompt.url, len(prompt.url))}",
                f"The browser returns to port {prompt.port} of this machine. From another machine, connect with",
                f"  ssh -L {prompt.port}:localhost:{prompt.port} ...   and open the address there.",
                "Waiting; press Ctrl+C to cancel.",
            ]


def prompter(stream: TextIO, zone: ZoneInfo) -> Callable[[Prompt], None]:
    """Writes prompts to a stream at once."""

    def show(prompt: Prompt) -> None:
        put(stream, "\n".join(prompt_lines(prompt, zone)) + "\n")

    return show


async def ask(workspace: "Workspace", *, stderr: TextIO | None = None, stdin: TextIO | None = None) -> None:
    """Lets a person sign in; offers a new code when one has expired. `stderr`: where prompts go; the process's own when
    not given. `stdin`: where an answer comes from; the process's own when not given. Raises `SignInError`: nobody
    signed in."""
    told, answers = stderr or sys.stderr, stdin or sys.stdin
    show = prompter(told, workspace.zone)
    if workspace.settings.demo_sign_in:
        put(told, "\n".join(REHEARSAL) + "\n")
    while True:
        try:
            await workspace.identity.ask(show)
        except SignInError as error:
            if error.code != EXPIRED or not answers.isatty():
                raise
            put(told, f"{error.message} Press Enter for a new code, or Ctrl+C to cancel.\n")
            if not await read_some(answers):
                raise
        else:
            return


async def sign_in_first(workspace: "Workspace", out: Output) -> None:
    """Makes sure that somebody is signed in before a command begins; asks the person, if one is there. `out`: told when
    it takes long. Raises `SignInError`: nobody is signed in, and nobody can be asked."""
    identity = workspace.identity
    if identity.known:
        return
    try:
        began = Waiting("Signing in", datetime.now(UTC))
        async with told_when_slow(out, lambda: began):
            await identity.find()
    except SignInError as error:
        if not error.needs_person or not identity.sign_in.interactive:
            raise
        if not sys.stderr.isatty():
            raise nobody_to_ask(workspace, error) from None
        await ask(workspace)


def nobody_to_ask(workspace: "Workspace", error: SignInError) -> SignInError:
    """The error if a person is needed and there is no terminal."""
    sign_in = workspace.settings.need_sign_in()
    keep = "" if sign_in.cache != "memory" else 'keep the sign-in (token_cache = "file" or "os"), then '
    return SignInError(
        f"{error.message} There is no terminal to sign in on.",
        certainty=error.certainty,
        hint=f"On a terminal: {keep}backup-tui login. Or sign in as an application (--sign-in certificate).",
        code=error.code,
    )
