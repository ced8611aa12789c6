"""Runs one command in a workspace: opens it, calls the command, turns errors and signals into an exit code."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from backup_tui.errors import BackupTuiError
from backup_tui.headless.formats import header_of, style_of
from backup_tui.headless.output import Output
from backup_tui.headless.patience import TimeUp, Waiting, told_when_slow
from backup_tui.models.calls import CallRecord
from backup_tui.operating_system import ENDING, Signals
from backup_tui.store.changes import Topic

if TYPE_CHECKING:
    import argparse

    from backup_tui.config import Settings
    from backup_tui.store.changes import Change
    from backup_tui.workspace import Workspace

Command = Callable[["Workspace", "argparse.Namespace", Output], Awaitable[int]]
"""What a command is: it prints its data and returns its exit code, or raises a typed error."""

PlainCommand = Callable[[Callable[[], "Settings"], "argparse.Namespace", Output], Awaitable[int]]
"""A command without a workspace: it is passed what loads the settings, which may fail."""

_STOPPED = "Stopped. Running restores continue. What was sent: backup-tui journal list"


def run_command(args: argparse.Namespace, load: Callable[[], Settings]) -> int:
    """Runs the command that the arguments name. Returns the command's exit code, the error's, or 128 and the number of
    the signal that ended it. `args`: what was parsed; `run` is `module:function`, `plain` means that it needs no
    workspace."""
    style = style_of(args)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show `é` shows `\xe9`; a name must never end a command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    out = Output(sys.stdout, sys.stderr, style, header_of(args))
    offline = getattr(args, "offline", False)
    module, _, name = (args.run_offline if offline else args.run).partition(":")
    command = getattr(import_module(module), name)
    if args.plain or offline:
        return asyncio.run(_guarded(cast("PlainCommand", command)(load, args, out), args, out, "Stopped."))
    from backup_tui.workspace import served_demo

    with served_demo(load()) as settings:
        if hasattr(args, "all_profiles"):
            from backup_tui.headless.profiles import in_all_profiles, refuse_one_tenant

            refuse_one_tenant(args, settings)

            async def run_one(workspace: Workspace, kept: Output) -> int:
                return await _opened(command, type(args)(**vars(args)), workspace, kept)

            return asyncio.run(_guarded(in_all_profiles(settings, out, run_one), args, out, _STOPPED))
        return asyncio.run(_guarded(_in_workspace(cast("Command", command), args, settings, out), args, out, _STOPPED))


async def _guarded(running: Awaitable[int], args: argparse.Namespace, out: Output, stopped: str) -> int:
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(running)
    ended_by: list[int] = []

    def end(number: int) -> None:
        if number == signal.SIGINT and getattr(args, "on_interrupt", bool)():
            return  # what ran inside a conversation has ended; the conversation continues
        # The first signal lets the journal close; a second one of the same kind ends the process as usual.
        ended_by.append(number)
        signals.leave(number)
        work.cancel()

    limit: float | None = getattr(args, "timeout", None)
    time_up = asyncio.Event()

    def end_in_time() -> None:
        time_up.set()
        work.cancel()

    signals = Signals(loop, ENDING, end)
    timer = loop.call_later(limit, end_in_time) if limit is not None else None
    try:
        code = await work
        out.finish()
        return code
    except asyncio.CancelledError:
        if limit is not None and time_up.is_set() and not ended_by:
            late = TimeUp(limit, out.sent())
            out.finish(late)
            return late.exit_code
        if not ended_by:
            raise
        out.narrate(stopped)
        out.finish()
        return 128 + ended_by[0]
    except BackupTuiError as error:
        out.finish(error)
        return error.exit_code
    finally:
        if timer is not None:
            timer.cancel()
        signals.close()


async def _in_workspace(command: Command, args: argparse.Namespace, settings: Settings, out: Output) -> int:
    from backup_tui.headless.asking import sign_in_first
    from backup_tui.workspace import Workspace

    workspace = Workspace(settings)
    try:
        await sign_in_first(workspace, out)
        return await _opened(command, args, workspace, out)
    finally:
        await workspace.identity.aclose()


async def _opened(command: Command, args: argparse.Namespace, workspace: Workspace, out: Output) -> int:
    async with workspace.opened():
        out.narrate(*workspace.identity.sign_in.notices)
        out.narrate(*workspace.notices)
        unknown = await workspace.open_entries()
        if unknown:
            have = "change has" if unknown == 1 else "changes have"
            out.narrate(f"{unknown:,} earlier {have} an unknown outcome. See: backup-tui journal list")
        if workspace.read_only and not workspace.settings.read_only:
            out.narrate(workspace.read_only)
        workspace.tell_settled(out.narrate)
        out.sent = lambda: workspace.sent
        unsubscribe = workspace.store.subscribe(_Waits(workspace, out))
        forget = workspace.store.subscribe(_Requests(workspace, out)) if out.style.verbose else unsubscribe
        try:
            async with told_when_slow(out, lambda: _waiting(workspace), workspace.clock.now):
                if hasattr(args, "takes_ids"):
                    from backup_tui.headless.ids import expand_ids

                    await expand_ids(workspace, args)
                code = await command(workspace, args, out)
        except BackupTuiError:
            await workspace.settle_seen()
            raise
        finally:
            unsubscribe()
            forget()
        await workspace.settle_seen()
        return code


def _waiting(workspace: Workspace) -> Waiting | None:
    since, what = workspace.waiting or (None, "")
    return Waiting(f"Reading ({what})", since) if since is not None else None


class _Waits:
    """Reports why a command waits: the service asked it to, or another instance is making changes."""

    def __init__(self, workspace: Workspace, out: Output) -> None:
        self._workspace = workspace
        self._out = out
        self._told: set[str] = set()

    def __call__(self, change: Change) -> None:
        state = self._workspace.store.connection
        if state.lock_wait:
            self._tell(state.lock_wait)
        if state.throttled_until is not None:
            end = f"{state.throttled_until:%H:%M:%S} UTC"
            self._tell(f"The service asked us to wait until {end}. Running restores are not slowed.")

    def _tell(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._out.narrate(words)


class _Requests:
    """Reports each try of a request, for `--verbose`."""

    def __init__(self, workspace: Workspace, out: Output) -> None:
        self._calls = workspace.store.calls
        self._out = out

    def __call__(self, change: Change) -> None:
        for one in change.ids if Topic.CALLS in change.topics else ():
            call = self._calls[one]
            if isinstance(call, CallRecord):
                parts = (call.status or call.outcome.value, call.code, f"{call.milliseconds or 0} ms")
                shown = " ".join(str(part) for part in parts if part)
                self._out.request(f"{call.method} {call.path} {shown}, request {call.request_id or call.id}")
