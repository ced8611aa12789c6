"""Which application controls the backup of a tenant: registered, given control, handing it over, removed.

https://learn.microsoft.com/graph/api/resources/serviceapp: one application at a time is in control. `activate` names
the time at which it takes over; until then (`pendingActive`) it may only read policies and units, and who was in
control stays in control. `deactivate` is answered with the time until which it stays so (`pendingInactive`). Both are
for people only. Registering registers the application that calls. The grace period, and that a change back to the admin
center is not supported, are on Microsoft's product page."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview, ReviewedChange
from backup_tui.errors import BackupTuiError, NotFound
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import CONTROL, CONTROLLER
from backup_tui.models.phrases import phrase, thing_name
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.statuses import service_app_status
from backup_tui.models.text import safe, short_id
from backup_tui.models.times import dated, iso, span_words
from backup_tui.models.whoami import WhoAmI
from backup_tui.protection.service_effects import APPS, Apps, ids_of, read_apps, read_root, tell_apps
from backup_tui.protection.switching import check_person

GRACE_LEAST, GRACE_MOST = timedelta(days=7), timedelta(days=30)
"""The grace period before an application takes control, as Microsoft's product page has it."""

REGISTRATION = "serviceApps"  # what the journal calls an application that is to be registered

_NO_WAY_BACK = "A change back from an application to Microsoft's admin center is not supported."


class ChangeApps(ReviewedChange[Apps]):
    """One change of the list of applications; its outcome is the list as it is then."""

    noun = "application"
    purpose = "changing which application controls the backup"
    effect = APPS

    def writer(self, context: Context) -> Writer:
        return context.may_control()

    async def read(self, context: Context) -> Apps:
        return await read_apps(context)

    def tell(self, context: Context, thing: Apps, asked_at: float) -> None:
        tell_apps(context, thing, asked_at)

    def difference(self, before: Apps, now: Apps) -> str:
        if _seen(before) == _seen(now):
            return ""
        return "Someone changed the applications after they were reviewed."


