"""Texts of the overview: since you left, what is running, what needs a person, and backup. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from backup_tui.models.granular import files_counted
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import policy_status, service_status
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import span_words
from backup_tui.restore.errors_of_units import explain
from backup_tui.store import freshness as fresh
from backup_tui.store.last_visit import ChangesSinceLastVisit
from backup_tui.store.progress import Movement, Progress
from backup_tui.store.store import Store
from backup_tui.store.summary import (
    Need,
    NeedKind,
    in_flight,
    policy_units,
    restored_by_day,
    running_sessions,
)
from backup_tui.store.views import policy_keys
from backup_tui.ui.vocabulary.names import marked_word, person_short, service_label, units_words
from backup_tui.ui.vocabulary.service import end_words
from backup_tui.ui.vocabulary.sessions import causes_words, counts_words, retries_words, sentence
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.charts import sparkline
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section, Text, plain
from backup_tui.ui.widgets.time_format import age_words, ago_words, clock_words, day_words

NEARLY_FULL = 5  # from so few free places on the overview says how much room is left

COUNTS = "2"  # the key of the screen that counts the units of policies: it takes a read for every hundred of them

DAYS = 14  # days that a service's sparkline covers, today included


def since_lines(
    left: ChangesSinceLastVisit | None,
    zone: tzinfo,
    now: datetime,
    *,
    back: datetime | None = None,
    sent: int = 0,
    ended: Sequence[str] = (),
    width: int = 76,
) -> tuple[Section, Text] | None:
    """What happened while the program was closed: a title and a line; None when it was never closed.

    Args:
        left: What differs.
        back: When this run began.
        sent: How many changes this machine has sent since, by a command or another instance.
        ended: A sentence for each restore that has ended.
        width: Cells of the line; what does not fit is left out, not cut.
    """
    if left is None:
        return None
    away = f"back after {span_words(back - left.at)}" if back is not None and back > left.at else ""
    how = ", ".join(filter(None, ("connection lost" if left.how == "line dropped" else left.how, away)))
    title = f"Since {clock_words(left.at, zone, now)}"
    if left.nothing:
        return Section(title, "nothing changed", how), ""
    counts: list[Text] = []
    if left.more_succeeded:
        counts += [Cell("✓", "good"), f" {left.more_succeeded:,} restored   "]
    if left.more_failed:
        counts += [Cell(f"✗ {left.more_failed:,} failed", "bad"), "   "]
    if len(ended) == len(left.ended) == 1 and not (sent or left.new_sessions or left.gone):
        return Section(title, right=how), (*counts, ended[0])
    happened = [
        f"{len(ids):,} {words}"
        for ids, words in ((left.ended, "ended"), (left.new_sessions, "created"), (left.gone, "deleted"))
        if ids
    ]
    sentences = [f"Restores: {', '.join(happened)}." if happened else "Restores continued."]
    if sent:
        sentences.append(f"This machine sent {counted(sent, 'change')}: 5 Activity.")
    elif width_of(plain((*counts, " ".join((*sentences, _NOTHING_SENT))))) <= width:
        sentences.append(_NOTHING_SENT)
    return Section(title, right=how), (*counts, " ".join(sentences))


_NOTHING_SENT = "Nothing was sent from here."


# -- what runs -----------------------------------------------------------------------------------------------


def to_cell(destination: Destination | None) -> Cell:
    """`IN PLACE`, `new`, or `unknown` while nothing tells where a restore goes."""
    if destination is None:
        return Cell("unknown", "dim")
    return Cell("IN PLACE", "bad") if destination is Destination.IN_PLACE else Cell("new")


def remaining_word(state: Progress | None, status: str) -> Cell:
    """How much longer: `1 to 2 h`, `<10 min`, `too early`, `slow`; empty when it cannot be said."""
    if status.lower() == "activating":
        return Cell("starting", "moving")
    if state is None:
        return Cell("")
    if state.movement is Movement.EARLY:
        return Cell("too early")
    if state.movement is Movement.SLOW:
        return Cell("! slow", "warn")
    return Cell(state.remaining.words.replace("under ", "<") if state.remaining else "")


def running_lines(state: Progress, zone: tzinfo, now: datetime) -> tuple[Text, str]:
    """Of a running restore: what goes to the right of its title, and the sentence below."""
    right: list[Text] = [Cell(f"{state.failed:,} failed", "bad"), ", "] if state.failed else []
    right.append(f"{state.in_progress:,} restoring")
    if state.waiting is not None:
        right.append(f", {state.waiting:,} waiting")
    words = [f"{state.completed:,} restored."]
    if state.last_finished is not None:
        moves = "slow" if state.movement is Movement.SLOW else "moving"
        when = f"{clock_words(state.last_finished, zone, now)}, {ago_words(now - state.last_finished)}"
        words.append(f"Last one {when}: {moves}.")
    elif state.reason:
        words.append(f"{state.reason[0].upper()}{state.reason[1:]}.")
    return tuple(right), " ".join((*words, "enter watches it."))


def room_words(store: Store, most: int) -> str:
    """How many more of at most `most` restores could be started, once it gets tight; empty before that."""
    free = most - running_sessions(store)
    if free > NEARLY_FULL:
        return ""
    return f"room for {free:,} more" if free > 0 else f"{most} run: no room until one ends"


# -- what needs a person -------------------------------------------------------------------------------------


def need_cells(
    need: Need, now: datetime, *, mine: bool = False, zone: tzinfo = UTC, width: int = 65
) -> tuple[Cell, Cell, Cell]:
    """The line of something that needs a person, how many units it is about, and the key that deals with it.

    Args:
        need: From `needs_you`.
        mine: A draft was made by the person who is signed in.
        width: Cells of the line; a draft gives up its age and its date before where it goes.
    """
    count = Cell(f"{need.count:,}" if need.count else "")
    return _need_cell(need, now, mine, zone, width), count, Cell("f" if _can_retry(need) else "enter")


def _can_retry(need: Need) -> bool:
    """Whether failed units are left that no retry has."""
    live = len(need.retried.live) if need.retried is not None else 0
    return need.kind is NeedKind.FAILED and (need.count or 0) > live


def _need_cell(need: Need, now: datetime, mine: bool, zone: tzinfo, width: int) -> Cell:
    named = f"{service_label(need.service)} {short_id(need.id)}"
    match need.kind:
        case NeedKind.UNKNOWN:
            return _marked("?", "bad", " UNKNOWN", f": {need.words}")
        case NeedKind.LOCKED if need.words:
            until = ""
            if need.since is not None:
                until = f"; restores {'were ' if need.since <= now else ''}until {day_words(need.since, zone, now)}"
            return _marked("✗", "bad", f" {need.words}", until)
        case NeedKind.LOCKED:
            return _marked("!", "warn", "", f" {end_words(need.since, zone, now)}")
        case NeedKind.FAILED:
            whens = ["running" if need.running else "ended"]
            if need.since is not None and not need.running:
                whens = [clock_words(need.since, zone, now), day_words(need.since, zone, now)]
            live = need.retried.live if need.retried is not None else ()
            causes = causes_words(need.causes, need.service, (need.count or 0) - len(live))
            words = causes or (f"{need.count:,} failed" if need.count else "all failed")
            # What failed days ago is not an alarm: it stays listed, and only its mark is red.
            recent = need.running or need.since is None or now - need.since < timedelta(days=1)
            if need.retried is not None and live and not causes:
                words, recent = f"retried in {need.retried.retries[-1].words}", False
            # What must not be cut is how many failed: the time of day goes first, then all causes but the first.
            starts = [f" {need.words or named}, {when}: " for when in whens]
            first = causes_words(need.causes[:1], need.service)
            others = sum(count for _code, count in need.causes[1:])
            shorter = [f"{first}, {others:,} more", f"{need.count or 0:,} failed"] if causes and others else []
            tries = [*((start, words) for start in starts), *((starts[-1], few) for few in shorter)]
            start, words = next((one for one in tries if width_of("".join(one)) < width), tries[-1])
            parts = (Cell("✗", "bad"), Cell(start), Cell(words, "bad" if recent else ""))
            return Cell("".join(part.text for part in parts), parts=parts)
        case NeedKind.SLOW:
            return _marked("!", "warn", "", f" {named}, running: {need.words}")
        case NeedKind.DRAFT:
            return _draft_cell(need, now, mine, zone, width)
        case NeedKind.POLICY:
            noun = units_words(need.service, 2).rpartition(" ")[2]
            words = "being offboarded" if need.offboarding else f"{noun} not protected"
            return _marked("!", "warn", "", f" {need.words or named}: {words}")


def _marked(mark: str, tone: str, word: str, rest: str) -> Cell:
    return Cell(f"{mark}{word}{rest}", parts=(Cell(f"{mark}{word}", tone), Cell(rest)))


def _draft_cell(need: Need, now: datetime, mine: bool, zone: tzinfo, width: int) -> Cell:
    """What must not be cut is where it goes: the age goes first, then the date, then who made it."""
    by = "you" if mine else person_short(need.by)
    old = age_words(now - need.since) if need.since else ""
    day = day_words(need.since, zone, now) if need.since else ""
    age = "" if old == "now" else f", {old} old" if old else ""
    to = to_cell(need.destination)
    end = f": {service_label(need.service)}, "
    beginnings = [f"○ Draft by {by}, {day}{age}", f"○ Draft by {by}, {day}", f"○ Draft by {by}"] if by and day else []
    starts = [*beginnings, *([f"○ Draft, {day}"] if day else []), "○ Draft"]
    fitting = (start for start in starts if width_of(start + end + to.text) <= width)
    start = next(fitting, starts[-1]) + end
    return Cell(start + to.text, parts=(Cell(start), to))


def need_lines(need: Need, zone: tzinfo, now: datetime, *, mine: bool = False) -> list[Section | str]:
    """What is said about it below the lists; of a lock `locked_lines` of the service has the words."""
    named = f"{service_label(need.service)} {short_id(need.id)}"
    match need.kind:
        case NeedKind.UNKNOWN:
            return [
                Section("Outcome unknown", right=f"sent {clock_words(need.since, zone, now)}" if need.since else ""),
                f"{need.words}. It may have happened, and it is not sent again. enter checks the service.",
            ]
        case NeedKind.FAILED:
            look = "enter opens it." if need.words else "enter shows each."
            again = sentence(retries_words(need.retried.retries)) if need.retried is not None else ""
            lines: list[Section | str] = [
                Section(
                    need.words or named, right=Cell(f"{need.count:,} failed" if need.count else "all failed", "bad")
                ),
                f"{again} f retries {'what is left' if again else 'them'}, by cause; {look}".strip()
                if _can_retry(need)
                else f"{again} {look}".strip(),
            ]
            for code, count in need.causes:
                cause = explain(code, need.service, destination=need.destination)
                lines.append(f"{count:,} {cause.cause} ({cause.detail}). {cause.to_do}")
            return lines
        case NeedKind.SLOW:
            return [Section(named, right=need.words), "The service gives no reason; nothing to do from here but wait."]
        case NeedKind.DRAFT:
            made = f"created {clock_words(need.since, zone, now)} by " if need.since else "by "
            units = f"{units_words(need.service, need.count)}, " if need.count is not None else ""
            return [
                Section(f"Draft {short_id(need.id)}", right=made + ("you" if mine else need.by or "an unknown person")),
                f"{units}{to_cell(need.destination).text}. Nothing starts before its review: A opens it.",
                "enter shows its units, c changes it, D deletes it.",
            ]
        case NeedKind.POLICY:
            return [Section(need.words or named, right=f"{service_label(need.service)} policy"), "enter opens it."]
    return []


# -- backup --------------------------------------------------------------------------------------------------


def backup_heading(store: Store) -> str:
    """`Backup on`; what is not readable is never called off."""
    root = store.service_root
    known = store.freshness(fresh.SERVICE_ROOT)
    if root is None or root.service_status is None:
        if known.never_read and not known.error:
            return "Backup"
        return "Backup: not readable with this sign-in"
    state = service_status(root.service_status.status)
    return f"Backup {state.word}" if state.value in ("enabled", "disabled") else f"Backup: {state.word}"


def backup_cells(store: Store, service: Service, zone: tzinfo, now: datetime) -> tuple[Cell, ...]:
    """Service, protected units, its policy's status, its last restore, and units restored by day."""
    return (
        Cell(service.label),
        _protected_cell(store, service),
        _policy_cell(store, service),
        _last_restore(store, service, zone, now),
        Cell(sparkline(restored_by_day(store, service, zone, now, DAYS), DAYS), "moving"),
    )


