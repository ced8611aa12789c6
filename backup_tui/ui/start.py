"""Starts the screens: first a frame, then the workspace behind it."""

from __future__ import annotations

from backup_tui.config import Settings
from backup_tui.ui.app import BackupTui
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.workspace import Workspace


def run_ui(settings: Settings) -> int:
    """Runs the screens until the person leaves.

    Args:
        settings: Settled settings.

    Returns:
        The exit code: 0, 1 after a fault, 128 and more for a signal.

    Raises:
        SignInError: There is no token.
        UsageError: The service address cannot be used.
    """
    workspace = Workspace(settings)
    app = make_app(workspace)
    app.run()
    return app.return_code or 0


def make_app(workspace: Workspace) -> BackupTui:
    """The app on a workspace that is not open yet; the app opens it once its first frame is drawn."""
    from backup_tui.ui.screens.activity import ActivityScreen
    from backup_tui.ui.screens.overview import OverviewScreen
    from backup_tui.ui.screens.policies import PoliciesScreen
    from backup_tui.ui.screens.sessions import SessionsScreen
    from backup_tui.ui.screens.units import UnitsScreen

    return BackupTui(
        ShownWorkspace(workspace),
        (
            ("Overview", OverviewScreen),
            ("Policies", PoliciesScreen),
            ("Sessions", SessionsScreen),
            ("Units", UnitsScreen),
            ("Activity", ActivityScreen),
        ),
    )
