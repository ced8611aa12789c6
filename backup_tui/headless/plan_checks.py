"""`backup-tui plan check` and `plan diff`: what a plan would do as everything is now, and how that differs from its
drafts. Both only read."""

import argparse
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from backup_tui.headless.formats import Rows
from backup_tui.headless.lists import read_units
from backup_tui.headless.output import Output, utc
from backup_tui.headless.points import told_progress
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe, short_id
from backup_tui.models.times import span_words
from backup_tui.plans.checking import PlanCheck, check_plan
from backup_tui.plans.difference import ADDED, CHANGED, REMOVED, PlanDifference, read_difference
from backup_tui.plans.document import PlanDocument, read_plan
from backup_tui.plans.expected import Expected
from backup_tui.plans.rows import ScopeProblem
from backup_tui.plans.scope import leftovers_csv
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.report import save_report
from backup_tui.workspace import Workspace

DIFFERS = 6  # exit code of a plan that is not as its drafts are


async def check(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints what a plan would do, and saves its names to fix where that was requested."""
    found = await checked(workspace, read_plan(Path(args.file), workspace.context.limits), out)
    if args.leftovers is not None:
        without = found.points.without
        save_report(Path(args.leftovers), leftovers_csv(found.scope, without, found.document.plan.waves))
        lines = len(found.scope.problems) + len(without)
        out.narrate(f"{counted(lines, 'name')} to fix or without a point saved: {args.leftovers}")
    if out.as_json:
        out.data(check_object(found))
    else:
        out.text("".join(f"{safe(line, len(line))}\n" for line in check_lines(found, out.bar, out.style.format)))
    return found.exit_code


async def diff(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints how a plan differs from the drafts that were made for it."""
    found = await checked(workspace, read_plan(Path(args.file), workspace.context.limits), out)
    difference = await read_difference(workspace.context, found)
    out.narrate(*(f"{check.mark.value} {check.text}" for check in found.blocking))
    if out.as_json:
        out.data(difference_object(found, difference))
    else:
        out.text(
            "".join(f"{safe(line, len(line))}\n" for line in difference_lines(found, difference, out.style.format))
        )
    return DIFFERS if difference.differs else 0


async def checked(workspace: Workspace, document: PlanDocument, out: Output) -> PlanCheck:
    """Checks a plan, and tells the person how far it is. Raises `BackupTuiError`: as `check_plan` raises it."""

    async def load(service: Service) -> None:
        out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
        await read_units(workspace, service, out)

    return await check_plan(workspace.context, load, document, told_progress(out))


# -- the difference ----------------------------------------------------------------------------------------------------


def difference_lines(check: PlanCheck, found: PlanDifference, form: str = "table") -> Iterator[str]:
    """How a plan differs from its drafts: what else differs first, then unit by unit."""
    plan = check.document.plan.name
    if not found.differs:
        yield f"Plan {plan} is as its drafts are: {found.words}."
        return
    yield f"Plan {plan} differs from its drafts: {found.words}."
    yield from (f"  plan: {line}" for line in found.settings)
    yield from (f"  {line}" for line in found.drafts)
    if not found.rows:
        return
    header = ("", "UNIT", "WAVE", "SESSION", "WHAT")
    rows = [
        (
            row.sign,
            row.name,
            row.wave,
            short_id(row.session_id),
            f"{row.what} (its session has started: nothing can be changed in it)" if row.started else row.what,
        )
        for row in found.rows
    ]
    yield from Rows(header, rows).lines(form)


def difference_object(check: PlanCheck, found: PlanDifference) -> dict[str, object]:
    """The same as JSON."""
    return {
        "plan": check.document.plan.name,
        "differs": found.differs,
        "added": found.count(ADDED),
        "removed": found.count(REMOVED),
        "changed": found.count(CHANGED),
        "same": found.same,
        "units": [
            {
                "sign": row.sign,
                "unitId": row.unit_id,
                "name": row.name,
                "wave": row.wave,
                "sessionId": row.session_id or None,
                "started": row.started,
                "what": row.what,
            }
            for row in found.rows
        ],
        "settings": list(found.settings),
        "drafts": list(found.drafts),
    }


BAR = 25  # length of the longest bar, in characters

MOST_NAMED = 20
"""So many names of a kind are printed with what is wrong; all of them are in `--json`, and those to fix in the
leftovers."""

_SUMS = (("toFix", "to fix"), ("twice", "twice"), ("leftOut", "left out"))
_SPANS = ("within10Minutes", "withinHour", "withinDay", "earlier", "none")
_RESULTS = {
    CheckResult.BLOCKING: "blocking",
    CheckResult.WARNING: "warning",
    CheckResult.UNKNOWN: "unknown",
    CheckResult.OK: "ok",
}


def check_lines(found: PlanCheck, bar: str, form: str = "table") -> Iterator[str]:
    """A check as text: the verdict first, then names, points, waves, checks, and what the plan does. `bar`: the
    character that bars are made of; none where it is empty. `form`: `lines` for tables whose rows are sentences."""
    yield f"Plan {found.document.plan.name}, {found.document.path.name}: {found.verdict}"
    yield f"Read-only: {counted(found.requests.made, 'request')}, {span_words(found.took)}."
    yield from _names(found, bar)
    yield from _mails(found, form) if found.document.plan.mail is not None else _points(found, bar)
    yield from _waves(found, form)
    yield ""
    yield "Checks"
    yield from (f"  {check.mark.value} {check.text}" for check in found.checks)
    if found.sentences:
        yield ""
        yield "What it does"
        yield from (f"  {one}" for one in found.sentences)
    yield ""
    yield "What it asks of the service"
    yield f"  {_requests(found)}"
    yield from (f"  {offer}" for offer in found.offers)


def _names(found: PlanCheck, bar: str) -> Iterator[str]:
    scope, sums = found.scope, found.scope.sums
    yield ""
    yield f"Names {sums['names']:,}, every line accounted for"
    yield f"  {_bar(sums['found'], sums['names'], bar)} {sums['found']:>7,} found"
    if rest := [f"{sums[key]:,} {word}" for key, word in _SUMS if sums[key]]:
        yield f"  {'   '.join(rest)}"
    for problem in scope.problems[:MOST_NAMED]:
        yield f"  {_line(problem)}{problem.problem.written.text}: {problem.words}"
    if (more := len(scope.problems) - MOST_NAMED) > 0:
        yield f"  and {more:,} more; --leftovers FILE saves all of them"
    yield from (f"  {remark}" for remark in scope.remarks)


def _line(problem: ScopeProblem) -> str:
    number = problem.problem.written.line
    return f"line {number}: " if number else ""


def _points(found: PlanCheck, bar: str) -> Iterator[str]:
    points = found.points
    if not points.moments:
        return
    yield ""
    yield f"Points before {'; '.join(_moments(found))}"
    if found.document.plan.bulk:
        yield "  the service takes its own for each name, after the start"
    else:
        distribution = points.distribution()
        most = max(distribution.values())
        for label, count in distribution.items():
            if count:
                yield f"  {label:<14} {_bar(count, most, bar)} {count:>7,}"
    yield from (f"  {unit.name}: {_reason(unit)}" for unit in points.without[:MOST_NAMED])
    if (more := len(points.without) - MOST_NAMED) > 0:
        yield f"  and {more:,} more without a point"


def _mails(found: PlanCheck, form: str) -> Iterator[str]:
    """Each mailbox with its number of mails and its own point; those without any, with the reason."""
    points = found.points
    yield ""
    yield f"Mails before {'; '.join(_moments(found))}"
    if points.units:
        rows = [
            (unit.point.name, "some" if unit.point.mails is None else f"{unit.point.mails:,}", utc(unit.point.time))
            for unit in points.units
        ]
        yield from (f"  {line}" for line in Rows(("MAILBOX", "MAILS", "LAST POINT WITH THEM"), rows).lines(form))
    yield from (f"  {unit.name}: {_reason(unit)}" for unit in points.without)


def _reason(unit: UnitPoint) -> str:
    return unit.refused or "no point at or before its time"


def _moments(found: PlanCheck) -> Iterator[str]:
    """The times of the plan; their number where they are many."""
    moments = list(found.points.moments.values())
    if len(moments) > 3:
        yield f"{len(moments):,} different times"
        return
    for moment in moments:
        yield f"{moment.both(found.at)}, the newest of each" if moment.latest else moment.both(found.at)


def _waves(found: PlanCheck, form: str) -> Iterator[str]:
    if not found.waves:
        return
    yield ""
    rows = [
        (
            f"{wave.number} {wave.name}",
            ", ".join(service.counted(count) for service, count in wave.units.items()),
            f"{wave.sessions:,}",
            wave.starts,
            wave.expected.words,
        )
        for wave in found.waves
    ]
    yield from (f"  {line}" for line in Rows(("WAVE", "UNITS", "SESSIONS", "STARTS", "EXPECTED"), rows).lines(form))
    yield f"  In all {found.expected.words}, without the time that it waits for a person."
    yield from (f"  {wave.name}: {wave.expected.reason}" for wave in found.waves)


def _requests(found: PlanCheck) -> str:
    asked = found.requests
    return (
        f"{counted(asked.pages, 'page')} of units, {counted(asked.searches, 'search', 'searches')} for points, "
        f"{counted(asked.writes, 'write')} for the drafts, {counted(asked.starts, 'start')}."
    )


def _bar(count: int, most: int, bar: str) -> str:
    """A bar that is filled up with blanks; one of many still has its character."""
    if not bar:
        return ""
    length = max(1, count * BAR // most) if count and most else 0
    return f"{bar * length:<{BAR}}"


def check_object(found: PlanCheck) -> dict[str, object]:
    """A check as JSON; the words are those of the text."""
    scope, points = found.scope, found.points
    return {
        "plan": found.document.plan.name,
        "file": str(found.document.path),
        "sha256": found.document.digest,
        "ready": found.ready,
        "verdict": found.verdict,
        "exitCode": found.exit_code,
        "names": {
            **scope.sums,
            "problems": [_problem_object(problem) for problem in scope.problems],
            "remarks": list(scope.remarks),
            "listSha256": scope.sha256 or None,
        },
        "points": {
            "times": [
                {"typed": safe(text), "time": moment.utc, "countedFrom": points.counted_from.get(text)}
                for text, moment in points.moments.items()
            ],
            **dict(zip(_SPANS, points.distribution().values(), strict=True)),
            "mails": [
                {"unitId": unit.point.unit_id, "hits": unit.point.mails, "protectionDateTime": unit.point.time}
                for unit in points.units
            ]
            if found.document.plan.mail is not None
            else None,
            "without": [
                {"unitId": unit.unit_id, "name": unit.name, "reason": _reason(unit)} for unit in points.without
            ],
        },
        "sessions": [
            {
                "number": part.number,
                "wave": part.wave + 1,
                "service": part.service.value,
                "destination": part.destination.value,
                "units": part.units,
                "byName": part.bulk,
            }
            for part, _ in found.parts
        ],
        "waves": [
            {
                "number": wave.number,
                "name": wave.name,
                "units": {service.value: count for service, count in wave.units.items()},
                "sessions": wave.sessions,
                "rounds": wave.rounds,
                "starts": wave.starts,
                "expected": _expected_object(wave.expected),
            }
            for wave in found.waves
        ],
        "expected": _expected_object(found.expected),
        "checks": [
            {"mark": check.mark.value, "result": _RESULTS[check.mark], "text": check.text} for check in found.checks
        ],
        "sentences": list(found.sentences),
        "requests": {
            "made": found.requests.made,
            "pages": found.requests.pages,
            "searches": found.requests.searches,
            "writes": found.requests.writes,
            "starts": found.requests.starts,
        },
        "offers": list(found.offers),
    }


def _problem_object(one: ScopeProblem) -> dict[str, object]:
    written = one.problem.written
    return {
        "line": written.line,
        "name": written.text,
        "reason": one.problem.reason.value,
        "words": one.words,
        "service": one.service.value if one.service else None,
        "near": [{"unitId": unit_id, "name": name} for unit_id, name in one.near.items()],
    }


def _expected_object(expected: Expected) -> dict[str, object]:
    return {
        "lowSeconds": int(expected.low / timedelta(seconds=1)),
        "highSeconds": int(expected.high / timedelta(seconds=1)),
        "words": expected.words,
        "reason": expected.reason,
    }
