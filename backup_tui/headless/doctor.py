"""`backup-tui doctor`: checks everything that the program needs, and tells what is wrong and what to do."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import aclosing
from textwrap import wrap

from backup_tui.config import Settings
from backup_tui.config.zones import named_zone
from backup_tui.headless.asking import prompter
from backup_tui.headless.output import Output, error_object
from backup_tui.headless.remedies import for_commands
from backup_tui.models.own_words import small_print
from backup_tui.models.text import cell_width
from backup_tui.workspace.checkup import CheckupFinding, Result, examine
from backup_tui.workspace.checkup.findings import exit_code_of

_MARK = max(cell_width(result.value) for result in Result) + 2  # cells of the column of results


async def doctor(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Runs all checks; a failed one does not stop the others."""
    findings: list[CheckupFinding] = []
    width = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
    show = prompter(sys.stderr, named_zone("UTC")) if sys.stderr.isatty() else None
    async with aclosing(examine(load, show)) as found:
        async for finding in found:
            findings.append(finding)
            if not out.as_json:
                for line in lines_of(finding, width):
                    out.line(line)
    code = exit_code_of(findings)
    if out.as_json:
        out.data({"usable": code == 0, "checks": [_object(finding) for finding in findings]})
    else:
        out.line("")
        out.line(summary_of(findings))
    return code


def lines_of(finding: CheckupFinding, width: int) -> list[str]:
    """One finding as text: its result, what was checked, what was found, and below it what to do. `finding`: the
    outcome of a check. `width`: cells of the terminal; 0 where lines may be of any length."""
    room = max(width - _MARK, 20) if width else 1_000_000
    lines = wrap(f"{finding.title}: {finding.words}", room, break_long_words=False, break_on_hyphens=False)
    if finding.hint and finding.result is not Result.OK:
        lines += wrap(f"> {for_commands(finding.hint)}", room, break_long_words=False, break_on_hyphens=False)
    for line in small_print(finding.error) if finding.error is not None else ():
        lines += wrap(line, room, break_long_words=False, break_on_hyphens=False)
    marks = [finding.result.value, *[""] * (len(lines) - 1)]
    return [f"{mark:{_MARK}}{line}" for mark, line in zip(marks, lines, strict=True)]


def summary_of(findings: Sequence[CheckupFinding]) -> str:
    """The last line: whether the program can be used, and how the checks ended."""
    counts = {result: sum(finding.result is result for finding in findings) for result in Result}
    told = ", ".join(f"{counts[result]} {result.value}" for result in Result if counts[result])
    usable = "Ready to use." if exit_code_of(findings) == 0 else "Not ready to use."
    return f"{usable} {told}."


def _object(finding: CheckupFinding) -> dict[str, object]:
    return {
        "id": finding.id,
        "title": finding.title,
        "result": finding.result.value,
        "words": finding.words,
        "wayOut": for_commands(finding.hint) or None,
        "facts": dict(finding.facts),
        **({"error": error_object(finding.error)} if finding.error is not None else {}),
    }
