"""`backup-tui login`, `logout` and `whoami`."""

import argparse
from collections.abc import Callable

from backup_tui.config import Settings
from backup_tui.headless.asking import ask, sign_in_first
from backup_tui.headless.output import Output, utc
from backup_tui.models.features import FEATURES
from backup_tui.models.whoami import WhoAmI
from backup_tui.workspace import Workspace, served_demo
from backup_tui.workspace.identity import consent_page


async def login(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Signs in, keeps the sign-in as `token_cache` says, and prints who signed in and where it is kept."""
    settings = load()
    if args.admin_consent:
        return _admin_consent(settings, out)
    with served_demo(settings) as served:
        return await _log_in(Workspace(served), out)


async def _log_in(workspace: Workspace, out: Output) -> int:
    try:
        if workspace.settings.token is None and workspace.identity.sign_in.interactive:
            await ask(workspace)
        else:
            await sign_in_first(workspace, out)
        who = workspace.identity.who
        kept = await _kept(workspace)
        out.narrate(*workspace.identity.sign_in.notices)
        if workspace.read_only and not workspace.settings.read_only:
            out.narrate(workspace.read_only)
        if out.as_json:
            out.narrate(kept)
            out.data(_object(workspace))
        else:
            out.line(f"Signed in as {who.user_label} of {who.tenant}.")
            out.narrate(kept)
        return 0
    finally:
        await workspace.identity.aclose()


async def logout(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Removes what `login` kept."""
    workspace = Workspace(load())
    try:
        removed = await workspace.identity.forget()
    finally:
        await workspace.identity.aclose()
    if out.as_json:
        out.data({"removed": removed})
    else:
        out.line("The kept sign-in was removed from this machine." if removed else "No sign-in was kept.")
    if removed:
        out.narrate("Tokens issued before expire within about an hour.")
    return 0


async def whoami(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Prints who is signed in."""
    with served_demo(load()) as settings:
        workspace = Workspace(settings)
        try:
            await sign_in_first(workspace, out)
            out.narrate(*workspace.identity.sign_in.notices)
        finally:
            await workspace.identity.aclose()
    if out.as_json:
        out.data(_object(workspace))
    else:
        out.fields(_fields(workspace))
    return 0


async def _kept(workspace: Workspace) -> str:
    """Where the sign-in is kept, as a sentence; this is checked there."""
    sign_in = workspace.settings.sign_in
    if workspace.settings.token is not None or sign_in is None:
        return "Nothing is kept: the token was given ready-made."
    if not workspace.identity.sign_in.interactive:
        return f"Nothing is kept: {sign_in.flow} signs in automatically each time."
    if sign_in.cache == "memory":
        return (
            "The sign-in is not kept: token_cache is memory, so it ends with this command. To keep it, set token_cache "
            "to file or os in the profile, or BACKUP_TUI_TOKEN_CACHE."
        )
    if not await workspace.identity.is_kept():
        return "The sign-in could not be kept, so it ends with this command."
    where = f"in {sign_in.cache_folder}" if sign_in.cache == "file" else "in this machine's key store"
    return f"The sign-in is kept {where}; backup-tui logout removes it."


def _admin_consent(settings: Settings, out: Output) -> int:
    """Prints the address at which an administrator grants the application the permissions of its registration."""
    sign_in = settings.need_sign_in()
    page = consent_page(settings)
    kind = "Application" if sign_in.flow not in ("device-code", "browser") else "Delegated"
    out.narrate(
        f"{kind} permissions of Microsoft Graph that the app registration {sign_in.client_id} needs under "
        "'API permissions', by what you use it for:",
    )
    rows = [(feature.least, feature.words) for feature in FEATURES if kind == "Delegated" or feature.application]
    out.narrated_table(("PERMISSION", "USE"), rows)
    out.narrate("An administrator consents to them at this address:")
    if out.as_json:
        permissions = sorted({permission for permission, _ in rows})
        out.data({"url": page, "clientId": sign_in.client_id, "kind": kind.lower(), "permissions": permissions})
    else:
        out.line(page)
    return 0


def _kind(who: WhoAmI) -> str:
    if not who.told:
        return "unknown"
    return "application" if who.app_only else "person"


def _fields(workspace: Workspace) -> list[tuple[str, str]]:
    who, settings = workspace.identity.who, workspace.settings
    application = " ".join(part for part in (who.app_name, who.app_id or "") if part)
    return [
        ("User", f"{who.name} <{who.user}>" if who.name and who.user else who.user_label),
        ("Kind", _kind(who)),
        ("Tenant", f"{who.tenant} ({who.tenant_id})" if who.tenant_id not in (None, who.tenant) else who.tenant),
        ("Application", application),
        ("Permissions", ", ".join(sorted(who.scopes)) or "not reported"),
        ("Until", utc(who.expires)),
        ("Signed in", workspace.identity.sign_in.flow),
        ("Profile", settings.profile or "none"),
        ("Service", workspace.address.base_url),
        ("Mode", workspace.mode.value),
        ("Why", workspace.read_only or ""),
    ]


def _object(workspace: Workspace) -> dict[str, object]:
    who, settings = workspace.identity.who, workspace.settings
    return {
        "user": who.user or None,
        "name": who.name or None,
        "objectId": who.object_id,
        "kind": None if not who.told else _kind(who),
        "tenant": who.tenant,
        "tenantId": who.tenant_id,
        "appId": who.app_id,
        "appName": who.app_name or None,
        "permissions": sorted(who.scopes),
        "expires": who.expires,
        "signIn": workspace.identity.sign_in.flow,
        "profile": settings.profile or None,
        "service": workspace.address.base_url,
        "mode": workspace.mode.value,
        "readOnly": workspace.read_only,
    }
