"""The outcome of a start, shown in place of its review."""

from datetime import datetime

from msgspec.structs import replace

from backup_tui.changes.findings import Finding, Look, Verdict
from backup_tui.models.granular import files_counted
from backup_tui.models.own_words import small_print
from backup_tui.models.statuses import session_status
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import span_words
from backup_tui.restore.drafts.failed import form_from_record
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.review import activation
from backup_tui.restore.review.review import Review
from backup_tui.ui.frame.commands import Command, Context
from backup_tui.ui.review.commands import LOOK_AGAIN, NEW_WITH_THEM, SETTLE, WATCH, copying_id, going_to, showing
from backup_tui.ui.review.presentation import SHOWN_NAMES, Outcome, Unanswered
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenNewRestore, OpenSession, OpenUnknown
from backup_tui.ui.vocabulary.names import person_short
from backup_tui.ui.widgets.charts import counts_bar
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import ago_words, clock_words

BAR = 16  # cells of the bar of a restore that somebody else started


async def ended(screen: ReviewScreen, review: Review, outcome: activation.Activation) -> Outcome:
    """What is shown of an outcome; a lost answer is looked into first, for as long as that takes."""
    match outcome:
        case activation.Started():
            return _started(screen, review)
        case activation.StartedByOther():
            return _started_by_other(screen, review, outcome)
        case activation.ChangedMeanwhile():
            return _changed(screen, review, outcome)
        case activation.Deleted():
            return _deleted(outcome)
        case activation.NoRoom():
            return _no_room(screen, review, outcome)
        case activation.Unknown():
            return await _follow(screen, review, outcome)


def _head(mark: str, word: str, rest: str, tone: str = "warn") -> Para:
    return Para(parts=(Cell(word, "strong"), rest), mark=f"{mark} ", mark_tone=tone)


def _watch(session_id: str) -> Command[ReviewScreen, Context]:
    return going_to(WATCH, OpenSession(session_id))


def _look_again(label: str, review: Review | None = None, notice: str = "") -> Command[ReviewScreen, Context]:
    def run(screen: ReviewScreen, _row: str | None) -> None:
        if review is None:
            screen.read_it()
        else:
            screen.take(review, notice)

    return replace(LOOK_AGAIN, label=label, run=run)


def _started(screen: ReviewScreen, review: Review) -> Outcome:
    name, zone, now = short_id(review.session.id), screen.ws.zone, screen.ws.clock.now()
    units, where = review.counted, review.word
    if review.session.holds_files:
        units = files_counted(len(review.units))  # without the long address of the site
    lines = [
        _head("✓", "STARTED", f"{units}, {where}, at {clock_words(now, zone, now, seconds=True)}", "good"),
        Para(f"Session {name} runs in the service; you can disconnect.", mark="  ", right="enter watch"),
    ]
    message = f"{review.service.label} {name} started: {units}, {where}."
    return Outcome(message, lambda: lines, (_watch(review.session.id), copying_id(review.session.id)))


def _started_by_other(screen: ReviewScreen, review: Review, outcome: activation.StartedByOther) -> Outcome:
    session, name = outcome.session, short_id(outcome.session.id)
    by = "in your name, but not from here" if outcome.by_me else f"by {outcome.by or 'someone'}"
    count = len(review.units)
    included = "it is in it" if count == 1 else f"all {count:,} are in it"
    again = f" Do not draft it again: {included}." if outcome.same is not False else ""
    compared = {
        True: "same units and points",
        False: "NOT what you reviewed: other units, points or destination",
        None: "whether it is the same is unknown: points not reported",
    }[outcome.same]

    def paragraphs() -> list[Para]:
        zone, now, when = screen.ws.zone, screen.ws.clock.now(), session.last_modified_date_time
        at = f" at {clock_words(when, zone, now)}, {ago_words(now - when)}" if when is not None else ""
        row = screen.ws.store.sessions.get(session.id)
        counts = row.model.counts if row is not None else session.counts
        state = session_status(row.status if row is not None else session.status)
        done, failed = counts.completed or 0, counts.failed or 0
        total = counts.total if counts.total is not None else count
        figures = f"{done + failed:,} of {total:,}, {failed:,} failed" if state.moving or state.terminal else state.word
        return [
            _head("!", "ALREADY STARTED", f"{by}{at}"),
            Para(f"Nothing was sent from here.{again}", mark="  "),
            Para(
                parts=(counts_bar(done, failed, total, BAR), figures, compared),
                look="warn" if outcome.same is False else "",
                mark="  ",
                right="enter watch",
            ),
        ]

    message = f"{name} was already started {by}; nothing was sent from here."
    return Outcome(message, paragraphs, (_watch(session.id), copying_id(session.id)))


