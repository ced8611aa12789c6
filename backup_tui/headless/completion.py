"""`backup-tui completion`: a script with which a shell completes the words of the command line."""

import argparse
from collections.abc import Callable, Iterator

from backup_tui.config import Settings
from backup_tui.headless.arguments import build_parser
from backup_tui.headless.output import Output
from backup_tui.headless.parser import Parser


async def print_completion(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Prints the script for one shell; reads neither settings nor the service."""
    import shtab

    root = build_parser()
    for parser in _all(root):
        for action in parser._actions:
            if action.metavar in ("FILE", "PLAN.toml", "LIST"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.metavar == "FOLDER":
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    out.text(shtab.complete(root, args.shell))
    return 0


def _all(parser: Parser) -> Iterator[Parser]:
    yield parser
    for child in parser.commands.values():
        yield from _all(child)