class ChangeApp(ChangeApps):
    """A change of one registered application."""

    app_id: str

    @property
    def target(self) -> str:
        return self.app_id

    @abstractmethod
    async def review_app(self, context: Context, apps: Apps, app: ServiceApp) -> ChangeReview[Apps]:
        """The review of the change of this one."""

    async def review(self, context: Context, thing: Apps) -> ChangeReview[Apps]:
        return await self.review_app(context, thing, app_of(thing, self.app_id))

    def of_app(
        self, context: Context, apps: Apps, app: ServiceApp, sentence: str, checks: list[Check], *, danger: bool,
        final: str = "", extra: tuple[str, ...] = (),
    ) -> ChangeReview[Apps]:  # fmt: skip
        """What all reviews of one application share."""
        label = app_label(app)
        others = (app_label(other) for other in apps if other.id != app.id)
        return ChangeReview(
            change=self,
            thing=apps,
            word=self.verb.upper(),
            headline=f"application {label}",
            tenant=context.who.tenant,
            sentence=f"{self.verb.upper()}: {sentence}",
            phrase=phrase(self.verb, thing_name(label, app.id, others), context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"application {label}",
            id_line=f"Registration {app.id}",
            danger=danger,
            extra=extra,
            way_out="Look at the list of applications (service apps list).",
        )


@dataclass(frozen=True, slots=True)
class RegisterApp(ChangeApps):
    """The application that this program signs in with is registered as one that can be given control."""

    verb = "register"
    done_word = "registered"
    kind = IntentKind.APP_REGISTER
    target = REGISTRATION

    async def review(self, context: Context, thing: Apps) -> ChangeReview[Apps]:
        who = context.who
        label = own_label(who)
        checks = check_person(context, CONTROL)
        known = next((app for app in thing if is_own(app, who)), None)
        if known is not None:
            word = service_app_status(known.status).word
            checks.append(
                Check(CheckResult.BLOCKING, f'this application is registered already; its status is "{word}"', 2)
            )
        elif who.app_id is None:
            words = "the sign-in does not report its application, so whether it is registered already is unknown"
            checks.append(Check(CheckResult.UNKNOWN, words, 5))
        else:
            checks.append(Check(CheckResult.OK, "this application is not registered yet", 5))
        return ChangeReview(
            change=self,
            thing=thing,
            word="REGISTER",
            headline=label,
            tenant=who.tenant,
            sentence=(
                f"REGISTER: {label} becomes one that can be given control of the backup of {who.tenant}. Nothing else "
                "changes until it is activated."
            ),
            phrase=phrase("register", thing_name(who.app_name, who.app_id or ""), who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=label,
            id_line=f"Application {who.app_id or 'not reported'}",
            extra=("It is the application that this program signs in with; no other one can be registered from here.",),
            way_out="Look at the list of applications (service apps list).",
        )

    def request(self, reviewed: ChangeReview[Apps], writer: Writer) -> Request[Apps]:
        async def send() -> Apps:
            return with_app(reviewed.thing, await writer.control.register())

        return Request(send, f"REGISTER {reviewed.subject}", body={}, fingerprint=ids_of(reviewed.thing))


@dataclass(frozen=True, slots=True)
class ActivateApp(ChangeApp):
    """A registered application is given control at a time (UTC)."""

    verb = "activate"
    done_word = "activated"
    kind = IntentKind.APP_ACTIVATE

    app_id: str
    effective: datetime

    async def review_app(self, context: Context, apps: Apps, app: ServiceApp) -> ChangeReview[Apps]:
        label, tenant = app_label(app), context.who.tenant
        holder, checks = await _holder(context, apps)
        checks += [
            *check_person(context, CONTROLLER),
            _check_status(app, "inactive", "this needs one that is not in control"),
            _check_grace(self.effective - context.clock.now()),
        ]
        if not is_own(app, context.who):
            words = "this program signs in with another application; changes from here may be refused then"
            checks.append(Check(CheckResult.WARNING, words, 8))
        until = dated(self.effective)
        return self.of_app(
            context,
            apps,
            app,
            f"{label} takes control of the backup of {tenant} on {until}. Until then it may only read policies and "
            f"units, and {holder or 'whoever is in control'} stays in control. Afterwards the service may refuse "
            "changes by anything else.",
            checks,
            danger=True,
            extra=(_NO_WAY_BACK,),
        )

    def request(self, reviewed: ChangeReview[Apps], writer: Writer) -> Request[Apps]:
        async def send() -> Apps:
            return with_app(reviewed.thing, await writer.control.activate(self.app_id, self.effective))

        when = iso(self.effective)
        return Request(send, f"ACTIVATE {reviewed.subject} from {when}", body={"effectiveDateTime": when})


@dataclass(frozen=True, slots=True)
class DeactivateApp(ChangeApp):
    """The application in control hands it over."""

    verb = "deactivate"
    done_word = "deactivated"
    kind = IntentKind.APP_DEACTIVATE

    app_id: str

    async def review_app(self, context: Context, apps: Apps, app: ServiceApp) -> ChangeReview[Apps]:
        label = app_label(app)
        return self.of_app(
            context,
            apps,
            app,
            f"{label} gives up control of the backup of {context.who.tenant}. The service sets the day, after a grace "
            "period of 7 to 30 days; until then it stays in control.",
            [
                *check_person(context, CONTROLLER),
                _check_status(app, "active", "this needs the one in control"),
                Check(CheckResult.UNKNOWN, "who is in control afterwards is not documented", 10),
                Check(CheckResult.UNKNOWN, "Microsoft may bill for up to 37 more days", 20),
            ],
            danger=True,
            extra=(_NO_WAY_BACK,),
        )

    def request(self, reviewed: ChangeReview[Apps], writer: Writer) -> Request[Apps]:
        async def send() -> Apps:
            return with_app(reviewed.thing, await writer.control.deactivate(self.app_id))

        return Request(send, f"DEACTIVATE {reviewed.subject}")


@dataclass(frozen=True, slots=True)
class RemoveApp(ChangeApp):
    """The registration of an application is removed."""

    verb = "remove"
    done_word = "removed"
    kind = IntentKind.APP_REMOVE

    app_id: str

    async def review_app(self, context: Context, apps: Apps, app: ServiceApp) -> ChangeReview[Apps]:
        label, tenant = app_label(app), context.who.tenant
        checks = check_person(context, CONTROL)
        if app.in_control:
            sentence = (
                f"{label} is in control. Without it the service turns the backup of {tenant} off: nothing is backed "
                "up, and nothing can be restored."
            )
            checks.append(Check(CheckResult.WARNING, "deactivating it hands control over instead of ending it", 3))
            checks.append(Check(CheckResult.UNKNOWN, "Microsoft may bill for up to 37 more days", 20))
        else:
            sentence = f"{label} is no longer registered, and cannot be given control of the backup of {tenant}."
        if app.coming and app.effective_date_time is not None:
            when = dated(app.effective_date_time)
            checks.append(Check(CheckResult.WARNING, f"it was to take control on {when}; it will not", 3))
        if not checks:
            word = service_app_status(app.status).word
            checks.append(Check(CheckResult.OK, f'its status is "{word}"; it can be registered again', 5))
        return self.of_app(context, apps, app, sentence, checks, danger=app.in_control or app.coming)

    def request(self, reviewed: ChangeReview[Apps], writer: Writer) -> Request[Apps]:
        async def send() -> Apps:
            await writer.control.delete(self.app_id)
            return tuple(app for app in reviewed.thing if app.id != self.app_id)

        return Request(send, f"REMOVE {reviewed.subject}")


def app_label(app: ServiceApp) -> str:
    """The name of an application, else the beginning of its id."""
    return app.application.display_name if app.application and app.application.display_name else short_id(app.label)


def own_label(who: WhoAmI) -> str:
    """How the application is called that this program signs in with."""
    name = safe(who.app_name) or (short_id(who.app_id) if who.app_id else "")
    return f"application {name}" if name else "the application of this sign-in"


def is_own(app: ServiceApp, who: WhoAmI) -> bool:
    """Whether this program signs in with it, as far as the sign-in tells."""
    named = app.application.id if app.application is not None else None
    return bool(named and who.app_id) and (named or "").casefold() == (who.app_id or "").casefold()


def app_of(apps: Apps, app_id: str) -> ServiceApp:
    """The application with this id of a registration. Raises `NotFound`: none has it."""
    found = next((app for app in apps if app.id.casefold() == app_id.casefold()), None)
    if found is None:
        raise NotFound.unsent(
            f"The service has no registered application {short_id(app_id)}.",
            "ServiceAppNotFound",
            "See: backup-tui service apps list",
        )
    return found


def with_app(apps: Apps, app: ServiceApp) -> Apps:
    """The list with an application as it is now: in its place, or at the end."""
    if all(other.id != app.id for other in apps):
        return (*apps, app)
    return tuple(app if other.id == app.id else other for other in apps)


def _seen(apps: Apps) -> set[tuple[str, str, datetime | None]]:
    return {(app.id, app.status or "", app.effective_date_time) for app in apps}


def _check_status(app: ServiceApp, needed: str, otherwise: str) -> Check:
    status = service_app_status(app.status)
    if status.value == needed:
        return Check(CheckResult.OK, f'its status is "{status.word}"', 5)
    return Check(CheckResult.BLOCKING, f'its status is "{status.word}"; {otherwise}', 2)


def _check_grace(ahead: timedelta) -> Check:
    page = "Microsoft's product page names a grace period of 7 to 30 days"
    if GRACE_LEAST - timedelta(minutes=1) <= ahead <= GRACE_MOST:
        return Check(CheckResult.OK, f"it takes control in {_span(ahead)}, within the grace period", 6)
    when = f"in {_span(ahead)}" if ahead > timedelta() else "at once: the time has passed"
    return Check(CheckResult.WARNING, f"it takes control {when}; {page}, and the service may refuse this", 3)


def _span(ahead: timedelta) -> str:
    """Rounded up: what was typed as 7 days is 7 days while the review is read."""
    return span_words(ahead + timedelta(seconds=59))


async def _holder(context: Context, apps: Apps) -> tuple[str, list[Check]]:
    """Who is in control now, in words; empty with a check where that is unknown."""
    holder = next((app for app in apps if app.in_control), None)
    if holder is not None:
        return app_label(holder), []
    try:
        root = await read_root(context)
    except BackupTuiError:
        return "", [Check(CheckResult.UNKNOWN, "who is in control now could not be read", 7)]
    consumer = (root.service_status.backup_service_consumer or "") if root.service_status is not None else ""
    if consumer.lower() == "firstparty":
        return "Microsoft's admin center", []
    return "", [Check(CheckResult.UNKNOWN, "who is in control now is not reported", 7)]
