"""Runs one command in a workspace: opens it, calls the command, turns errors and signals into an exit code."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from backup_tui.errors import BackupTuiError
from backup_tui.headless.output import Output

if TYPE_CHECKING:
    import argparse

    from backup_tui.config import Settings
    from backup_tui.workspace import Workspace

Command = Callable[["Workspace", "argparse.Namespace", Output], Awaitable[int]]
"""What a command is: it prints its data and returns its exit code, or raises a typed error."""

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def run_command(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the command that the arguments name.

    Args:
        args: What was parsed; `run` is `module:function`.
        settings: Settled settings.

    Returns:
        The command's exit code, the error's, or 128 and the number of the signal that ended it.
    """
    as_json = hasattr(args, "json")
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no `é` shows `\xe9`; a name must never end a command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    out = Output(sys.stdout, sys.stderr, as_json=as_json)
    return asyncio.run(_guarded(args, settings, out))


async def _guarded(args: argparse.Namespace, settings: Settings, out: Output) -> int:
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(_in_workspace(args, settings, out))
    ended_by: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        # The first signal lets the journal close; a second one of the same kind ends the process as usual.
        ended_by.append(number)
        loop.remove_signal_handler(number)
        work.cancel()

    for number in _ENDING:
        loop.add_signal_handler(number, end, number)
    try:
        code = await work
        out.finish()
        return code
    except asyncio.CancelledError:
        if not ended_by:
            raise
        out.narrate("Stopped. Restores that run go on; what was sent stands in: backup-tui journal list")
        out.finish()
        return 128 + ended_by[0]
    except BackupTuiError as error:
        out.finish(error)
        return error.exit_code
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)


async def _in_workspace(args: argparse.Namespace, settings: Settings, out: Output) -> int:
    from backup_tui.workspace import open_workspace

    module, _, name = args.run.partition(":")
    command = cast("Command", getattr(import_module(module), name))
    async with open_workspace(settings) as workspace:
        return await command(workspace, args, out)
