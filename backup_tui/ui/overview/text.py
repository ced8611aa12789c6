"""What the overview says: since you left, what needs a person, and the state of backup. Pure, from the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status, service_status
from backup_tui.models.text import short_id
from backup_tui.restore.errors_of_units import explain
from backup_tui.store import freshness as fresh
from backup_tui.store.last_visit import ChangesSinceLastVisit
from backup_tui.store.progress import Movement, Progress
from backup_tui.store.store import Store
from backup_tui.store.summary import ACTIVE_SESSIONS, UNITS_AT_A_TIME, Need, NeedKind, in_flight, running_sessions
from backup_tui.store.views import policy_keys
from backup_tui.ui.vocabulary.names import service_label, units_words
from backup_tui.ui.vocabulary.service import end_words
from backup_tui.ui.vocabulary.sessions import causes_words
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import age_words, ago_words, clock_words, day_words

NEARLY_FULL = 20
"""From so many running restores on the overview says how much room there is."""


def left_lines(
    left: ChangesSinceLastVisit | None, zone: tzinfo, now: datetime, *, sent: int = 0, ended: Sequence[str] = ()
) -> tuple[str, ...]:
    """What happened since the program was left, one or two lines; none when it was never left.

    Args:
        left: What differs.
        zone: In which times are shown.
        now: The service's time.
        sent: How many changes this machine has sent since, by a command or another instance.
        ended: A sentence for each restore that has ended.
    """
    if left is None:
        return ()
    how = f" ({left.how})" if left.how else ""
    since = f"Since you left at {clock_words(left.at, zone, now)}{how}"
    if left.nothing:
        return (f"{since}: nothing changed.",)
    units = []
    if left.more_succeeded:
        units.append(f"{left.more_succeeded:,} more succeeded")
    if left.more_failed:
        units.append(f"{left.more_failed:,} more failed")
    sessions = [
        f"{len(ids):,} {one if len(ids) == 1 else many}"
        for ids, one, many in (
            (left.ended, "restore ended", "restores ended"),
            (left.new_sessions, "new one was made", "new ones were made"),
            (left.gone, "draft was deleted", "drafts were deleted"),
        )
        if ids
    ]
    meanwhile = "Nothing was sent from here meanwhile."
    if sent:
        meanwhile = f"This machine has sent {sent:,} change{'s' if sent > 1 else ''} since: 5 Activity."
    if len(ended) == len(left.ended) == 1 and not (sent or left.new_sessions or left.gone):
        return f"{since}: {', '.join(units) or '1 restore ended'}.", ended[0]
    if units and sessions:
        return f"{since}: {', '.join(units)}.", f"{_capital(', '.join(sessions))}. {meanwhile}"
    if units:
        return f"{since}: {', '.join(units)}.", f"The restores went on without you. {meanwhile}"
    return f"{since}: {', '.join(sessions)}.", meanwhile


def remaining_word(state: Progress | None, status: str) -> Cell:
    """How much longer, in at most nine cells: `1-2 h`, `<10 min`, `early`, `slow`; empty when it cannot be said."""
    if status.lower() == "activating":
        return Cell("starting", "moving")
    if state is None:
        return Cell("")
    if state.movement is Movement.EARLY:
        return Cell("early", "calm")
    if state.movement is Movement.SLOW:
        return Cell("slow", "warn")
    if state.remaining is None:
        return Cell("")
    return Cell(state.remaining.words.replace("under ", "<").replace(" to ", "-"))


def room_words(store: Store) -> str:
    """How many more restores could be started, once it gets tight; empty before that."""
    running = running_sessions(store)
    if running < NEARLY_FULL:
        return ""
    free = ACTIVE_SESSIONS - running
    return f"room for {free:,} more" if free > 0 else f"{ACTIVE_SESSIONS} run: no room for another until one ends"


def need_cells(need: Need, now: datetime, *, mine: bool = False, zone: tzinfo = UTC) -> tuple[Cell, Cell]:
    """The line of something that needs a person, and the key that deals with it.

    Args:
        need: From `needs_you`.
        now: The service's time.
        zone: In which times are shown.
        mine: A draft was made by the person who is signed in.
    """
    where = f"{service_label(need.service)} {short_id(need.id)}"
    match need.kind:
        case NeedKind.UNKNOWN:
            return Cell(f"UNKNOWN what became of: {need.words}", "bad"), Cell("enter")
        case NeedKind.LOCKED:
            if not need.words:
                return Cell(end_words(need.since, zone, now), "warn"), Cell("enter")
            until = ""
            if need.since is not None:
                until = f"; restores {'were ' if need.since <= now else ''}until {day_words(need.since, zone, now)}"
            return Cell(f"{need.words}{until}", "bad"), Cell("enter")
        case NeedKind.FAILED:
            ended = "" if need.running or not need.since else f", ended {ago_words(now - need.since)}"
            causes = causes_words(need.causes, need.service, need.count)
            words = f"{need.count or 0:,} failed in {where}{ended}" if need.count else f"{where} failed{ended}"
            # What failed days ago is no alarm: it stays listed, in the colour of the rest.
            recent = need.running or need.since is None or now - need.since < timedelta(days=1)
            text = f"{words}: {causes}" if causes else words
            return Cell(text, "bad" if recent else ""), Cell("f again" if need.count else "enter")
        case NeedKind.SLOW:
            return Cell(f"{where} is slow: {need.words}", "warn"), Cell("enter")
        case NeedKind.DRAFT:
            # What must not be cut comes first: a line gives up its end.
            where = f" {need.destination.word.upper()}" if need.destination else ""
            parts = [f"Draft{where}: {service_label(need.service)}"]
            if need.count is not None:
                parts.append(units_words(need.service, need.count))
            if mine or need.by:
                parts.append("by you" if mine else f"by {need.by.partition('@')[0] or need.by}")
            if need.since:
                parts.append(f"{age_words(now - need.since)} old".replace("now old", "just made"))
            return Cell(", ".join(parts)), Cell("enter")
        case NeedKind.POLICY:
            label = service_label(need.service)
            return Cell(f'{label} policy "{need.words}": some units are not protected', "warn"), Cell("enter")


def need_lines(need: Need, now: datetime, *, mine: bool = False) -> list[str]:
    """The same in full, with what to do; of a lock `service_words.locked_lines` tells it."""
    lines = [need_cells(need, now, mine=mine)[0].text]
    match need.kind:
        case NeedKind.UNKNOWN:
            lines.append("It may have happened, and it is not sent again. enter looks at the service.")
        case NeedKind.FAILED:
            for code, count in need.causes:
                cause = explain(code, need.service, destination=need.destination)
                lines += ["", f"{count:,} {cause.cause} ({cause.detail})", cause.to_do]
            lines += ["", "enter shows them; f makes a new restore of them, by cause."]
        case NeedKind.SLOW:
            lines.append("The service gives no reason, and nothing can be done from here but wait.")
        case NeedKind.DRAFT:
            lines.append("A opens the review, enter its units, D deletes it.")
        case NeedKind.POLICY:
            lines.append("enter goes to the policies.")
    return lines


# -- backup --------------------------------------------------------------------------------------------------


def backup_heading(store: Store) -> str:
    """`Backup is on`; what is not readable is never called off."""
    root = store.service_root
    known = store.freshness(fresh.SERVICE_ROOT)
    if root is None or root.service_status is None:
        if known.never_read:
            return "Backup: reading" if known.reading_since else "Backup: not read yet"
        return "Backup: not readable with this sign-in"
    state = service_status(root.service_status.status)
    return f"Backup is {state.word}" if state.value in ("enabled", "disabled") else f"Backup: {state.word}"


def backup_cells(store: Store, service: Service, now: datetime) -> tuple[Cell, Cell, Cell]:
    """Service, its policy's status, and its last restore."""
    return Cell(service.label), _policy_cell(store, service), _last_restore(store, service, now)


