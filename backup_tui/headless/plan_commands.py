"""The commands of plans, as data."""

from __future__ import annotations

from backup_tui.headless.command import Command

PLAN_COMMANDS: tuple[Command, ...] = ()
