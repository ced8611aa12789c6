"""`backup-tui plan again` and `sessions again`: what has failed so far, by cause, and drafts that restore it again."""

import argparse
from collections.abc import Iterator

from backup_tui.errors import UsageError
from backup_tui.headless.formats import Rows
from backup_tui.headless.output import Output
from backup_tui.headless.plan_status import plan_named
from backup_tui.headless.points import told_progress
from backup_tui.models.text import counted, safe
from backup_tui.models.times import iso
from backup_tui.plans.again import AgainGroup, AgainLook, AgainUnit
from backup_tui.plans.again_drafts import draft_again, keep_restores, plan_of_restores
from backup_tui.plans.again_look import look_again
from backup_tui.workspace import Workspace

HEADER = ("CAUSE", "CODE", "UNITS", "FAILED", "DRAFT", "WHAT TO DO")

SHOWN_NAMES = 3  # so many names of a cause are printed; all of them are in `--json`


async def plan_again(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints what of a plan has failed so far; with `--draft`, drafts what is ready."""
    record = await plan_named(workspace, args.plan)
    look = await look_again(workspace.context, record, args.cause, told_progress(out))
    return await _end(workspace, args, out, look)


async def sessions_again(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """The same for restores outside a plan, which become one once something of them is drafted."""
    restores = await plan_of_restores(workspace.context, args.ids)
    look = await look_again(workspace.context, restores.record, args.cause, told_progress(out), restores.units)
    if args.draft and look.ready:
        await keep_restores(workspace.context, restores)
    return await _end(workspace, args, out, look)


async def _end(workspace: Workspace, args: argparse.Namespace, out: Output, look: AgainLook) -> int:
    if not args.draft:
        if look.ready and not out.as_json:
            out.narrate("Nothing was drafted. To create the drafts, give --draft.")
        return _print(out, look, ())
    before = set(look.record.sessions.values())
    try:
        record = await draft_again(workspace.context, look, told_progress(out))
    except UsageError as error:
        if look.ready:
            raise
        _print(out, look, ())
        raise UsageError.unsent(error.message, "--draft", hint=_way_on(look)) from error
    made = tuple(session_id for session_id in record.sessions.values() if session_id not in before)
    units = sum(part.units for part in record.parts if record.sessions.get(part.number) in made)
    out.narrate(
        f"{counted(units, 'unit')} drafted in {counted(len(made), 'session')}: {', '.join(made)}.",
        f"Nothing starts before its review: backup-tui plan run {record.plan.name}",
    )
    return _print(out, look, made)


def _way_on(look: AgainLook) -> str:
    first = [group.code for group in look.groups if group.needs and not group.taken]
    return f"Once its cause is removed, name it: --cause {first[0]}" if first else ""


def _print(out: Output, look: AgainLook, drafts: tuple[str, ...]) -> int:
    if out.as_json:
        out.data(_object(look, drafts))
    else:
        out.text("".join(f"{safe(line, len(line))}\n" for line in again_lines(look, out.style.format)))
    return 0


def again_lines(look: AgainLook, form: str = "table") -> Iterator[str]:
    """What has failed so far as text: the sum first, then a line for each cause, then who and why not."""
    yield f"Plan {look.record.plan.name}: {sums_words(look)}"
    if not look.groups:
        return
    yield ""
    yield from Rows(HEADER, [_row(group) for group in look.groups]).lines(form)
    for group in look.groups:
        yield ""
        yield f"{group.cause.cause} ({group.code}): {_names(group)}"
        yield from (f"  {message}" for message in group.messages)
        yield from (f"  {count:,} not drafted: {reason}" for reason, count in group.reasons.items())
        if not group.taken:
            yield f"  not drafted: {group.needs or 'another cause was named'}; then --cause {group.code}"


def sums_words(look: AgainLook) -> str:
    """`9 failed, 612 restored, 379 under way (3 of them again)`."""
    again = f" ({look.retried:,} of them again)" if look.retried else ""
    parts = [f"{look.failed:,} failed", f"{look.restored:,} restored", f"{look.live:,} under way{again}"]
    if look.untried:
        parts.append(f"{look.untried:,} in no session")
    if look.nameless:
        parts.append(f"{look.nameless:,} failed that nobody can name")
    return ", ".join(parts)


def _row(group: AgainGroup) -> tuple[str, ...]:
    where = f"{group.service.names.units}, {group.destination.word}"
    ready = f"{len(group.ready):,}"
    return (group.cause.cause, group.code, where, f"{len(group.units):,}", ready, group.to_do)


def _names(group: AgainGroup) -> str:
    names = ", ".join(one.unit.name for one in group.units[:SHOWN_NAMES])
    more = len(group.units) - SHOWN_NAMES
    return f"{names} and {more:,} more" if more > 0 else names


def _object(look: AgainLook, drafts: tuple[str, ...]) -> dict[str, object]:
    return {
        "plan": look.record.plan.name,
        "failed": look.failed,
        "restored": look.restored,
        "underWay": look.live,
        "again": look.retried,
        "inNoSession": look.untried,
        "nameless": look.nameless,
        "causes": [_group_object(group) for group in look.groups],
        "drafts": list(drafts),
    }


def _group_object(group: AgainGroup) -> dict[str, object]:
    return {
        "code": group.code,
        "cause": group.cause.cause,
        "remedy": group.cause.remedy.value,
        "toDo": group.to_do,
        "needsFirst": group.needs or None,
        "service": group.service.value,
        "destinationType": group.destination.value,
        "failed": len(group.units),
        "drafted": len(group.ready),
        "otherSession": group.other or None,
        "messages": list(group.messages),
        "units": [_unit_object(one, group) for one in group.units],
    }


def _unit_object(one: AgainUnit, group: AgainGroup) -> dict[str, object]:
    unit = one.unit
    return {
        "unitId": unit.unit_id,
        "name": unit.name,
        "session": one.session_id,
        "wave": one.wave + 1,
        "destinationType": one.destination.value,
        "restorePoint": unit.point_id,
        "protectionDateTime": iso(unit.time) if unit.time is not None else None,
        "taken": group.taken and not one.why_not,
        "whyNot": one.why_not or None,
    }