def _protected_cell(store: Store, service: Service) -> Cell:
    """How many units the policy has; the key that counts them where nobody has."""
    if not (policies := _policies_of(store, service)):
        return Cell("-" if store.freshness(fresh.POLICIES).whole else "…", "dim")
    if (count := policy_units(store, store.policies[policies[0]])) is not None:
        return Cell(f"{count:,}")
    counting = store.freshness(fresh.units_of(service)).reading_since is not None
    return Cell("…" if counting else f"key {COUNTS}", "dim")


def _policies_of(store: Store, service: Service) -> list[str]:
    return [key for key in policy_keys(store) if store.policies[key].service is service]


def _policy_cell(store: Store, service: Service) -> Cell:
    if policies := _policies_of(store, service):
        state = policy_status(store.policies[policies[0]].status)
        return Cell(marked_word(state), state.tone.value)
    return Cell("- no policy", "warn") if store.freshness(fresh.POLICIES).whole else Cell("…", "dim")


def _last_restore(store: Store, service: Service, zone: tzinfo, now: datetime) -> Cell:
    if running := in_flight(store)[service].sessions:
        return Cell("running" if running == 1 else f"{running:,} running", "moving")
    if (last := _last_ended(store, service)) is not None:
        return Cell(clock_words(last[0], zone, now))
    return Cell("none known" if store.freshness(fresh.SESSIONS).whole else "…", "dim")


