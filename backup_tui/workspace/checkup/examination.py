"""All checks, in an order from causes to what follows from them; none is left out because one before it failed."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

from backup_tui.config import Settings
from backup_tui.config.sign_in import APP_FLOWS, PERSON_FLOWS
from backup_tui.errors import BackupTuiError, SignInError
from backup_tui.models.prompts import Prompt
from backup_tui.models.text import safe
from backup_tui.models.whoami import WhoAmI
from backup_tui.paths import state_dir
from backup_tui.workspace.checkup import machine, network
from backup_tui.workspace.checkup.findings import CheckupFinding, Result, failed, unchecked
from backup_tui.workspace.checkup.service import ServiceChecks
from backup_tui.workspace.demo import served_demo
from backup_tui.workspace.identity import Mode, consent_page
from backup_tui.workspace.workspace import Workspace

SOON = timedelta(minutes=5)  # a ready-made token that ends sooner is pointed out


async def examine(
    load: Callable[[], Settings], ask: Callable[[Prompt], None] | None
) -> AsyncGenerator[CheckupFinding, None]:
    """Looks at everything, and tells each finding as it comes."""
    settings: Settings | None = None
    try:
        settings = load()
        yield _settings(settings)
    except BackupTuiError as error:
        yield failed("settings", "Settings", error)
    if settings is None:
        for id, title in (("service", "Service"), ("token", "Sign-in"), ("journal", "Journal")):
            yield unchecked(id, title, "the settings could not be read")
        yield machine.state_folder(state_dir())
    else:
        with served_demo(settings) as served:
            async for finding in _with(served, ask):
                yield finding
    yield machine.terminal(os.environ)
    yield machine.versions()


async def _with(settings: Settings, ask: Callable[[Prompt], None] | None) -> AsyncIterator[CheckupFinding]:
    skew: timedelta | None = None
    for area, title, url in _places(settings):
        reached = await asyncio.to_thread(network.reach, area, title, url)
        for finding in reached.findings:
            yield finding
        skew = reached.skew if skew is None else skew
    if settings.demo:
        yield unchecked("service", "Service", "not used in the demo")
    yield network.clock_finding(skew)
    workspace: Workspace | None = None
    try:
        workspace = Workspace(settings)
        signed_in = await _sign_in(workspace, ask)
    except BackupTuiError as error:
        signed_in = failed("token", "Sign-in", error)
    yield signed_in
    notices: tuple[str, ...] = ()
    if workspace is None:
        yield unchecked("journal", "Journal", "it is kept per tenant, and nobody is signed in")
        yield unchecked("permissions", "Permissions", "nobody is signed in")
    else:
        signed_in = await _sign_in(workspace, ask)
        yield signed_in
        notices = () if settings.sign_in is None else workspace.identity.sign_in.notices
        if signed_in.result is not Result.FAILED:
            async for finding in _inside(workspace):
                yield finding
        else:
            yield unchecked("journal", "Journal", "it is kept per tenant, and nobody is signed in")
            yield unchecked("permissions", "Permissions", "nobody is signed in")
        await workspace.identity.aclose()
    if settings.demo and not settings.demo_sign_in:
        yield unchecked("cache", "Kept sign-in", "not used in the demo")
    else:
        yield machine.kept_sign_in(settings.sign_in, notices)
    yield machine.state_folder(settings.state_dir)


async def _inside(workspace: Workspace) -> AsyncIterator[CheckupFinding]:
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(workspace.opened())
        except BackupTuiError as error:
            yield failed("journal", "Journal", error)
            return
        yield _journal(workspace)
        access, page = workspace.identity.access, consent_page(workspace.settings)
        async for finding in ServiceChecks(workspace.reader, workspace.who, access, workspace.clock.now, page).all():
            yield finding


def _settings(settings: Settings) -> CheckupFinding:
    there = f"{settings.config_path}" if settings.config_exists else f"no file at {settings.config_path}"
    profile = f"profile {settings.profile}" if settings.profile else "no profile"
    facts = {
        "file": str(settings.config_path),
        "exists": settings.config_exists,
        "profile": settings.profile or None,
        "signIn": settings.sign_in.flow if settings.sign_in is not None else None,
        "cloud": settings.cloud.key,
    }
    return CheckupFinding("settings", "Settings", Result.OK, f"{there}, {profile}", facts=facts)


def _places(settings: Settings) -> list[tuple[str, str, str]]:
    if settings.demo:
        return []
    places = [("service", "Service", settings.graph_url)]
    sign_in = settings.sign_in
    if sign_in is not None and sign_in.flow in (*PERSON_FLOWS, *APP_FLOWS):
        url = f"{sign_in.authority}/{sign_in.tenant}/v2.0/.well-known/openid-configuration"
        places.append(("authority", "Authority", url))
    return places


async def _sign_in(workspace: Workspace, ask: Callable[[Prompt], None] | None) -> CheckupFinding:
    identity = workspace.identity
    try:
        if not identity.known:
            await identity.find()
    except SignInError as error:
        if ask is None or not error.needs_person or not identity.sign_in.interactive:
            return failed("token", "Sign-in", error)
        try:
            await identity.ask(ask)
        except BackupTuiError as refused:
            return failed("token", "Sign-in", refused)
    except BackupTuiError as error:
        return failed("token", "Sign-in", error)
    return _token(workspace, identity.who)


def _token(workspace: Workspace, who: WhoAmI) -> CheckupFinding:
    say = partial(CheckupFinding, "token", "Sign-in")
    now, end = workspace.clock.now(), who.expires
    facts = {
        "user": who.user or None,
        "kind": None if not who.told else "application" if who.app_only else "person",
        "tenant": who.tenant,
        "tenantId": who.tenant_id,
        "permissions": sorted(who.scopes),
        "expires": end,
        "mode": workspace.mode.value,
    }
    until = f", until {end:%Y-%m-%d %H:%M} UTC" if end is not None else ""
    words = safe(f"{who.user_label} of {who.tenant}{until}")
    if workspace.read_only and not workspace.settings.read_only and workspace.mode is Mode.READ_ONLY:
        hint = "Sign in to the tenant that the profile names, or correct tenant there."
        return say(Result.WARNING, f"{words}. {workspace.read_only}", hint, facts)
    given = workspace.settings.token is not None
    if given and end is not None and end <= now:
        hint = "Start again with a fresh BACKUP_TUI_ACCESS_TOKEN."
        return CheckupFinding(
            "token", "Sign-in", Result.FAILED, f"{words}: expired", hint, facts, SignInError.exit_code
        )
    if given and end is not None and end - now < SOON:
        return CheckupFinding("token", "Sign-in", Result.WARNING, f"{words}: expires soon", "Get a fresh one.", facts)
    return CheckupFinding("token", "Sign-in", Result.OK, words, facts=facts)


def _journal(workspace: Workspace) -> CheckupFinding:
    say = partial(CheckupFinding, "journal", "Journal")
    place = None if workspace.state_folder is None else str(workspace.state_folder / "journal.sqlite3")
    facts: dict[str, object] = {"path": place, "unknown": workspace.store.connection.unknown_open}
    if workspace.journal_refusal:
        words = f"it cannot be written, so nothing can be changed: {workspace.journal_refusal}"
        hint = " ".join(workspace.notices)
        return say(Result.FAILED, words, hint, facts)
    if workspace.notices:
        return say(Result.WARNING, " ".join(workspace.notices), "", facts)
    unknown = workspace.store.connection.unknown_open
    if unknown:
        have = "change has" if unknown == 1 else "changes have"
        hint = "See: backup-tui journal list"
        return CheckupFinding(
            "journal", "Journal", Result.WARNING, f"{unknown:,} {have} an unknown outcome", hint, facts
        )
    return CheckupFinding("journal", "Journal", Result.OK, "it can be written; no change is open", facts=facts)
