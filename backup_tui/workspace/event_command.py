"""Runs a person's own command when something happens: no shell, one JSON object on its standard input, a time limit.

It gets no secret of this program: every variable that is ours or the sign-in's is taken out of its environment, but for
the two that name the state folder and the profile.
"""

import asyncio
import json
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress

from backup_tui.models.text import safe
from backup_tui.operating_system import kill_with_children

WITHIN = 20.0  # seconds after which the command and its children are killed

KEPT_OUTPUT = 1_000  # bytes of its output that go into the log; the rest is read and dropped

_OURS = ("BACKUP_TUI_", "AZURE_", "IDENTITY_", "MSI_")
_HARMLESS = frozenset({"BACKUP_TUI_STATE_DIR", "BACKUP_TUI_PROFILE"})

_log = logging.getLogger(__name__)


def environment_for_command(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the command: this program's own, without what belongs to a sign-in."""
    return {name: value for name, value in environ.items() if name in _HARMLESS or not name.startswith(_OURS)}


async def run_event_command(command: Sequence[str], event: Mapping[str, object]) -> str:
    """Runs the command with an event and waits for its end.

    Args:
        command: The program and its arguments.
        event: Becomes one line of JSON on its standard input.

    Returns:
        What went wrong, as a clause; empty when it ended with exit code 0. Its output is in the log.
    """
    payload = json.dumps(event, ensure_ascii=False).encode() + b"\n"
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment_for_command(os.environ),
            start_new_session=True,  # ctrl+c is meant for this program, and the children can be killed together
        )
    except (OSError, ValueError) as error:
        return f"it could not be started ({getattr(error, 'strerror', None) or error})"
    try:
        async with asyncio.timeout(WITHIN):
            output = await _talk(process, payload)
            code = await process.wait()
    except TimeoutError:
        return f"it took more than {WITHIN:g} s and was stopped"
    finally:
        if process.returncode is None:
            await _kill(process)
    _log.info("on_event ended with %d%s", code, f": {output}" if output else "")
    return f"exit code {code}{f': {output}' if output else ''}" if code else ""


async def _talk(process: asyncio.subprocess.Process, payload: bytes) -> str:
    """Hands over the event, and returns the beginning of what the command prints, made safe."""
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not read it
        stdin.write(payload)
        await stdin.drain()
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.close()
    kept = b""
    while part := await stdout.read(4_096):
        kept = (kept + part)[:KEPT_OUTPUT]
    return safe(" ".join(kept.decode("utf-8", "replace").split()))


async def _kill(process: asyncio.subprocess.Process) -> None:
    kill_with_children(process)
    await process.wait()
