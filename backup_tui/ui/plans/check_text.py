"""What the check of a plan says: the verdict, the names, the points, the waves and the checks. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.plans.checking import PlanCheck
from backup_tui.plans.expected import WaveForecast
from backup_tui.plans.plan import MailSearch
from backup_tui.plans.rows import PlanPoints, ScopeProblem, ScopeResult
from backup_tui.restore.names.resolve import Reason
from backup_tui.restore.points.moments import show_utc
from backup_tui.ui.widgets.cells import fit
from backup_tui.ui.widgets.charts import counts_bar, length_bar
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import plain

BAR = 24  # cells of the bar of the names, and of the longest bar of the points

LABEL = 13

MOST_MAILBOXES = 4  # so many mailboxes of a plan of mails are named, those with the most mails first

WAVE_COLUMNS = (
    Column("wave", "Wave", 12, cut="end", least=10),
    Column("units", "Units", 5, align="right"),
    Column("sessions", "Sessions", 8, align="right"),
    Column("starts", "Starts", 22, cut="end", least=12),
    Column("expected", "Expected", 12),
)

_TONES = {CheckResult.BLOCKING: "bad", CheckResult.WARNING: "warn", CheckResult.UNKNOWN: "", CheckResult.OK: "good"}


def took_words(check: PlanCheck) -> str:
    """`read-only, 131 calls, 14 s`, for the right end of the title."""
    minutes, seconds = divmod(round(check.took.total_seconds()), 60)
    took = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    return f"read-only, {counted(check.requests.made, 'call')}, {took}"


def verdict(check: PlanCheck) -> Para:
    """`✗ NOT READY   31 names to fix, 1 check blocks`, or `✓ READY   2,560 units in 12 sessions`."""
    word, _, rest = check.verdict.partition(": ")
    mark = Cell(f"✓ {word}", "good") if check.ready else Cell(f"✗ {word}", "bad")
    return Para(parts=(mark, rest), mark="  ")


def names(scope: ScopeResult, points: PlanPoints) -> list[Para]:
    """How many names can be restored, and what became of every other one; together they are all names."""
    sums = scope.sums
    found, total = sums["found"] - len(points.without), sums["names"]
    where = "every line accounted for"
    if scope.lines and scope.lines != total:
        where = f"on {counted(scope.lines, 'line')}, every one accounted for"
    wrong = sums["toFix"] + len(points.without)
    bar = counts_bar(found, wrong, found + wrong, BAR)
    lines = [
        Para(f"Names {total:,}", "section", right=where),
        Para(parts=(Cell(f"{bar.text}", parts=bar.parts), f"{found:,} found"), mark="  "),
    ]
    rest = [*_to_fix(scope.problems)]
    rest += [
        Cell(f"{count:,} {word}")
        for count, word in ((len(scope.twice), "twice"), (len(scope.left_out), "left out"))
        if count
    ]
    if points.without:
        count = len(points.without)
        rest.append(Cell(f"{count:,} {'has' if count == 1 else 'have'} no point", "bad"))
    return [*lines, Para(parts=tuple(rest), mark="  ")] if rest else lines


def _to_fix(problems: Sequence[ScopeProblem]) -> list[Cell]:
    """`28 nearest offered   3 not found`: the names to fix, by what can be done about them."""
    kinds: Counter[str] = Counter(_kind(one) for one in problems)
    return [Cell(f"{count:,} {kind}", "warn") for kind, count in kinds.most_common()]


def _kind(one: ScopeProblem) -> str:
    problem = one.problem
    named = {Reason.NOT_PROTECTED: "not in a policy", Reason.GONE: "gone", Reason.EXCLUDED: "excluded from backup"}
    if problem.reason in named:
        return named[problem.reason]
    if problem.nearest is not None:
        return "nearest offered"
    return "to choose from several" if problem.candidates else "not found"


def mails(points: PlanPoints, search: MailSearch) -> list[Para]:
    """What a plan of mails has found: their number, and the mailboxes with the most."""
    known = [unit.point.mails for unit in points.units if unit.point.mails is not None]
    unsure = len(points.units) - len(known)
    total = f"{sum(known):,} mails" + (f", and some of unknown number in {unsure:,}" if unsure else "")
    lines = [
        Para(
            f"Found {total} in {Service.EXCHANGE.counted(len(points.units))}", "section", right="no list of them exists"
        ),
        Para(f"Searched for {search.query}", "dim", "  "),
    ]
    ordered = sorted(points.units, key=lambda unit: -(unit.point.mails or 0))
    most = max((unit.point.mails or 0 for unit in ordered), default=0)
    for unit in ordered[:MOST_MAILBOXES]:
        hits = "some" if unit.point.mails is None else f"{unit.point.mails:,}"
        bar = f"  {length_bar(unit.point.mails or 0, most or 1, BAR):<{BAR + 1}} "
        row = (Cell(fit(unit.point.name, 30)), Cell(bar, "moving"), Cell(f"{hits:>6}"))
        lines.append(Para(parts=row, mark="  "))
    if len(ordered) > MOST_MAILBOXES:
        lines.append(Para(f"and {len(ordered) - MOST_MAILBOXES:,} more mailboxes (v)", "dim", "  "))
    return lines


def distribution(points: PlanPoints, before: str) -> list[Para]:
    """How near the points are to the time, a bar for each span. `before`: the time, or how many times there are, in
    words."""
    rows = points.distribution()
    most = max(rows.values())
    lines = [Para(f"Points {before}", "section")]
    if points.units and not most:  # their names are sent as lists
        return [*lines, Para("looked for by the service itself once it is started", mark="  ")]
    for label, count in rows.items():
        if count or label == next(iter(rows)):
            tone = {"earlier": "warn", "none": "bad"}.get(label, "")
            bar = f"  {length_bar(count, most, BAR):<{BAR + 1}} "
            row = (Cell(f"{label:<{LABEL}}", tone), Cell(bar, tone or "moving"), Cell(f"{count:>6,}", tone))
            lines.append(Para(parts=(Cell(plain(row), parts=row),), mark="  "))
    return lines


def before_words(points: PlanPoints, now: datetime) -> str:
    """`before 29 Nov 20:00 UTC`, `before 3 times`, `newest of each unit`."""
    wanted = sorted({row.wanted for row in (*(unit.point for unit in points.units), *points.without)})
    if len(points.moments) == 1 and all(moment.latest for moment in points.moments.values()):
        return "the newest of each unit"
    if not wanted:
        return "not looked for"
    if len(wanted) == 1:
        return f"before {show_utc(wanted[0], now)} UTC"
    return f"before {len(wanted):,} times, {show_utc(wanted[0], now)} to {show_utc(wanted[-1], now)} UTC"


def wave_cells(wave: WaveForecast) -> tuple[Cell, ...]:
    """A row of `WAVE_COLUMNS`."""
    return (
        Cell(f"{wave.number} {wave.name}"),
        Cell(f"{wave.count:,}"),
        Cell(f"{wave.sessions:,}"),
        Cell(wave.starts),
        Cell(wave.expected.words),
    )


def wave_words(wave: WaveForecast) -> list[str]:
    """All about a wave, for the lines beside the table."""
    units = ", ".join(service.counted(count) for service, count in wave.units.items())
    rounds = f", in {counted(wave.rounds, 'round')}" if wave.rounds > 1 else ""
    return [
        f"{units}: {counted(wave.sessions, 'session')}{rounds}.",
        f"Starts {wave.starts}.",
        f"Expected: {wave.expected.words}. {wave.expected.reason}".strip(),
    ]


def checks(found: Sequence[Check]) -> list[Para]:
    """The checks, worst first, a line each."""
    return [Para(check.text, mark=f"  {check.mark.value} ", mark_tone=_TONES[check.mark]) for check in found]


def everything(check: PlanCheck) -> list[str]:
    """All of it as text, to scroll, search and copy."""
    scope, asked = check.scope, check.requests
    lines = [*check.sentences, f"Expected: {check.expected.words}. {check.expected.reason}".strip(), ""]
    for title, rows in (
        ("Checks", [f"{one.mark.value} {one.text}" for one in check.checks]),
        ("Waves", [f"{wave.number} {wave.name}: {' '.join(wave_words(wave))}" for wave in check.waves]),
        ("Names to fix", [_problem_line(one) for one in scope.problems]),
        ("Without a point", [f"{row.name}   {row.refused}".rstrip() for row in check.points.without]),
        ("Twice, counted once", [f"line {one.line}: {one.text}, also on line {one.first_line}" for one in scope.twice]),
        ("Left out", list(scope.left_out)),
        ("Remarks on the list", list(scope.remarks)),
    ):
        if rows:
            lines += [f"{title} {len(rows):,}", *(f"  {row}" for row in rows), ""]
    lines += [
        "Requests",
        f"  made by this check: {asked.made:,}, of which {asked.pages:,} pages of lists",
        f"  searches for points that the plan takes: {asked.searches:,}",
        f"  to create the drafts: {asked.writes:,}; to start them: {asked.starts:,}, each under a yes",
        *(f"  {offer}" for offer in check.offers),
    ]
    return lines


def _problem_line(one: ScopeProblem) -> str:
    written = one.problem.written
    line = f"line {written.line}: " if written.line else ""
    near = "; ".join(one.near.values())
    return f"{line}{written.text}   {one.words}{f'   near: {near}' if near else ''}"