def _changed(screen: ReviewScreen, review: Review, outcome: activation.ChangedMeanwhile) -> Outcome:
    now, zone, domain = screen.ws.clock.now(), screen.ws.zone, f"@{review.tenant}"
    again, when = outcome.review, outcome.review.session.last_modified_date_time
    kinds = (("added", outcome.added), ("removed", outcome.removed), ("moved", outcome.changed))
    done = [(verb, len(names)) for verb, names in kinds if names]
    parts = [f"{verb} {count:,}" for verb, count in done]
    if done:
        parts[0] = f"{done[0][0]} {review.service.counted_in_short(done[0][1])}"
    what = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else "changed it"
    at = f" at {clock_words(when, zone, now)}" if when is not None else ""
    said = f"{person_short(outcome.by) or 'someone'} {what}{at}"
    names = [
        *(f"+ {name.removesuffix(domain)}" for name in outcome.added),
        *(f"- {name.removesuffix(domain)}" for name in outcome.removed),
        *(f"~ {name.removesuffix(domain)}, another point or place" for name in outcome.changed),
    ]
    more = [f"and {len(names) - SHOWN_NAMES:,} more (v)"] if len(names) > SHOWN_NAMES else []
    now_or_still = "now" if again.phrase != review.phrase else "still"
    lines = [
        _head("!", "CHANGED", said),
        *([Para(parts=(*names[:SHOWN_NAMES], *more), mark="  ")] if names else []),
        Para(f"Nothing was started. Phrase {now_or_still}: {again.phrase}", mark="  ", right="enter look again"),
    ]
    commands = (_look_again("look again", again, f"Changed: {said}."), showing(screen.kind.about, [said, "", *names]))
    return Outcome(
        f"Draft {short_id(review.session.id)} was changed: {said}. Nothing was started.", lambda: lines, commands
    )


def _deleted(outcome: activation.Deleted) -> Outcome:
    draft, names = f"draft {short_id(outcome.session_id)}", outcome.names
    kept = f"Its {counted(len(names), 'name')} and times are kept: n starts a new one."
    if outcome.record.query:
        kept = "It held mails that a search found: search again to restore them."
    elif outcome.record.inside:
        kept = f"It held files of {outcome.record.inside}: choose them again to restore them."
    lines = [
        _head("-", "DELETED", f"{draft} no longer exists in the service"),
        Para(f"Nothing was sent. {kept}", mark="  "),
    ]
    again = () if outcome.record.of_items else (new_with_them(outcome.record),)
    commands = (*again, showing(f"Names of {draft}", names), copying_id(outcome.session_id))
    return Outcome(f"The {draft} no longer exists in the service. Nothing was sent.", lambda: lines, commands)


def new_with_them(record: DraftRecord) -> Command[ReviewScreen, Context]:
    """Starts a new restore with what was in a draft."""

    def run(screen: ReviewScreen, _row: str | None) -> None:
        form = form_from_record(record)
        if screen.close():
            screen.program.open(OpenNewRestore(form))

    return replace(NEW_WITH_THEM, run=run)


def _no_room(screen: ReviewScreen, review: Review, outcome: activation.NoRoom) -> Outcome:
    error = outcome.error

    def paragraphs() -> list[Para]:
        running = sum(row.running for row in screen.ws.store.sessions.values())
        return [
            _head("!", "NO ROOM", error.message),
            Para(f"{error.certainty} {error.hint}", mark="  ", right="enter look again"),
            Para(f"Known here: {running:,} running now.", mark="  "),
            *(Para(line, "dim", "  ") for line in small_print(error)),
        ]

    return Outcome(error.sentences, paragraphs, (_look_again("look again"), copying_id(review.session.id)))


# -- no answer --------------------------------------------------------------------------------------------------------


async def _follow(screen: ReviewScreen, review: Review, outcome: activation.Unknown) -> Outcome:
    """Looks until it is known. It continues when the screen is left; the message line then says what was found."""
    intent, name = outcome.intent, short_id(review.session.id)
    lost = Unanswered(f"START {name}", "session", intent.at, outcome.sent_now, "It may have started.")
    looks: list[Look] = []

    def looked(look: Look) -> None:
        looks.append(look)
        screen.looked(look, lost)

    screen.wait_for(lost)
    finding = await screen.ws.lost_answers.resolve(intent, looked)
    lines = [*_ending(finding, looks, intent.at, screen), Para(), *_what_was_seen(looks, screen)]
    commands: tuple[Command[ReviewScreen, Context], ...] = (copying_id(review.session.id),)
    if finding.verdict is Verdict.DONE:
        commands = (_watch(review.session.id), *commands)
    elif finding.verdict is not Verdict.NOT_DONE:
        place = OpenUnknown(intent.id)
        commands = (going_to(SETTLE, place), *commands)
    elif finding.session is not None:
        commands = (_look_again("review again"), *commands)
    return Outcome(f"Start of {name}: {finding.words}", lambda: lines, commands)


def _ending(finding: Finding, looks: list[Look], sent_at: datetime, screen: ReviewScreen) -> list[Para]:
    zone, now = screen.ws.zone, screen.ws.clock.now()
    if finding.verdict is Verdict.DONE:
        session = finding.session
        changed = session.last_modified_date_time if session is not None else None
        at = f" at {clock_words(changed, zone, now, seconds=True)}" if changed is not None else ""
        return [Para(f"It started{at}", mark="✓ ", mark_tone="good", right="enter watch")]
    if finding.verdict is Verdict.NOT_DONE and finding.session is not None:
        over = f" after {counted(len(looks), 'read')} in {span_words(looks[-1].at - sent_at)}" if looks else ""
        return [Para(f"Still a draft{over}. A opens the review.", mark="○ ")]
    again = "" if finding.verdict is Verdict.NOT_DONE else " [1 UNKNOWN] stays above until it is settled."
    return [Para(f"{finding.words}{again}", mark="? ")]


def _what_was_seen(looks: list[Look], screen: ReviewScreen) -> list[Para]:
    return [Para(f"{look.at.astimezone(screen.ws.zone):%H:%M:%S}  {look.words}", "dim", "  ") for look in looks]
