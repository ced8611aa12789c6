"""The commands of reports, hand-overs and drills, as data."""

from __future__ import annotations

from backup_tui.headless.command import Command

EVIDENCE_COMMANDS: tuple[Command, ...] = ()
