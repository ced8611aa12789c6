"""Texts of `T`: who is signed in where, until when, where that is kept, and what it may do. Pure."""

from collections import Counter
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
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words
from backup_tui.workspace import Workspace

NAMES = "names"  # row that says that names are hidden; it is not a feature

_TONES = {Standing.ALLOWED: "good", Standing.DENIED: "bad", Standing.UNKNOWN: "warn"}
_ORDER = {Standing.DENIED: 0, Standing.UNKNOWN: 1, Standing.ALLOWED: 2}


def who_words(who: WhoAmI) -> str:
    """Name, address and kind of who is signed in."""
    kind = "kind unknown" if not who.told else "application" if who.app_only else "person"
    names = [part for part in (who.name, who.user_label) if part]
    return f"{', '.join(dict.fromkeys(names))} ({kind}"


def tenant_line(who: WhoAmI) -> str:
    """Domain and id of the tenant."""
    if who.tenant_id is None:
        return f"{who.tenant} (the sign-in does not name its tenant)" if not who.known else who.tenant
    return who.tenant if who.tenant == who.tenant_id else f"{who.tenant}, {who.tenant_id}"


def until_words(workspace: Workspace, now: datetime) -> str:
    """Until when the sign-in is valid."""
    ended = workspace.store.connection.signed_out_since
    zone, name = workspace.zone, workspace.settings.tz
    if ended is not None:
        again = "" if workspace.identity.how.flow == "token" else " Enter signs in again."
        return f"ended {clock_words(ended, zone, now)} {name}.{again}"
    expires = workspace.who.expires
    renewed = workspace.identity.how.flow != "token"
    if expires is None:
        return "not reported, renewed automatically" if renewed else "not reported; cannot be renewed from here"
    until = f"{clock_words(expires, zone, now)} {name}"
    return f"{until}, renewed automatically" if renewed else f"{until}; cannot be renewed from here"


def controller_words(apps: Sequence[ServiceApp]) -> str:
    """Who controls the backup, as far as the service reported."""
    active = [app for app in apps if (app.status or "").lower() == "active"]
    if not active:
        return ""
    return f"Controlled by {safe(active[0].label, 80)}."


def service_line(state: ServiceState, apps: Sequence[ServiceApp], *, barred: bool) -> Para:
    """State of the service in one line; `barred` when this sign-in may not read it."""
    if not state.known:
        return fact("Service", "not readable with this sign-in" if barred else "not read yet")
    words = state.words or f"{state.status.word}; restores and changes to protection are allowed."
    return fact("Service", " ".join(filter(None, (words, controller_words(apps)))), "bad" if state.locked else "")


def about_lines(workspace: Workspace, now: datetime) -> list[Para]:
    """Everything about the sign-in but what it may do."""
    who, settings, identity = workspace.who, workspace.settings, workspace.identity
    if not identity.known:
        return [Para("Nobody is signed in yet.", "strong", "  ")]
    barred = identity.barred(SERVICE) is not None
    inside = settings.demo and not settings.demo_sign_in
    how = "the demo's own sign-in" if inside else BRIEFLY[identity.how.flow]
    app = ", ".join(part for part in (who.app_name, who.app_id or identity.how.client_id) if part)
    profile = safe(settings.profile, 60) or ("the demo has none" if settings.demo else "none")
    lines = [
        fact("Tenant", tenant_line(who), "strong"),
        fact("Signed in", f"{who_words(who)}, {how})"),
        fact("Application", safe(app, 120) or "not reported"),
        fact("Valid until", until_words(workspace, now)),
        fact("Kept", "nowhere; the demo makes it" if inside else kept_words(identity.how)),
        fact("Profile", f"{profile}, {workspace.mode.value}, {safe(workspace.address.base_url, 200)}"),
        service_line(workspace.store.connection.service, workspace.store.details.service_apps, barred=barred),
    ]
    if settings.low_bandwidth:
        place = settings.settled["low_bandwidth"].origin.words if "low_bandwidth" in settings.settled else "set"
        what = "2 frames a second, half as many reads, no chart of the pace"
        lines.append(fact("Line", f"low bandwidth ({place}): {what}"))
    notices = () if inside else identity.sign_in.notices
    return [*lines, *(fact("Note", notice, "warn") for notice in notices)]


def in_order(access: Sequence[Access]) -> list[Access]:
    """What is not possible first; else in the order of the features."""
    return sorted(access, key=lambda each: _ORDER[each.standing])


def counts_words(access: Sequence[Access]) -> str:
    """`18 allowed, 1 unknown, 1 missing`."""
    counts = Counter(each.standing for each in access)
    words = {Standing.ALLOWED: "allowed", Standing.UNKNOWN: "unknown", Standing.DENIED: "missing"}
    return ", ".join(f"{counts[standing]} {word}" for standing, word in words.items() if counts[standing])


def access_cells(each: Access) -> tuple[Cell, Cell]:
    """The cells of a feature."""
    tone = _TONES[each.standing]
    if each.standing is Standing.ALLOWED:
        words = "allowed; needs a role too" if each.why else "allowed"
    elif each.why.startswith("Needs the") and each.why.endswith(f"permission {each.feature.least}."):
        words = f"needs {each.feature.least.removeprefix('BackupRestore-')}"
    elif each.why.startswith("Needs the role"):
        words = "role not visible" if each.standing is Standing.UNKNOWN else "needs a role"
    else:
        words = each.why
    mark = f"{each.standing.value} "
    name = Cell(mark + each.feature.words, parts=(Cell(mark, tone), Cell(each.feature.words)))
    return name, Cell(words, "" if each.standing is Standing.ALLOWED else tone)


def names_cells() -> tuple[Cell, Cell]:
    """The cells of the row about hidden names."""
    return Cell("✗ see names of mailboxes and accounts", "bad"), Cell("hidden from applications", "bad")


def about_access(each: Access) -> Sequence[Section | str]:
    """What is missing for a feature, exactly, and what to do."""
    standing = {Standing.ALLOWED: "allowed", Standing.DENIED: "missing", Standing.UNKNOWN: "unknown"}[each.standing]
    one, *more = each.feature.permissions
    needs = f"Permission: {one}" + (f" (least privileged), or {', '.join(more)}." if more else ".")
    if not more and one in each.why:
        needs = ""
    role = each.feature.role
    role = f" A person also needs {role}." if role and role not in each.why else ""
    elsewhere = "Everything else works without it." if each.standing is Standing.DENIED else ""
    lines = (" ".join(filter(None, (each.why, each.hint, elsewhere))), f"{needs}{role}".strip())
    return (Section(each.feature.words, right=Cell(standing, _TONES[each.standing])), *filter(None, lines))


def about_names(who: WhoAmI) -> Sequence[Section | str]:
    """The lines about hidden names."""
    return (Section("see names of mailboxes and accounts", right=Cell("missing", "bad")), names_note(who))


def to_copy(workspace: Workspace) -> str:
    """Who, tenant and ids, as text; no token and nothing to sign in with."""
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
