"""`--all-profiles`: one list over the tenants of all profiles, read side by side, each with its own sign-in.

Nothing can be changed that way: it takes only commands that print a list. A profile that cannot be read is told on
stderr, and the exit code is the worst of all, so that a part never passes for the whole.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from backup_tui.config.variables import CLIENT_ID_VARIABLE, TENANT_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE
from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.headless.formats import Cell, Style
from backup_tui.headless.output import Output
from backup_tui.headless.remedies import for_commands
from backup_tui.headless.watching import worst

if TYPE_CHECKING:
    from backup_tui.config import Settings
    from backup_tui.workspace import Workspace

RunOne = Callable[["Workspace", Output], Awaitable[int]]  # runs the command in the workspace of one profile

_OPTIONS_OF_ONE_TENANT = ("profile", "tenant", "client_id", "graph_url", "record", "replay")
_OF_ONE_TENANT = (TOKEN_VARIABLE, TENANT_VARIABLE, CLIENT_ID_VARIABLE, URL_VARIABLE)


class _Kept(Output):
    """What a command prints about one profile, kept until all have answered."""

    def __init__(self, profile: str, out: Output, stdout: TextIO, stderr: TextIO, style: Style) -> None:
        super().__init__(stdout, stderr, style)
        self._profile, self._whole = profile, out
        self.rows: list[tuple[Cell, ...]] = []
        self.objects: list[object] = []
        self.if_any: Sequence[str] = ()

    def listing(
        self,
        rows: Sequence[Sequence[Cell]],
        objects: Callable[[], Sequence[object]],
        *,
        if_any: Sequence[str] = (),
    ) -> None:
        self.rows = [(self._profile, *row) for row in rows]
        if self.as_json:
            self.objects = [{"profile": self._profile, **one} if isinstance(one, Mapping) else one for one in objects()]
        self.if_any = if_any

    def narrate(self, *lines: str) -> None:
        self._whole.narrate(*(f"{self._profile}: {line}" for line in lines if line.strip()))


def refuse_one_tenant(args: argparse.Namespace, settings: Settings) -> None:
    """Refuses what does not go together with all profiles. Raises `UsageError`: there are no profiles, or something
    names one tenant."""
    if settings.demo or not settings.profiles:
        raise UsageError.unsent(
            "There are no profiles.", "--all-profiles", hint="Add one: backup-tui config init --profile NAME"
        )
    named = [name for name in _OF_ONE_TENANT if os.environ.get(name)]
    given = [f"--{name.replace('_', '-')}" for name in _OPTIONS_OF_ONE_TENANT if getattr(args, name, None)]
    if one := [*given, *named]:
        raise UsageError.unsent(
            f"{one[0]} means one tenant; --all-profiles takes each profile's own.",
            one[0],
            hint="Leave one of them out.",
        )


async def in_all_profiles(settings: Settings, out: Output, run: RunOne) -> int:
    """Runs a command in every profile at the same time, and prints one list. Returns the worst exit code."""
    kept = [_Kept(name, out, sys.stdout, sys.stderr, out.style) for name in settings.profiles]
    codes = await asyncio.gather(
        *(_in_one(run, settings, name, each) for name, each in zip(settings.profiles, kept, strict=True))
    )
    rows = [row for each in kept for row in each.rows]
    objects = [one for each in kept for one in each.objects]
    out.listing(rows, lambda: objects, if_any=next((each.if_any for each in kept if each.if_any), ()))
    return worst([code for code in codes if code])


async def _in_one(run: RunOne, settings: Settings, profile: str, out: Output) -> int:
    from backup_tui.config.loading import settings_of_profile
    from backup_tui.workspace import Workspace

    try:
        workspace = Workspace(settings_of_profile(settings, profile))
        try:
            await workspace.identity.find()
            return await run(workspace, out)
        finally:
            await workspace.identity.aclose()
    except BackupTuiError as error:
        hint = for_commands(error.hint).replace(
            "backup-tui login", f"backup-tui login --profile {shlex.quote(profile)}"
        )
        out.narrate(f"! {error.message} {hint}".rstrip())
        return error.exit_code
