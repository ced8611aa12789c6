"""One profile's sign-in, client, store, journal, sync and use cases, put together in one place."""

from backup_tui.workspace.demo import DEMO_SPEED
from backup_tui.workspace.workspace import Mode, Workspace, open_workspace

__all__ = ["DEMO_SPEED", "Mode", "Workspace", "open_workspace"]
