"""`backup-tui config show`: every setting with its value and where it came from."""

import argparse
from collections.abc import Callable
from pathlib import Path

from backup_tui.config import Settings
from backup_tui.config.origins import Resolved
from backup_tui.headless.output import Output

NOT_SHOWN = frozenset({"api_version"})
"""Derived together with another setting, which shows the same."""


async def show_config(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Shows every setting, where it came from, and the profiles; secrets only as set or not set."""
    settings = load()
    settled = {name: one for name, one in sorted(settings.settled.items()) if name not in NOT_SHOWN}
    if settings.sign_in is None and not settings.demo:
        out.narrate(settings.no_sign_in.message, settings.no_sign_in.hint)
    if out.as_json:
        out.data(
            {
                "file": {"path": str(settings.config_path), "exists": settings.config_exists},
                "profile": settings.profile or None,
                "profiles": list(settings.profiles),
                "settings": {
                    name: {"value": one.value, "secret": one.secret, "from": one.origin.kind, "place": one.origin.place}
                    for name, one in settled.items()
                },
            }
        )
        return 0
    there = "" if settings.config_exists else " (does not exist)"
    out.fields(
        [
            ("File", f"{settings.config_path}{there}"),
            ("Profile", settings.profile or "none"),
            ("Profiles", ", ".join(settings.profiles) or "none"),
        ]
    )
    out.line("")
    out.table(
        ("SETTING", "VALUE", "FROM"),
        [(name, _words(one), _from(one, settings.config_path)) for name, one in settled.items()],
    )
    return 0


def _from(one: Resolved, file: Path | None) -> str:
    """Where it came from; of the file, whose path is shown above, only its name and the line."""
    place = one.origin.words
    return place.replace(str(file), file.name, 1) if file is not None and one.origin.kind == "file" else place


def _words(one: Resolved) -> str:
    if one.secret:
        return "set" if one.value else "not set"
    if isinstance(one.value, bool):
        return "true" if one.value else "false"
    return f"{one.value:g}" if isinstance(one.value, float) else str(one.value)
