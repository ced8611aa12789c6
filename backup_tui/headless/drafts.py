"""`backup-tui sessions draft` and `edit`: drafts from lists of names. Neither restores anything."""

import argparse
from collections.abc import Mapping, Sequence

from backup_tui.changes.change import carry_out
from backup_tui.errors import BackupTuiError, NamesUnresolved, OutcomeUnknown, StateConflict, UsageError
from backup_tui.headless.command import PARTLY
from backup_tui.headless.lists import check_unresolved, read_list, read_units
from backup_tui.headless.output import Output, utc
from backup_tui.headless.points import points_of_list, points_of_names, read_names, told_progress, usable_points
from backup_tui.headless.sessions import session_object
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import are, counted, safe
from backup_tui.restore.drafts.asked import Asked, recent_create
from backup_tui.restore.drafts.base_members import UpdateBase, read_members, unchanged
from backup_tui.restore.drafts.create import plan_mark
from backup_tui.restore.drafts.drafts import create_draft, edit_draft
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult, refuse_items, service_of
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.drafts.taking_up import TakenUp, take_up
from backup_tui.restore.names.names import UnitList, normalise
from backup_tui.restore.names.resolve import refuse_hidden_names
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.restore.names.unit_names import reviewed_units
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.review.review import read_draft
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import ArtifactRow
from backup_tui.workspace import Workspace

DESTINATIONS = {"new": Destination.NEW, "in-place": Destination.IN_PLACE}  # the words of `--to`


