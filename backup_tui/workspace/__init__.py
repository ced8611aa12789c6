"""One profile's sign-in, client, store, journal, sync and use cases, put together in one place."""

from backup_tui.workspace.demo import DEMO_SPEED, served_demo
from backup_tui.workspace.identity import AnotherSignIn, Mode
from backup_tui.workspace.workspace import Workspace, open_workspace

__all__ = ["DEMO_SPEED", "AnotherSignIn", "Mode", "Workspace", "open_workspace", "served_demo"]
