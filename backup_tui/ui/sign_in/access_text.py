"""What `T` says: who is signed in where, until when, where that is kept, and what it may do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backup_tui.models.features import SERVICE, Access, Standing, names_note
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_state import ServiceState
from backup_tui.models.text import safe
from backup_tui.models.whoami import WhoAmI
from backup_tui.ui.sign_in.text import BRIEFLY, fact, kept_words
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import clock_words
from backup_tui.workspace import Workspace

NAMES = "names"
"""Row that says that names are hidden; it stands for no feature of its own."""

_TONES = {Standing.ALLOWED: "", Standing.DENIED: "bad", Standing.UNKNOWN: "warn"}
_ORDER = {Standing.DENIED: 0, Standing.UNKNOWN: 1, Standing.ALLOWED: 2}


def who_words(who: WhoAmI) -> str:
    """Name, address and kind of who is signed in."""
    kind = "kind not known" if not who.told else "an application" if who.app_only else "a person"
    names = [part for part in (who.name, who.user_label) if part]
    return f"{', '.join(dict.fromkeys(names))}; {kind}"


def tenant_line(who: WhoAmI) -> str:
    """Domain and id of the tenant."""
    if who.tenant_id is None:
        return f"{who.tenant} (the sign-in does not tell its tenant)" if not who.known else who.tenant
    return who.tenant if who.tenant == who.tenant_id else f"{who.tenant}, id {who.tenant_id}"


def until_words(workspace: Workspace, now: datetime) -> str:
    """Until when the sign-in is good."""
    ended = workspace.store.connection.signed_out_since
    zone, name = workspace.zone, workspace.settings.tz
    if ended is not None:
        again = "" if workspace.identity.how.flow == "token" else " enter signs in again."
        return f"ended {clock_words(ended, zone, now)} {name}.{again}"
    expires = workspace.who.expires
    renewed = workspace.identity.how.flow != "token"
    if expires is None:
        return "not told; renewed by itself" if renewed else "not told; it cannot be renewed from here"
    until = f"{clock_words(expires, zone, now)} {name}"
    return f"{until}; renewed by itself before" if renewed else f"{until}; it cannot be renewed from here"


def controller_words(apps: Sequence[ServiceApp]) -> str:
    """Who is in control of the backup, as far as the service told."""
    active = [app for app in apps if (app.status or "").lower() == "active"]
    if not active:
        return ""
    return f"In control is {safe(active[0].label, 80)}."


def service_line(state: ServiceState, apps: Sequence[ServiceApp], *, barred: bool) -> Para:
    """State of the service in one line; `barred` when this sign-in may not read it."""
    if not state.known:
        return fact("Service", "state not readable with this sign-in" if barred else "state not read yet")
    words = state.words or f"{state.status.word}; restores and changes of protection are allowed."
    return fact("Service", " ".join(filter(None, (words, controller_words(apps)))), "bad" if state.locked else "")


def about_lines(workspace: Workspace, now: datetime) -> list[Para]:
    """Everything about the sign-in but what it may do."""
    who, settings, identity = workspace.who, workspace.settings, workspace.identity
    if not identity.known:
        return [Para("Nobody is signed in yet.", "strong")]
    barred = identity.barred(SERVICE) is not None
    inside = settings.demo and not settings.demo_sign_in
    how = "the demo's own sign-in" if inside else BRIEFLY[identity.how.flow]
    app = ", ".join(part for part in (who.app_name, who.app_id or identity.how.client_id) if part)
    profile = safe(settings.profile, 60) or ("the demo has none" if settings.demo else "none")
    lines = [
        fact("Tenant", tenant_line(who), "strong"),
        fact("Signed in", f"{who_words(who)}, {how}"),
        fact("Application", safe(app, 120) or "not told"),
        fact("Valid until", until_words(workspace, now)),
        fact("Kept", "nowhere; the demo makes it itself" if inside else kept_words(identity.how)),
        fact("Profile", f"{profile}, {workspace.mode.value}, {safe(workspace.address.base_url, 200)}"),
        service_line(workspace.store.connection.service, workspace.store.details.service_apps, barred=barred),
    ]
    notices = () if inside else identity.sign_in.notices
    return [*lines, *(fact("Note", notice, "warn") for notice in notices)]


def in_order(access: Sequence[Access]) -> list[Access]:
    """What is not possible first; else in the order of the features."""
    return sorted(access, key=lambda each: _ORDER[each.standing])


def counts_words(access: Sequence[Access]) -> str:
    """How much of it is possible."""
    denied = sum(each.standing is Standing.DENIED for each in access)
    unknown = sum(each.standing is Standing.UNKNOWN for each in access)
    if not denied and not unknown:
        return f"all {len(access)} allowed, as far as the sign-in tells"
    parts = [f"{denied} of {len(access)} not possible"] if denied else []
    if unknown:
        parts.append(f"{unknown} not known")
    return ", ".join(parts)


def access_cells(each: Access) -> tuple[Cell, Cell]:
    """The cells of a feature."""
    tone = _TONES[each.standing]
    if each.standing is Standing.ALLOWED:
        words = "allowed; a role is needed too" if each.why else "allowed"
    elif each.why.startswith("Needs the") and each.why.endswith(f"permission {each.feature.least}."):
        words = f"lacks {each.feature.least.removeprefix('BackupRestore-').removesuffix('.All')}"
    else:
        words = each.why
    return Cell(f"{each.standing.value} {each.feature.words}", tone), Cell(words, tone)


def names_cells() -> tuple[Cell, Cell]:
    """The cells of the row about hidden names."""
    return Cell("x see names of mailboxes and accounts", "bad"), Cell("hidden from applications", "bad")


def about_access(each: Access) -> list[str]:
    """The lines about a feature: what is missing, exactly, and what to do."""
    verb = {Standing.ALLOWED: "May", Standing.DENIED: "May not", Standing.UNKNOWN: "Not known whether it may"}
    words = f"{verb[each.standing]} {each.feature.words}."
    one, *more = each.feature.permissions
    needs = f"Permission: {one}" + (f" (the least), or {', '.join(more)}." if more else ".")
    if not more and one in each.why:
        needs = ""
    role = each.feature.role
    role = f" A person also needs {role}." if role and role not in each.why else ""
    lines = [" ".join(filter(None, (words, each.why, each.hint))), f"{needs}{role}".strip()]
    return [line for line in lines if line]


def about_names(who: WhoAmI) -> list[str]:
    """The lines about hidden names."""
    return [names_note(who)]


def to_copy(workspace: Workspace) -> str:
    """Who, tenant and ids, as text; no token and nothing that one could sign in with."""
    who, how = workspace.who, workspace.identity.how
    facts = {
        "tenant": who.tenant,
        "tenantId": who.tenant_id,
        "user": who.user,
        "objectId": who.object_id,
        "applicationId": who.app_id or how.client_id,
        "signIn": how.flow,
        "profile": workspace.settings.profile,
        "service": workspace.address.base_url,
        "permissions": " ".join(sorted(who.scopes)),
    }
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value)