async def draft_session(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Creates one draft of the units of a list. Prints only its id, with `--json` the draft itself."""
    service = Service(args.service)
    names = await read_names(workspace, args, out, source=args.units, option="--units", service=service, drafting=True)
    asked = _asked(args, names)
    taken = await take_up(workspace.context, asked, told_progress(out))
    if taken is not None:
        return await _tell_taken(workspace, out, taken)
    matched, table = await points_of_names(workspace, args, out, names, service=service)
    rows, missing = usable_points(workspace, matched, table, out, skip_unresolved=args.skip_unresolved)
    plan = DraftPlan(service, DESTINATIONS[args.to], rows, missing=missing)
    mark = plan_mark(plan, workspace.context.limits)
    if not asked.key and (equal := await recent_create(workspace.context, asked, mark)) is not None:
        made = safe(equal.session_id or "")
        out.narrate(
            f"! An identical draft was created from here at {utc(equal.at)}: {made} (entry {equal.id}). "
            "This command creates another one.",
            f"  To use that one: backup-tui sessions show {made}. "
            "With --key NAME, a second run reports the draft of the first one.",
        )
    result = await create_draft(workspace.context, plan, told_progress(out), asked)
    what = f"{service.counted(len(result.in_it))}, {plan.destination.word}"
    return await _tell(workspace, out, result, missing, what, matched.sums)


async def rehearse_session(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Creates a draft of the same units and points as a session, to a new location."""
    context = workspace.context
    asked = Asked.of(("rehearse", args.id), args.key)
    if (taken := await take_up(context, asked, told_progress(out))) is not None:
        return await _tell_taken(workspace, out, taken)
    session, artifacts = await read_draft(context, args.id)
    refuse_items(artifacts, "restored again")
    service = service_of(session)
    record = await kept_record(context.journal, args.id)
    units = await reviewed_units(context, service, artifacts, record, args.id)
    rows = tuple(
        UnitPoint(unit.unit_id, unit.name, service, unit.time, unit.point_id, unit.time, unit.expires, unit.express)
        for unit in units
        if unit.unit_id is not None and unit.time is not None
    )
    missing = tuple(unit.name for unit in units if unit.unit_id is None or unit.time is None)
    check_unresolved(missing, len(units), "are not named by the service", skip=args.skip_unresolved)
    plan = DraftPlan(service, Destination.NEW, rows, missing=missing)
    result = await create_draft(context, plan, told_progress(out), asked)
    return await _tell(workspace, out, result, missing, f"{service.counted(len(result.in_it))}, new", {})


def _asked(args: argparse.Namespace, names: UnitList) -> Asked:
    """What was requested, as typed: the same words mean the same draft, at any time."""
    listed = sorted({normalise(name.text) for name in names.lines})
    words = (args.service, args.to, " ".join(args.before.split()), args.prefer, args.express_within, args.max_gap)
    return Asked.of(("draft", *words, listed), args.key)


async def _tell_taken(workspace: Workspace, out: Output, taken: TakenUp) -> int:
    """Reports what an earlier run of the same command created."""
    plan, result = taken.plan, taken.result
    when = f"at {utc(taken.intent.at)} (entry {taken.intent.id} of the journal)"
    out.narrate(f"The same draft was requested {when}. No second draft is created.")
    what = f"{plan.service.counted(len(result.in_it))}, {plan.destination.word}"
    return await _tell(workspace, out, result, plan.missing, what, {}, status=taken.status)


async def edit_session(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Adds the units of one list to a draft and removes those of another, in one step."""
    if args.base is not None:
        return await update_base(workspace, args, out)
    if not args.add and not args.remove:
        raise _refused("No change was requested.", "--add", "Give --add FILE --before TIME, or --remove FILE.")
    if bool(args.add) != bool(args.before):
        raise _refused("--add and --before go together.", "--add", "Give --add FILE --before TIME.")
    if args.add == "-" and args.remove == "-":
        raise _refused("stdin can be read only once.", "--remove", "Put one of the lists into a file.")
    session = await workspace.loader.load(fresh.session_of(args.id))
    status = session_status(session.status)
    if not status.allows(Action.EDIT) or session.service is None:
        raise StateConflict.unsent(
            f"Session {safe(args.id)} is {status.word}; only a draft can be changed.",
            "RestoreSessionActionNotAllowed",
            f"See: backup-tui sessions show {safe(args.id)}",
            certainty="Nothing was changed.",
            status=403,
        )
    service = session.service
    removed: tuple[str, ...] = ()
    if args.remove:
        names = await read_list(args.remove, "--remove", out)
        removed = await _artifacts_of(workspace, args.id, service, names, out)
    rows: tuple[UnitPoint, ...] = ()
    missing: tuple[str, ...] = ()
    sums: Mapping[str, int] = {}
    if args.add:
        matched, table = await points_of_list(
            workspace, args, out, source=args.add, option="--add", service=service, drafting=True
        )
        rows, missing = usable_points(workspace, matched, table, out, skip_unresolved=args.skip_unresolved)
        sums = matched.sums
    result = await edit_draft(
        workspace.context,
        args.id,
        add=rows,
        remove=removed,
        destination=DESTINATIONS[args.to] if args.to else None,
        on_progress=told_progress(out),
    )
    return await _tell(workspace, out, result, missing, service.counted(len(result.in_it)), sums)


async def _artifacts_of(
    workspace: Workspace, session_id: str, service: Service, names: UnitList, out: Output
) -> tuple[str, ...]:
    """Ids of the artifacts of a draft that the names of a list match.

    A name is an id of the artifact, of its restore point or of its unit, or any name of its unit. Raises
    `NamesUnresolved`: a name matches nothing in this draft; nothing is removed."""
    await workspace.load_artifacts(session_id)
    in_draft = workspace.store.artifacts(session_id)
    by_name = _by_any_name(in_draft)
    index: UnitIndex | None = None
    found: dict[str, None] = {}
    lacking: list[str] = []
    several: list[str] = []
    unnamed = sum(1 for row in in_draft.values() if row.unit_id is None)
    for name in names.lines:
        doubtful = False
        ids = by_name.get(name.text.casefold()) or by_name.get(normalise(name.text), [])
        if not ids:
            if index is None:
                refuse_hidden_names(names, service, app_only=workspace.who.app_only)
                await read_units(workspace, service, out)
                index = UnitIndex(workspace.store.units[service].values())
            units, _ = index.matches(name)
            ids = [row.id for row in in_draft.values() if row.unit_id in units]
            doubtful = len(units) > 1 and unnamed > 0  # the other one may be among the rows without a name
        if len(ids) > 1 or (ids and doubtful):
            several.append(name.text)
            out.narrate(f"Line {name.line}: {name.text}: several units of this draft match")
            out.narrate(*(f"    {safe(one)}  {in_draft[one].name}" for one in ids))
        elif ids:
            found[ids[0]] = None
        else:
            lacking.append(name.text)
    if several:
        raise NamesUnresolved(
            f"{len(several):,} of {counted(len(names.lines), 'name')} to remove "
            f"{'matches' if len(several) == 1 else 'match'} several units of this draft: {_few(several)}.",
            names=[*several, *lacking],
            certainty="Nothing was changed.",
            hint="Give an address, or one of the ids above.",
        )
    if lacking:
        raise NamesUnresolved(
            f"{len(lacking):,} of {counted(len(names.lines), 'name')} to remove {are(len(lacking))} not in this draft: "
            f"{_few(lacking)}.",
            names=lacking,
            certainty="Nothing was changed.",
            hint=f"The service does not report the units of {unnamed:,} of its rows; give their ids (sessions show)."
            if unnamed
            else f"See its units: backup-tui sessions show {safe(session_id)}",
        )
    return tuple(found)


def _refused(message: str, option: str, hint: str) -> UsageError:
    return UsageError.unsent(message, option, hint=hint)


def _few(names: Sequence[str]) -> str:
    return f"{', '.join(names[:3])}{' ...' if len(names) > 3 else ''}"


def _by_any_name(rows: Mapping[str, ArtifactRow]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for row in rows.values():
        keys = {row.id.casefold(), row.point_id.casefold(), (row.unit_id or "").casefold()}
        if row.unit_name:
            keys.add(normalise(row.unit_name))
        for key in keys - {""}:
            named.setdefault(key, []).append(row.id)
    return named


async def _tell(
    workspace: Workspace,
    out: Output,
    result: DraftResult,
    missing: Sequence[str],
    what: str,
    sums: Mapping[str, int],
    *,
    status: str = "draft",
) -> int:
    shown = safe(result.session_id)
    out.narrate(
        f"Draft {shown} holds {what}. Nothing starts before its review."
        if status == "draft"
        else f"Session {shown} holds {what}. It is no longer a draft ({status})."
    )
    if missing:
        out.narrate(f"NOT in it: {counted(len(missing), 'name')} of the list: {', '.join(missing)}")
    for refusal in result.refusals:
        out.narrate(f"Refused: {refusal.name}: {': '.join(part for part in (refusal.code, refusal.message) if part)}")
    if result.unread:
        entries = counted(result.unread, "entry", "entries")
        out.narrate(f"! {entries} of the service's answer could not be read; the list in the draft was read instead.")
    if result.not_in_it:
        out.narrate(
            f"NOT in it: {counted(len(result.not_in_it), 'unit')}", *(f"  {row.name}" for row in result.not_in_it)
        )
    if result.not_removed:
        out.narrate(f"Still in it: {counted(len(result.not_removed), 'unit')} that could not be removed.")
    if result.error is not None:
        out.narrate(*(part for part in (result.error.message, result.error.certainty) if part))
    if not result.complete:
        out.narrate(f"The draft is kept. Complete it with the same list: backup-tui sessions edit {shown} --add FILE")
    if out.as_json:
        out.data(await _draft_object(workspace, out, result, missing) | ({"names": sums} if sums else {}))
    else:
        out.line(result.session_id)
    if result.complete:
        return 0
    return OutcomeUnknown.exit_code if isinstance(result.error, OutcomeUnknown) else PARTLY


async def _draft_object(
    workspace: Workspace, out: Output, result: DraftResult, missing: Sequence[str]
) -> dict[str, object]:
    told: dict[str, object] = {"id": result.session_id}
    try:
        session = await workspace.loader.load(fresh.session_of(result.session_id))
        told = session_object(session, await workspace.load_artifacts(result.session_id))
    except BackupTuiError as error:
        # The draft is there whether it can be read again or not, so its id must reach the script.
        out.narrate(f"The draft could not be read again: {error.message}")
    told["unresolved"] = list(missing)
    told["notInDraft"] = [{"unitId": row.unit_id, "name": row.name} for row in result.not_in_it]
    return told


async def update_base(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Sends one update of the base path; prints only its id, with `--json` the session as answered."""
    if args.add or args.remove:
        raise UsageError.unsent(
            "--base cannot be combined with --add or --remove.",
            "--base",
            hint="Change the units in one command and the session itself in another.",
        )
    changes = read_members(args.base, "--base")
    session = await carry_out(workspace.context, UpdateBase(args.id, changes), None)
    out.narrate(f"The service accepted the update; the session is {session_status(session.status).word}.")
    if kept := unchanged(session, changes):
        # The service takes its read-only members and keeps its own values, so a 200 alone proves nothing.
        out.narrate(f"Not as sent: {', '.join(kept)}. The service sets these itself.")
    if out.as_json:
        out.data(session.raw())
    else:
        out.line(safe(session.id))
    return 0
