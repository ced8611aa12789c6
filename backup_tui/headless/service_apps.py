"""`backup-tui service apps`: the applications that can be given control of the backup, and which one has it."""

import argparse

from backup_tui.changes.reviewed import ReviewedChange
from backup_tui.errors import UsageError
from backup_tui.headless.formats import Cell
from backup_tui.headless.output import Output, utc, when_and_who
from backup_tui.headless.reviews import carry_out_reviewed
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.statuses import service_app_status
from backup_tui.protection.service_apps import ActivateApp, DeactivateApp, RegisterApp, RemoveApp, app_of, is_own
from backup_tui.restore.points.moments import parse_ahead
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

COLUMNS = ("ID", "STATUS", "FROM", "REGISTERED", "APPLICATION", "NAME")

Apps = tuple[ServiceApp, ...]


async def list_apps(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the registered applications, the one in control first."""
    apps = _ordered(await workspace.loader.load(fresh.SERVICE_APPS))
    out.listing([_cells(app) for app in apps], lambda: [app.raw() for app in apps])
    return 0


async def show_app(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one registered application."""
    app = await workspace.reader.service_app(args.id)
    _id, status, effective, registered, application, name = app_row(app)
    out.one(
        app,
        [
            ("Registration", app.id),
            ("Application", application),
            ("Name", name),
            ("Status", status),
            ("From", effective),
            ("Registered", registered),
            ("Changed", when_and_who(app.last_modified_date_time, app.last_modified_by)),
            ("This program", "signs in with it" if is_own(app, workspace.who) else "signs in with another one"),
        ],
    )
    return 0


async def add_app(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Registers the application that this program signs in with, after its review."""
    return await _change(workspace, args, out, RegisterApp())


async def activate_app(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Gives an application control from a time on, after its review."""
    try:
        effective = parse_ahead(args.effective, workspace.zone, workspace.clock.now())
    except UsageError as error:
        error.field = "--from"
        raise
    return await _change(workspace, args, out, ActivateApp(args.id, effective))


async def deactivate_app(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Has the application in control hand it over, after its review."""
    return await _change(workspace, args, out, DeactivateApp(args.id))


async def remove_app(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Removes a registration, after its review."""
    app_of(await workspace.loader.load(fresh.SERVICE_APPS), args.id)
    return await _change(workspace, args, out, RemoveApp(args.id))


async def _change(workspace: Workspace, args: argparse.Namespace, out: Output, change: ReviewedChange[Apps]) -> int:
    _print(out, await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context)))
    return 0


def _print(out: Output, apps: Apps) -> None:
    if out.as_json:
        out.data([app.raw() for app in apps])
    else:
        out.table(COLUMNS, [app_row(app) for app in _ordered(apps)])


def _ordered(apps: Apps) -> list[ServiceApp]:
    return sorted(apps, key=lambda app: (service_app_status(app.status).rank, app.label, app.id))


def app_row(app: ServiceApp) -> tuple[str, ...]:
    """The cells of one application, as `COLUMNS` names them."""
    application = app.application
    return (
        app.id,
        service_app_status(app.status).word,
        utc(app.effective_date_time),
        utc(app.registration_date_time),
        (application.id if application is not None else None) or "",
        (application.display_name if application is not None else None) or "",
    )


def _cells(app: ServiceApp) -> tuple[Cell, ...]:
    """The same for a program, which reads times rather than words."""
    identifier, status, _from, _registered, *named = app_row(app)
    return (identifier, status, app.effective_date_time, app.registration_date_time, *named)
