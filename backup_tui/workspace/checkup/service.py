"""What the service lets this sign-in do: one harmless read per feature, and what its token says of the rest."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

from backup_tui.errors import BackupTuiError, NotFound, PermissionDenied
from backup_tui.graph.reader import Reader
from backup_tui.models import features as may
from backup_tui.models.features import Access, Feature, Standing
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.service_state import End, state_of
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe
from backup_tui.models.whoami import WhoAmI
from backup_tui.workspace.checkup.findings import CheckupFinding, Result, failed


class ServiceChecks:
    """The checks that speak to the service."""

    def __init__(
        self, reader: Reader, who: WhoAmI, access: tuple[Access, ...], now: Callable[[], datetime], consent: str = ""
    ) -> None:
        self._reader = reader
        self._who = who
        self._access = access
        self._now = now
        self._consent = consent
        self._root: BackupRestoreRoot | None = None
        self._unit_id = ""  # whose points can be asked for
        self._allowed = self._denied = 0
        self._missing: set[str] = set()

    async def all(self) -> AsyncIterator[CheckupFinding]:
        for access in self._access:
            finding = await self._feature(access)
            yield finding
        yield self._whole()
        yield self._state()
        yield await self._controller()

    async def _feature(self, access: Access) -> CheckupFinding:
        feature = access.feature
        if self._lacks(feature):
            self._missing.add(feature.least)
        try_it = self._tries().get(feature.id)
        say = partial(CheckupFinding, f"feature.{feature.id}", f"May {feature.words}")
        facts = {"permission": feature.least, "role": feature.role or None, "tried": try_it is not None}
        if try_it is None:
            return _untried(access, say, facts)
        try:
            words = await try_it()
        except PermissionDenied as error:
            self._denied += 1
            role = f" and {feature.role}" if feature.role else ""
            why = f"the service refused it (HTTP {error.status}, {error.code}): it needs {feature.least}{role}"
            hint = access.hint or error.hint
            return say(Result.WARNING, why, hint, facts, error.exit_code, error)
        except BackupTuiError as error:
            return failed(f"feature.{feature.id}", f"May {feature.words}", error, facts=facts)
        if words is None:
            why = "there is no unit to read points of" if self._allowed else "nothing else could be read"
            return say(Result.UNCHECKED, why, facts=facts | {"tried": False})
        self._allowed += 1
        return say(Result.OK, words, facts=facts)

    def _lacks(self, feature: Feature) -> bool:
        """Whether the token lacks the permission for something that this kind of sign-in could do."""
        who = self._who
        possible = feature.application or not who.app_only
        return possible and bool(who.scopes or who.told) and not who.scopes.intersection(feature.permissions)

    @property
    def _ask_admin(self) -> str:
        """What to do about permissions; the page allows what the app registration asks for, so that comes first."""
        if not self._consent:
            return "Have them added to the application and consented to, then sign in again."
        return f"Add them to the app registration, let an administrator consent at {self._consent} and sign in again."

    def _tries(self) -> dict[str, Callable[[], Awaitable[str | None]]]:
        return {
            may.SERVICE.id: self._read_root,
            may.NOTIFICATIONS.id: self._read_notifications,
            may.PROTECTION.id: self._read_protection,
            may.SESSIONS.id: self._read_sessions,
            may.POINTS.id: self._read_points,
        }

    async def _read_root(self) -> str:
        self._root = await self._reader.service_root()
        return "it answers"

    async def _read_notifications(self) -> str:
        try:
            await self._reader.notifications()
        except NotFound:
            return "it answers: nothing is set up"
        return "it answers"

    async def _read_protection(self) -> str:
        policies = await self._reader.policies()
        for service in Service:
            async for page in self._reader.units(service):
                if page.items and not self._unit_id:
                    self._unit_id = page.items[0].id
                break
            if self._unit_id:
                break
        return f"it answers: {counted(len(policies), 'policy', 'policies')}"

    async def _read_sessions(self) -> str:
        async for page in self._reader.sessions():
            more = "" if page.last else " and more"
            return f"it answers: {counted(len(page.items), 'session')}{more}"
        return "it answers: no session yet"

    async def _read_points(self) -> str | None:
        if not self._unit_id:
            return None
        points = await self._reader.points_of_unit(self._unit_id, before=self._now())
        return f"it answers: {counted(len(points), 'point')} of one unit"

    def _whole(self) -> CheckupFinding:
        say = partial(CheckupFinding, "permissions", "Permissions")
        missing = sorted(self._missing)
        facts = {"answered": self._allowed, "refused": self._denied, "missing": missing}
        facts |= {"adminConsent": self._consent or None}
        named = f"{', '.join(missing)} missing" if missing else ""
        if self._denied and not self._allowed:
            words = "the service refused everything, so this sign-in cannot be used"
            hint = f"{self._ask_admin} A person may need a role too."
            return say(Result.FAILED, words, hint, facts, PermissionDenied.exit_code)
        if not self._allowed:
            return say(Result.UNCHECKED, "nothing could be read", facts=facts)
        if self._denied or missing:
            words = "; ".join(part for part in (named, "some of it is refused" if self._denied else "") if part)
            hint = self._ask_admin if missing else ""
            return say(Result.WARNING, f"{words}; the rest works", hint, facts)
        return say(Result.OK, "everything that was tried is allowed", facts=facts)

    def _state(self) -> CheckupFinding:
        say = partial(CheckupFinding, "service-state", "Backup service")
        if self._root is None:
            return say(Result.UNCHECKED, "its state could not be read")
        state = state_of(self._root)
        status = self._root.service_status
        facts = {
            "status": state.value or None,
            "disableReason": state.cause or None,
            "restoreAllowedTillDateTime": state.restores_until,
            "gracePeriodDateTime": state.grace_until,
            "backupServiceConsumer": (status.backup_service_consumer if status is not None else None) or None,
        }
        if not state.known:
            return say(Result.UNCHECKED, "its state was not reported", facts=facts)
        ends = (("restores are allowed until", state.restores_until), ("grace until", state.grace_until))
        dates = [f"{word} {moment:%Y-%m-%d %H:%M} UTC" for word, moment in ends if moment is not None]
        words = "; ".join([state.words or f"it is {state.status.word}", *dates])
        end = state.end_of_restores(self._now())
        if state.locked or end in (End.NEAR, End.PASSED):
            return say(Result.WARNING, words, state.hint if state.locked else "", facts)
        return say(Result.OK, words, facts=facts)

    async def _controller(self) -> CheckupFinding:
        say = partial(CheckupFinding, "controller", "Controlling application")
        try:
            apps = await self._reader.service_apps()
        except BackupTuiError as error:
            why = f"could not be read: {error.message}"
            return say(Result.UNCHECKED, why, error=error)
        active = [app for app in apps if (app.status or "").lower() == "active"]
        facts = {"active": [app.label for app in active], "registered": len(apps)}
        if not active:
            words = "none is active: Microsoft's admin center is in control"
            return say(Result.OK, words, facts=facts)
        names = ", ".join(safe(app.label) for app in active)
        words = f"{names} is in control; another application may be refused"
        return say(Result.OK, words, facts=facts)


def _untried(access: Access, say: Callable[..., CheckupFinding], facts: Mapping[str, object]) -> CheckupFinding:
    """A feature whose trying would change something: what the token says of it."""
    if access.standing is Standing.DENIED:
        return say(Result.WARNING, access.why, access.hint, facts, PermissionDenied.exit_code)
    if access.standing is Standing.UNKNOWN:
        return say(Result.UNCHECKED, access.why, access.hint, facts)
    words = access.why or f"{access.feature.least} is granted"
    return say(Result.OK, f"{words} (not tried: it would make a change)", facts=facts)
