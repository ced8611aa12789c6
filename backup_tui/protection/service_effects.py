"""How it is recognised what became of a change of the service itself whose answer was lost."""

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, Verdict
from backup_tui.changes.lost_answers import Effect
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.service_state import state_of
from backup_tui.models.statuses import service_app_status
from backup_tui.store.freshness import SERVICE_APPS
from backup_tui.store.store import Store
from backup_tui.store.updates import ListRead, ServiceRead

Apps = tuple[ServiceApp, ...]  # the applications that are registered to control the backup


class EnableEffect(Effect):
    """Turning the service on shows in its state."""

    kinds = frozenset({IntentKind.SERVICE_ENABLE})

    async def look(self, context: Context, intent: Intent) -> Finding:
        return _judge_root(intent, await read_root(context))

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        return _judge_root(intent, store.service_root) if store.service_root is not None else None


class AppsEffect(Effect):
    """What is done with an application shows in the list of them: `fingerprint` has the ids that were in it before."""

    kinds = frozenset(
        {IntentKind.APP_REGISTER, IntentKind.APP_ACTIVATE, IntentKind.APP_DEACTIVATE, IntentKind.APP_REMOVE}
    )

    async def look(self, context: Context, intent: Intent) -> Finding:
        return _judge_apps(intent, await read_apps(context), context.who.app_id)


ENABLE, APPS = EnableEffect(), AppsEffect()


async def read_root(context: Context) -> BackupRestoreRoot:
    """The state of the service as it is now; updates the store."""
    asked_at = context.clock.monotonic()
    root = await context.reader.service_root()
    context.store.apply(ServiceRead(root, asked_at=asked_at, answered_at=context.clock.now()))
    return root


async def read_apps(context: Context) -> Apps:
    """The registered applications as they are now; updates the store."""
    asked_at = context.clock.monotonic()
    apps = await context.reader.service_apps()
    tell_apps(context, apps, asked_at)
    return apps


def tell_apps(context: Context, apps: Apps, asked_at: float) -> None:
    """Puts a list of applications into the store."""
    context.store.apply(ListRead(SERVICE_APPS, apps, asked_at, True, context.clock.now()))


def ids_of(apps: Apps) -> str:
    """What the journal keeps of a list, to recognise what was added to it."""
    return " ".join(sorted(app.id for app in apps))


def _judge_root(intent: Intent, root: BackupRestoreRoot) -> Finding:
    state = state_of(root)
    if state.value.lower() == "enabled":
        return Finding(intent, Verdict.DONE, "It was done: the backup is on.", root)
    if not state.known:
        return Finding(intent, Verdict.STILL_UNKNOWN, "The service does not report its state.")
    return Finding(intent, Verdict.NOT_DONE, f"It was not done: the backup is {state.status.word}.")


def _judge_apps(intent: Intent, apps: Apps, own_id: str | None) -> Finding:
    if intent.kind is IntentKind.APP_REGISTER:
        return _judge_registered(intent, apps, own_id)
    app = next((app for app in apps if app.id == intent.target), None)
    if intent.kind is IntentKind.APP_REMOVE:
        if app is None:
            return Finding(intent, Verdict.DONE, "It was done: the application is no longer registered.", apps)
        return Finding(intent, Verdict.NOT_DONE, "It was not done: the application is still registered.")
    if app is None:
        return Finding(intent, Verdict.NOT_DONE, "The application is no longer registered.")
    status = service_app_status(app.status)
    wanted = {"pendingActive", "active"} if intent.kind is IntentKind.APP_ACTIVATE else {"pendingInactive", "inactive"}
    if status.value in wanted:
        return Finding(intent, Verdict.DONE, f"It was done: the application is {status.word}.", apps)
    if status.value in ("active", "inactive", "pendingActive", "pendingInactive"):
        return Finding(intent, Verdict.NOT_DONE, f"It was not done: the application is {status.word}.")
    return Finding(intent, Verdict.STILL_UNKNOWN, f'The application is in an unknown state: "{status.word}".')


def _judge_registered(intent: Intent, apps: Apps, own_id: str | None) -> Finding:
    before = set(intent.fingerprint.split())
    new = [app for app in apps if app.id not in before]
    own = [app for app in new if own_id and app.application is not None and app.application.id == own_id]
    if own or (new and not own_id):
        return Finding(intent, Verdict.DONE, f"It was done: {(own or new)[0].label} is registered.", apps)
    if new and all(app.application is None or not app.application.id for app in new):
        words = "A new application is registered, and the service does not report which one it is."
        return Finding(intent, Verdict.STILL_UNKNOWN, words)
    return Finding(intent, Verdict.NOT_DONE, "It was not done: this application is not registered.")