def _policy_cell(store: Store, service: Service) -> Cell:
    known = store.freshness(fresh.POLICIES)
    policies = [store.policies[key] for key in policy_keys(store) if store.policies[key].service is service]
    if policies:
        state = policy_status(policies[0].status)
        return Cell(f"{state.mark} {state.word}", state.tone.value)
    if known.whole:
        return Cell("- no policy", "warn")
    return Cell("not read", "dim")


def _last_restore(store: Store, service: Service, now: datetime) -> Cell:
    rows = [
        row
        for row in store.sessions.values()
        if row.service is service and not row.gone and (row.running or row.state.terminal)
    ]
    if running := sum(row.running for row in rows):
        return Cell("running" if running == 1 else f"{running:,} running", "moving")
    ended = [(row.completed_at or row.modified or row.created, row) for row in rows]
    dated = [(when, row) for when, row in ended if when is not None]
    if not dated:
        return Cell("none known" if store.freshness(fresh.SESSIONS).whole else "not read", "dim")
    when, last = max(dated, key=lambda entry: entry[0])
    ago = ago_words(now - when)
    if last.failed:
        return Cell(f"{ago}, {last.failed:,} of {last.total or last.failed:,} failed", "warn")
    if last.state.value == "failed":
        return Cell(f"{ago}, all failed", "bad")
    return Cell(f"{ago}, {last.completed:,} ok" if last.completed is not None else ago)


def backup_lines(store: Store, service: Service, now: datetime) -> list[str]:
    """The lines about one service's backup, for the pane."""
    lines = [service.label]
    for key in policy_keys(store):
        policy = store.policies[key]
        if policy.service is service:
            lines.append(f'Policy "{policy.display_name or policy.id}": {policy_status(policy.status).word}')
    flight = in_flight(store)[service]
    at_least = "at least " if flight.at_least else ""
    lines.append(f"{at_least}{units_words(service, flight.units)} in restore, of {UNITS_AT_A_TIME:,} at a time.")
    lines.append("enter goes to the policies.")
    return lines


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
