"""The sample unit of systemd runs a command of this program."""

from __future__ import annotations

import shlex
from configparser import RawConfigParser
from pathlib import Path

from backup_tui.headless.arguments import parse

UNIT = Path(__file__).parents[2] / "docs" / "automation" / "backup-tui-plan@.service"


def test_what_it_starts_is_a_command_that_gives_no_yes() -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT.read_text("utf-8"))

    program, *words = shlex.split(unit["Service"]["ExecStart"].replace("%i", "ransom-20nov"))

    args = parse(words)
    assert Path(program).name == "backup-tui"
    assert args.run == "backup_tui.headless.plan_runs:resume_plan"
    assert (args.plan, args.wait) == ("ransom-20nov", True)
    # A run that needs a person is not started again and again.
    assert unit["Service"]["RestartPreventExitStatus"].split() == ["2", "3", "4", "5", "7"]
