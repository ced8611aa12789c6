"""Texts about the backup service of a tenant: what it allows, who is in control, who gets e-mail. Pure."""

from datetime import datetime, tzinfo
from typing import NamedTuple

from backup_tui.models.features import NOTIFICATIONS, SERVICE, Feature
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_state import ServiceState
from backup_tui.models.statuses import service_app_status
from backup_tui.models.text import safe
from backup_tui.store import freshness as fresh
from backup_tui.store.freshness import Freshness
from backup_tui.store.store import Store
from backup_tui.ui.vocabulary.names import marked_word
from backup_tui.ui.widgets.time_format import clock_words, day_words


class ServiceText(NamedTuple):
    """Words with the look that repeats them."""

    words: str
    look: str = ""


# -- what it allows ------------------------------------------------------------------------------------------


def end_words(until: datetime | None, zone: tzinfo, now: datetime) -> str:
    """Until when restores are allowed, in a sentence; empty when the service sets no end."""
    if until is None:
        return ""
    when = clock_words(until, zone, now)
    if until <= now:
        return f"Restores were allowed until {when}."
    return f"Restores are allowed until {when}."


def locked_lines(state: ServiceState, zone: tzinfo, now: datetime) -> list[str]:
    """What a lock, or an approaching end of restores, means and what can be done about it."""
    lines = [line for line in (state.words, end_words(state.restores_until, zone, now)) if line]
    if state.locked:
        lines.append(state.hint)
    if state.no_restore is not None and not state.off:
        lines.append("A new restore (n) can be filled in and is kept on this machine until the service accepts it.")
    return lines


def state_words(store: Store, zone: tzinfo, now: datetime) -> ServiceText:
    """`✓ on`; of a lock also the reason and the dates that matter."""
    known = store.freshness(fresh.SERVICE_ROOT)
    state = store.connection.service
    if store.service_root is None:
        return ServiceText(not_known(known, SERVICE, zone, now), "dim")
    parts = [marked_word(state.status) + (f" ({state.brief})" if state.brief else "")]
    if state.restores_until is not None:
        verb = "restores were allowed until" if state.restores_until <= now else "restores until"
        parts.append(f"{verb} {day_words(state.restores_until, zone, now)}")
    if state.grace_until is not None:
        verb = "grace period ended" if state.grace_until <= now else "grace period until"
        parts.append(f"{verb} {day_words(state.grace_until, zone, now)}")
    return ServiceText(", ".join(parts), state.status.tone.value if state.locked else "")


def not_known(known: Freshness, feature: Feature, zone: tzinfo, now: datetime) -> str:
    """Why something is not shown: not read yet, not allowed (with the permission), or failed."""
    if known.denied:
        return f"not readable with this sign-in: needs {feature.least}"
    if known.error:
        return f"not read: {known.error.rstrip('.')}"
    if known.reading_since is not None:
        return f"reading since {clock_words(known.reading_since, zone, now, seconds=True)}"
    return "not read yet"


# -- who is in control ---------------------------------------------------------------------------------------

_MICROSOFT = "Microsoft's admin center"


def control_words(store: Store, zone: tzinfo, now: datetime) -> ServiceText:
    """Who controls the backup now, and who takes over when: `Microsoft's admin center; Vault from 2 Dec`."""
    root = store.service_root
    apps = store.details.service_apps
    known = store.freshness(fresh.SERVICE_APPS)
    consumer = (root.service_status.backup_service_consumer or "").lower() if root and root.service_status else ""
    holder = next((app for app in apps if _status(app) in ("active", "pendinginactive")), None)
    coming = next((app for app in apps if _status(app) == "pendingactive"), None)
    if holder is not None:
        now_in = f"{holder.label} (third party)"
    elif consumer == "firstparty":
        now_in = _MICROSOFT
    elif consumer == "thirdparty":
        now_in = "a third-party application"
    elif consumer in ("unknown", "none"):
        now_in = "nobody yet"
    else:
        now_in = f'"{safe(consumer)}"' if consumer else ""
    if not now_in:
        return ServiceText(
            not_known(known if known.error else store.freshness(fresh.SERVICE_ROOT), SERVICE, zone, now), "dim"
        )
    if holder is not None and _status(holder) == "pendinginactive":
        return ServiceText(f"{now_in}, until {_day(holder.effective_date_time, zone, now)}", "warn")
    if coming is not None:
        return ServiceText(f"{now_in}; {coming.label} from {_day(coming.effective_date_time, zone, now)}", "warn")
    return ServiceText(now_in)


def _status(app: ServiceApp) -> str:
    return (app.status or "").lower()


def _day(when: datetime | None, zone: tzinfo, now: datetime) -> str:
    return day_words(when, zone, now) if when is not None else "an unknown date"


def control_lines(store: Store, zone: tzinfo, now: datetime) -> list[str]:
    """What a pending change of control means, and every registered application."""
    known = store.freshness(fresh.SERVICE_APPS)
    lines: list[str] = []
    apps = store.details.service_apps
    if any(_status(app) == "pendingactive" for app in apps):
        lines.append("Until the change takes effect, policies and units can only be read.")
    if any(_status(app) in ("active", "pendinginactive") for app in apps):
        lines.append("While a third party is in control, changes from here may be refused: use its own program.")
    if known.never_read or known.denied:
        return [*lines, f"Registered applications: {not_known(known, SERVICE, zone, now)}."]
    unread = f", and {known.unread:,} that could not be read" if known.unread else ""
    lines.append(f"Registered applications: {len(apps) or 'none'}{unread}.")
    for app in sorted(apps, key=lambda app: service_app_status(app.status).rank):
        state = service_app_status(app.status)
        since = f", from {clock_words(app.effective_date_time, zone, now)}" if app.effective_date_time else ""
        made = f", registered {day_words(app.registration_date_time, zone, now)}" if app.registration_date_time else ""
        lines.append(f"  {app.label}: {state.word}{since}{made}")
    return lines


# -- who gets mails ------------------------------------------------------------------------------------------


def mail_words(store: Store, zone: tzinfo, now: datetime) -> ServiceText:
    """`to backup administrators`, `off`."""
    setting = store.details.notifications
    if setting is None:
        return ServiceText(not_known(store.freshness(fresh.NOTIFICATIONS), NOTIFICATIONS, zone, now), "dim")
    if setting.is_enabled is None:
        return ServiceText("not reported", "dim")
    if not setting.is_enabled:
        return ServiceText("off: nobody gets mail", "warn")
    more = ", policies and restores too" if setting.tells_all else ""
    return ServiceText(f"to {setting.recipients_words}{more}")


def mail_lines(store: Store) -> list[str]:
    """About what mail is sent, and to which addresses."""
    setting = store.details.notifications
    if setting is None:
        return []
    also = ", and every change of policies and restores" if setting.tells_all else " only"
    sent = [f"Sent about: important news of the backup{also}."] if setting.is_enabled else []
    return [*sent, *(f"  {safe(address)}" for address in setting.addresses)]
