"""`backup-tui config path`, `init` and `edit`: where the configuration file is, a first one, and changing it."""

import argparse
import asyncio
import contextlib
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from backup_tui.config import Settings
from backup_tui.config.file import read_config
from backup_tui.config.resolve_sign_in import checked_tenant
from backup_tui.errors import LocalError, UsageError
from backup_tui.headless.output import Output
from backup_tui.models.text import safe
from backup_tui.paths import config_file, ensure_private_dir
from backup_tui.private_files import replace_private

_HEAD = """\
# Settings of backup-tui. Every key: backup-tui config show; check this file: backup-tui doctor

default_profile = {quoted}
# tz = "Europe/Berlin"          # time zone for times you type and see
# bell = true                   # ring the terminal's bell when a restore ends or first fails
"""

_PROFILE = """
[profile.{key}]
{tenant}
{client_id}
sign_in = "{sign_in}"
# word = "PRODUCTION"           # shown in the first line, at most 16 characters
# colour = "red"                # color of the first line
# read_only = true              # refuse every change
"""

_FIRST = "Write one: backup-tui config init --tenant contoso.com --client-id ID"


async def show_path(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Prints where the configuration file is, or would be."""
    path = config_file()
    if out.as_json:
        out.data({"path": str(path), "exists": path.exists()})
    else:
        out.line(str(path))
        if not path.exists():
            out.narrate(f"It does not exist yet. {_FIRST}")
    return 0


async def init_file(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Writes a configuration file with one profile, or adds the profile to the one that exists; prints its path."""
    path = config_file()
    profile = getattr(args, "profile", None) or "production"
    found = read_config(path)
    if profile in found.profiles:
        raise UsageError(
            f"{path} has a profile {profile} already.",
            field="--profile",
            value=profile,
            certainty="Nothing was written.",
            hint="Name another one (--profile), or change it: backup-tui config edit",
        )
    given = {name: getattr(args, name, None) for name in ("tenant", "client_id")}
    if given["tenant"]:
        checked_tenant(given["tenant"], "--tenant")
    quoted = _quoted(profile, "--profile")
    text = _PROFILE.format(
        key=profile if re.fullmatch(r"[\w-]+", profile, re.ASCII) else quoted,
        tenant=_line("tenant", given["tenant"], "contoso.com"),
        client_id=_line("client_id", given["client_id"], "00000000-0000-0000-0000-000000000000"),
        sign_in=getattr(args, "sign_in", None) or "device-code",
    )
    before = path.read_text("utf-8") if path.exists() else _HEAD.format(quoted=quoted)
    _write(path, f"{before.rstrip()}\n{text}")
    out.line(str(path))
    if missing := [name for name, value in given.items() if not value]:
        out.narrate(f"Set {' and '.join(missing)} in it: backup-tui config edit")
    out.narrate(f"Then sign in: backup-tui login --profile {shlex.quote(profile)}")
    return 0


def _write(path: Path, text: str) -> None:
    """Puts a file in place that was read once before, so that one which cannot be read never replaces another. What a
    link leads to is replaced, not the link."""
    try:
        ensure_private_dir(path.parent)
    except LocalError as error:
        error.hint = "Make it a folder that you can write to, or set another one in XDG_CONFIG_HOME."
        raise
    path = path.resolve()
    fresh = path.with_name(f"{path.name}.new")
    try:
        replace_private(fresh, text.encode())
        read_config(fresh)
        fresh.replace(path)
    except OSError as error:
        raise LocalError(
            f"{path} cannot be written ({error.strerror}).", certainty="It is as it was.", hint="Check its folder."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()


def _line(key: str, value: str | None, example: str) -> str:
    if value is None:
        return f'# {key} = "{example}"'
    return f"{key} = {_quoted(value, '--' + key.replace('_', '-'))}"


def _quoted(value: str, option: str) -> str:
    """A value as TOML has it, which JSON writes the same where nothing in it is invisible."""
    if not value.isprintable():
        raise UsageError.unsent(f"{option}: {safe(value, 40)!r} has characters that cannot be shown.", option, value)
    return json.dumps(value, ensure_ascii=False)


async def edit_file(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Opens the configuration file in an editor, and checks it afterwards."""
    path = config_file()
    if not path.exists():
        raise UsageError(
            f"There is no configuration file at {path}.",
            certainty="Nothing was opened.",
            hint=_FIRST,
        )
    words = _editor()
    process = await asyncio.create_subprocess_exec(*words, str(path))
    code = await process.wait()
    if code:
        raise LocalError(
            f"The editor {words[0]} ended with exit code {code}.",
            certainty="The file is as the editor left it.",
            hint="Name another one in VISUAL or EDITOR.",
        )
    settings = load()  # says the line and the key that cannot be used
    out.narrate(f"{path}: {len(settings.profiles)} profiles; everything in it can be used.")
    return 0


def _editor() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    usual = next((name for name in ("nano", "vim", "vi", "notepad") if shutil.which(name)), "")
    words = shlex.split(named or usual, posix=os.name != "nt")
    if not words or shutil.which(words[0]) is None:
        raise UsageError(
            f"The editor {words[0]} was not found." if words else "No editor was found.",
            field="VISUAL" if os.environ.get("VISUAL") else "EDITOR",
            value=words[0] if words else "",
            certainty="Nothing was opened.",
            hint="Name one in VISUAL or EDITOR, or open the file yourself: backup-tui config path",
        )
    if not named and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            f"The editor {words[0]} needs a terminal, and this isn't one.",
            certainty="Nothing was opened.",
            hint="Open the file yourself: backup-tui config path",
        )
    return words
