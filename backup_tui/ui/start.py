"""Starts the screens: first a frame, then the workspace behind it."""

from functools import partial
from typing import TYPE_CHECKING

from backup_tui.config import Settings
from backup_tui.ui.app import BackupTui
from backup_tui.ui.restart import StartOptions
from backup_tui.ui.routes import TOPS, OpenTenants, OpenTop, screen_for
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.workspace import Workspace, served_demo
from backup_tui.workspace.tenants import Tenants

if TYPE_CHECKING:
    from backup_tui.workspace.demo_process import DemoProcess


def run_ui(settings: Settings, demo: "DemoProcess | None" = None) -> int:
    """Runs the screens until the person leaves. Returns the exit code: 0, 1 after a fault, 128 and more for a signal.

    Args:
        demo: The service of a demo, where it has a process of its own.

    Raises:
        SignInError: There is no token.
        UsageError: The service address cannot be used.
    """
    if not settings.cache_last_view:
        from backup_tui.workspace.last_view import clear_last_views

        clear_last_views(settings.state_dir)
    with served_demo(settings) as settled:
        tenants = Tenants()
        if (first := _to_choose_from(settled)) is not None:
            workspace, beginning = Workspace(first), StartOptions(choosing=True, tenants=tenants)
        else:
            workspace, beginning = Workspace(settled, demo=demo), StartOptions(settled, tenants=tenants)
        while True:
            app = make_app(workspace, beginning)
            run_app(app)
            if app.next_start is None or app.exit_code:
                return app.exit_code
            workspace, beginning = app.next_start.workspace, app.next_start.beginning


def _to_choose_from(settings: Settings) -> Settings | None:
    """A profile that can be used, where there are several and nothing says which one; that opens none of them."""
    said = settings.profile or settings.sign_in is not None or settings.token is not None
    if said or settings.demo or len(settings.profiles) < 2:
        return None
    from backup_tui.ui.sign_in.profiles import load_profiles

    return next((line.settings for line in load_profiles(settings, None) if line.name and line.settings), None)


def run_app(app: BackupTui) -> None:
    """Runs an app to its end, with the terminal as it was, whatever happens. Raises `Exception`: a fault outside of
    what Textual catches, for the place that tells faults of commands too."""
    try:
        app.run(mouse=app.workspace.mouse)
    finally:
        if app.terminal is not None:
            app.terminal.close()
    if app.exit_code and not app.ending and app.fault is None:
        raise RuntimeError("the screens ended by themselves")  # a fault that this Textual does not report


def make_app(workspace: Workspace, beginning: StartOptions | None = None) -> BackupTui:
    """The app on a workspace that is not open yet; the app opens it once its first frame is drawn.

    A screen's module is imported when it is first shown: only the first one is needed for the first frame.
    """
    if beginning is not None and beginning.choosing:
        return BackupTui(ShownWorkspace(workspace), [("All tenants", partial(screen_for, OpenTenants()))], beginning)
    screens = [(title, partial(screen_for, OpenTop(title))) for title in TOPS]
    return BackupTui(ShownWorkspace(workspace), screens, beginning)
