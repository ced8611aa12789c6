"""`backup-tui config show`: every setting with its value and where it came from."""

import argparse
from collections.abc import Callable

from backup_tui.config import Settings
from backup_tui.config.settings import NOT_SHOWN
from backup_tui.headless.output import Output


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
        [(name, one.words, one.place_words(settings.config_path)) for name, one in settled.items()],
    )
    return 0
