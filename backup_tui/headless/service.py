"""`backup-tui service`: what the backup service allows and until when, who controls it, who gets e-mail."""

import argparse

from backup_tui.headless.optional_reads import optional
from backup_tui.headless.output import Output, utc, when_and_who
from backup_tui.headless.reviews import carry_out_reviewed
from backup_tui.headless.service_apps import COLUMNS, app_row
from backup_tui.models.features import NOTIFICATIONS, SERVICE
from backup_tui.models.notifications import EmailNotificationsSetting, Recipients
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.service_state import state_of
from backup_tui.protection.notifications import NotifyChange
from backup_tui.protection.service_enable import EnableService
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace


async def show_service(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows the state of the service; parts that may not be read are reported on stderr."""
    root = await workspace.loader.load(fresh.SERVICE_ROOT)
    apps = await optional(out, "the controlling applications", SERVICE, workspace.loader.load(fresh.SERVICE_APPS))
    mails = await optional(out, "who gets e-mail", NOTIFICATIONS, workspace.loader.load(fresh.NOTIFICATIONS))
    if out.as_json:
        whole = root.raw()
        if apps is not None:
            whole["serviceApps"] = [app.raw() for app in apps]
        if mails is not None:
            whole["emailNotificationsSetting"] = mails.raw()
        out.data(whole)
        return 0
    out.fields(_fields(root, mails))
    if apps:
        out.line("")
        out.table(COLUMNS, [app_row(app) for app in apps])
    return 0


async def enable(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Turns the backup on for the tenant, after its review."""
    change = EnableService((args.owner or workspace.who.tenant_id or "").lower())
    root = await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context))
    out.one(root, _fields(root, None))
    return 0


async def notify(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Changes who gets e-mail about the backup, and about what, after its review."""
    change = NotifyChange(
        enabled=args.enabled,
        all_events={"all": True, "important": False, None: None}[args.about],
        recipients=Recipients.CUSTOM if args.address else _TO[args.to] if args.to else None,
        addresses=tuple(args.address or ()),
    )
    setting = await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context))
    out.one(setting, _mail_fields(setting))
    return 0


_TO = {
    "nobody": Recipients.NOBODY,
    "global-admins": Recipients.GLOBAL_ADMINS,
    "backup-admins": Recipients.BACKUP_ADMINS,
    "all-admins": Recipients.ALL_ADMINS,
}


def _mail_fields(mails: EmailNotificationsSetting) -> list[tuple[str, str]]:
    return [
        ("E-mail", {True: "on", False: "off", None: "not reported"}[mails.is_enabled]),
        ("E-mail to", ", ".join(mails.addresses) or mails.recipients_words),
        ("E-mail about", "important news, policies and restores" if mails.tells_all else "important news"),
    ]


def _fields(root: BackupRestoreRoot, mails: EmailNotificationsSetting | None) -> list[tuple[str, str]]:
    state, sent = state_of(root), root.service_status
    changed = sent.last_modified_date_time if sent is not None else None
    fields = [
        ("State", state.status.word),
        ("Reason", state.reason),
        ("Meaning", state.words),
        ("Restores allowed until", utc(state.restores_until) if state.restores_until else ""),
        ("Grace period until", utc(state.grace_until) if state.grace_until else ""),
        ("Controlled by", _consumer(sent.backup_service_consumer if sent is not None else None)),
        ("Changed", when_and_who(changed, sent.last_modified_by) if sent and changed else ""),
    ]
    if mails is not None:
        fields += _mail_fields(mails)
    return fields


def _consumer(value: str | None) -> str:
    known = {"firstparty": "Microsoft's admin center", "thirdparty": "a third-party application"}
    return known.get((value or "").lower(), value or "")
