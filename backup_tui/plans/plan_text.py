"""What a plan says, in words: a label and a text for each thing. Pure."""

from backup_tui.graph.requests.sessions import MAX_ARTIFACTS
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, safe
from backup_tui.models.times import span_words
from backup_tui.plans.plan import Plan, Source, Wave
from backup_tui.plans.waves import COLUMN


def plan_fields(plan: Plan, list_words: str = "") -> tuple[tuple[str, str], ...]:
    """A plan as pairs of a label and a text; the text is empty where the plan says nothing. `list_words`: what is known
    of its list: `2,600 lines`."""
    limits = plan.limits
    size = min(limits.units_per_session, MAX_ARTIFACTS) if plan.mail is not None else limits.units_per_session
    expected = ", ".join(service.counted(plan.expected[service]) for service in Service if service in plan.expected)
    return (
        ("Plan", plan.name),
        ("Note", plan.note),
        ("Tenant", plan.tenant),
        ("Names", _names(plan, list_words)),
        ("Left out", counted(len(plan.scope.left_out), "name") if plan.scope.left_out else ""),
        ("Chosen", counted(len(plan.scope.chosen), "name") if plan.scope.chosen else ""),
        ("Service", plan.service.label if plan.service else ""),
        ("Time", f"{plan.before} ({plan.zone})"),
        ("Mails", mail_words(plan)),
        ("Points", _points(plan)),
        ("To", destination_words(plan.destination)),
        (
            "Bulk",
            "the names are sent in bulk addition requests; no unit is checked before the start" if plan.bulk else "",
        ),
        (
            "At a time",
            f"{counted(limits.sessions, 'session')} of at most {counted(size, 'unit')}; "
            f"{counted(limits.units, 'unit')} of one service",
        ),
        ("Expected", expected),
        *((f"Wave {number}", wave_words(plan, wave)) for number, wave in enumerate(plan.waves, 1)),
    )


def destination_words(destination: Destination) -> str:
    """`IN PLACE` or `new folder or address`."""
    return "IN PLACE" if destination is Destination.IN_PLACE else "new folder or address"


def wave_words(plan: Plan, wave: Wave) -> str:
    """`directors: @directors.csv; 2 names go first; after your yes; 30 min after the wave before it`."""
    first = wave is plan.waves[0]
    parts = [
        _members(plan, wave),
        f"{counted(len(wave.first), 'name')} {'goes' if len(wave.first) == 1 else 'go'} first" if wave.first else "",
        f"{span_words(wave.pause)} after {'your yes' if first else 'the wave before it'}" if wave.pause else "",
        "waits for its own yes" if wave.needs_yes else "starts under the yes to the whole plan",
        f"time {wave.before}" if wave.before else "",
        destination_words(wave.destination) if wave.destination else "",
    ]
    return safe(f"{wave.name}: {'; '.join(part for part in parts if part)}", 400)


def _names(plan: Plan, list_words: str) -> str:
    scope = plan.scope
    if scope.source is Source.LIST:
        return f"{scope.entries[0]}{f', {list_words}' if list_words else ''}"
    what = "all units of " if scope.source is Source.POLICIES else "failed units of "
    noun, nouns = ("policy", "policies") if scope.source is Source.POLICIES else ("session", "sessions")
    return f"{what}{counted(len(scope.entries), noun, nouns)}: {', '.join(scope.entries)}"


def mail_words(plan: Plan) -> str:
    """`only what is found by (Subject -like 'invoice')`; empty for a plan of whole units."""
    return f"only what is found by {safe(plan.mail.query, 400)}" if plan.mail is not None else ""


def _points(plan: Plan) -> str:
    if plan.mail is not None:
        within = f"{span_words(plan.mail.within)} before the time, at most {plan.mail.searches} searches each"
        return f"of each mailbox the last one before its mails disappeared, in the {within}"
    words = ["newest at or before the time"]
    if plan.prefer_express:
        words.append(f"an express point where one is at most {span_words(plan.express_within)} older")
    if plan.max_gap is not None:
        words.append(f"none that is more than {span_words(plan.max_gap)} before the time")
    return "; ".join(words)


def _members(plan: Plan, wave: Wave) -> str:
    if not wave.members:
        return "all others" if len(plan.waves) > 1 else "all units"
    files = [member for member in wave.members if member.startswith("@")]
    column = [member.removeprefix(COLUMN) for member in wave.members if member.startswith(COLUMN)]
    names = len(wave.members) - len(files) - len(column)
    parts = [*files, *(f"rows with {word} in the wave column" for word in column)]
    return ", ".join([*parts, *([counted(names, "name")] if names else [])])