def _last_ended(store: Store, service: Service) -> tuple[datetime, str] | None:
    """When the last restore ended, and what came of it."""
    ended = [
        (when, counts_words(row))
        for row in store.sessions.values()
        if row.service is service and not row.gone and row.state.terminal
        if (when := row.completed_at or row.modified or row.created) is not None
    ]
    return max(ended, default=None)


def backup_lines(store: Store, service: Service, zone: tzinfo, now: datetime, most: int) -> list[Section | str]:
    """What is said about one service's backup. `most`: units that are restored at a time."""
    flight = in_flight(store)[service]
    at_least = "at least " if flight.at_least else ""
    in_restore = f"{at_least}{units_words(service, flight.units)} in restore, of {most:,} at a time."
    if flight.files:
        in_restore += f" Beside them {files_counted(flight.files)}."
    days = restored_by_day(store, service, zone, now, DAYS)
    last = _last_ended(store, service)
    uncounted = any(policy_units(store, store.policies[key]) is None for key in _policies_of(store, service))
    lines = [
        f"{in_restore[0].upper()}{in_restore[1:]} {sum(days):,} restored in {DAYS} days.",
        *([f"How many are protected is not known yet: {COUNTS} Policies counts them."] if uncounted else []),
        *([f"Last restore {clock_words(last[0], zone, now)}: {last[1] or 'counts not reported'}."] if last else []),
        *(
            f"Policy {policy.display_name or short_id(policy.id)}: {policy_status(policy.status).word}"
            for policy in map(store.policies.__getitem__, _policies_of(store, service))
        ),
    ]
    return [Section(service.label, right="enter opens the policies"), *lines]
