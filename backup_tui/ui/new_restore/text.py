"""The notes beside the fields of the form: one plain sentence each, with its tone."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from backup_tui.changes.context import Progress
from backup_tui.config import named_zone
from backup_tui.errors import UsageError
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import span_words
from backup_tui.restore.drafts.earlier_draft import EarlierDraft
from backup_tui.restore.drafts.form import Express, RestoreForm
from backup_tui.restore.drafts.form_check import Field, FieldProblem, problems
from backup_tui.restore.points.moments import parse_moment, show_utc
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.points.typed_times import EXAMPLES
from backup_tui.restore.review.consequences import short_sentence
from backup_tui.store.freshness import Freshness
from backup_tui.ui.new_restore.lookups import Lookups
from backup_tui.ui.widgets.fields import Choice
from backup_tui.ui.widgets.time_format import day_words


class Note(Struct, frozen=True):
    """A sentence beside a field; `tone` is `warn`, `bad` or empty."""

    text: str  # all of it
    tone: str = ""  # how it is meant
    shorter: str = ""  # shown where all of it does not fit
    aside: str = ""  # what to do about it, marked as a warning
    near: tuple[int, int] | None = None  # of how many points, and of all how many, a bar is drawn before it


def units_note(form: RestoreForm, lookups: Lookups, fresh: Freshness) -> Note:
    """How many of the names were found, and what to do about the others."""
    names = form.service.names
    found, bad, out = len(form.units), len(form.to_fix), len(form.left_out)
    if form.waiting:
        waiting = counted(len(form.waiting), "name")
        over = f" for {lookups.plan_words(form)}" if lookups.is_plan(form) else ""
        if lookups.names_error is not None:
            error = lookups.names_error
            tail = "" if isinstance(error, UsageError) else " Enter here looks again."
            short = f"{waiting} not looked up: {error.message}"
            return Note(f"{short} {error.hint}".rstrip() + tail, "bad", short)
        if fresh.reading_since is not None and not fresh.complete:
            so_far = f", {fresh.count:,} so far" if fresh.count else ""
            return Note(f"Looking up {waiting}{over}: reading the {names.units}{so_far}")
        return Note(f"Looking up {waiting}{over}")
    rest = [f"{count:,} {word}" for count, word in ((len(form.twice), "twice"), (out, "left out")) if count]
    aside = f", {', '.join(rest)}" if rest else ""
    if bad:
        short = f"{form.counts.found:,} of {counted(form.counts.names, 'name')} found"
        drafts = f", {lookups.plan_words(form)}" if lookups.is_plan(form) else ""
        fix = f"! {bad:,} to fix: enter here opens {'it' if bad == 1 else 'them'}"
        return Note(f"{short}{aside}{drafts}", shorter=short, aside=fix)
    if lookups.is_plan(form):
        links = f" and {len(form.elsewhere):,} of another service" if form.elsewhere else ""
        offer = f"{form.service.counted_in_short(found)}{links}: {lookups.plan_words(form)}; enter opens its check"
        return Note(f"{offer}{aside}", "", offer)
    if not found:
        return Note(f"One name per line, or a list from a spreadsheet{aside}", "dim")
    return Note(f"{form.service.counted(found)}{aside}")


def moment_note(form: RestoreForm, now: datetime) -> Note:
    """The time as it is understood, or what is wrong with it."""
    if not form.moment.strip():
        return Note(EXAMPLES, "dim")
    try:
        return Note("= " + parse_moment(form.moment, named_zone(form.zone), now, form.asked_at).echo(now))
    except UsageError as error:
        return Note(f"{error.message} {error.hint}".strip(), "bad", error.message)


def destination_note(form: RestoreForm, found: tuple[FieldProblem, ...]) -> Note:
    """Where the units go, or that this is not chosen yet; toned `bad` also when they go in place."""
    if form.destination is None:
        return Note(next((problem.line for problem in found if problem.field is Field.DESTINATION), ""), "bad")
    return Note(
        short_sentence(form.service, form.destination, len(form.units)),
        "bad" if form.destination is Destination.IN_PLACE else "",
    )


def destination_choices(service: Service) -> tuple[Choice, ...]:
    """Both destinations: the new one in the words of the service, and in place."""
    new = "new folder" if service is Service.EXCHANGE else "new address"
    return (Choice(Destination.NEW.value, new), Choice(Destination.IN_PLACE.value, "IN PLACE", tone="danger"))


def points_note(form: RestoreForm, lookups: Lookups) -> Note:
    """How near the points are to the time, in four figures."""
    if lookups.points_error is not None:
        return Note(f"not looked for: {lookups.points_error.message} r looks again.", "bad")
    if lookups.looking_points:
        return Note(f"looking for points{_share(lookups.progress)}")
    if not form.units:
        return Note("")
    if lookups.is_plan(form):
        return Note("looked for by the check of the plan", "dim")
    table = lookups.table(form)
    if not table.rows:
        return Note("after a time is given", "dim")
    near, hour, older, without = table.counts()
    far = f", {older:,} older" if older else ""
    text = f"{near:,} within 10 min, {hour:,} within 1 h{far}, {without:,} none"
    tone = "bad" if without else "warn" if older else ""
    return Note(text, tone, text.replace("within", "in"), near=(near, near + hour + older + without))


def _share(progress: Progress | None) -> str:
    return "" if progress is None or progress.of < 2 else f", {progress.done} of {progress.of} calls"


def missing(form: RestoreForm, lookups: Lookups) -> tuple[FieldProblem, ...]:
    """Everything that keeps the draft from being made, in the order of the fields."""
    return problems(form, lookups.context(form))


def blocked(form: RestoreForm, lookups: Lookups) -> tuple[str, str] | None:
    """Why the draft cannot be made now, and what to do, a sentence each; `None` when it can be."""
    found = missing(form, lookups)
    if found:
        return found[0].message, found[0].hint
    if lookups.points_error is not None:
        return "The points could not be looked for.", lookups.points_error.message
    if not lookups.is_plan(form) and any(lookups.point(form, unit.unit_id) is None for unit in form.units):
        return "The points are being looked for.", ""
    return None


def ready_words(form: RestoreForm, plan: str = "") -> str:
    """What the line that acts would do. `plan`: the plan that the form becomes, in words."""
    units = len(form.units)
    if form.destination is Destination.IN_PLACE:
        where = "IN PLACE"
    elif form.service is Service.EXCHANGE:
        where = "to a NEW folder" if units == 1 else "to NEW folders"
    else:
        where = "to a NEW address" if units == 1 else "to NEW addresses"
    what = f"{plan}, {form.service.counted_in_short(units)}" if plan else ""
    return f"enter: {what or form.service.counted(units)} {where}"


def act_label(form: RestoreForm, exists: EarlierDraft | None, *, plan: bool) -> str:
    """What the button does. `exists`: a draft of the same contents, if any. `plan`: the form becomes a plan."""
    if form.draft_id:
        return "Change draft"
    if exists is not None:
        return "Open draft"
    return "Check plan" if plan else "Create draft"


def kept_words(form: RestoreForm, exists: EarlierDraft | None, *, kept: bool) -> tuple[str, ...]:
    """What of the form is at the service, and whether it comes back (`kept`), for the right end of its first line, the
    longest first."""
    here = "kept on this machine, " if kept else ""
    if form.draft_id:
        return (here.rstrip(", ") or "nothing changed yet",)
    if form.made:
        made = f"{counted(len(form.made), 'draft')} made, {len(form.units):,} units left"
        return (f"{here}{made}", made)
    if form.sending is not None:
        return ("a draft of this may exist", "a draft may exist")
    if form.plan:
        saved = f"saved as {Path(form.plan).name}"
        return (f"{saved}, nothing sent yet", saved)
    if exists is not None:
        told = f"draft {short_id(exists.session_id)} holds this"
        return (f"{here}{told}", told)
    return (f"{here}nothing sent yet", "nothing sent yet")


def point_kind(row: UnitPoint, own: bool) -> str:
    """`standard`, `express`, `none`; with `own` where the unit has a time of its own."""
    kind = "none" if row.time is None else "express" if row.express else "standard"
    if row.time is not None and row.refused:
        kind = "not used"
    return f"own, {kind}" if own else kind


def point_words(row: UnitPoint, form: RestoreForm, now: datetime) -> list[str]:
    """All that is known of the point of one unit, for the lines about the row."""
    zone = named_zone(form.zone)
    own = form.own_times.get(row.unit_id)
    lines = [row.name, f"Asked for {show_utc(row.wanted, now)} UTC" + (f", its own time ({own})." if own else ".")]
    if row.time is None:
        return [
            *lines,
            f"There is no point at or before that time. {row.refused}".strip(),
            "t takes another time, x leaves it out.",
        ]
    local = row.time.astimezone(zone)
    beside = "" if zone.key == "UTC" else f", {day_words(row.time, zone, now)} {local:%H:%M} {zone.key}"
    lines.append(f"The point is {show_utc(row.time, now)} UTC{beside}.")
    if row.gap is not None:
        lines.append(f"That is {span_words(row.gap)} earlier than asked for, and {span_words(now - row.time)} ago.")
    if row.refused:
        lines.append(f"It is not used: {row.refused}.")
    lines.append("An express point, which restores sooner." if row.express else "A standard point.")
    if row.expires is not None:
        lines.append(f"Kept until {show_utc(row.expires.astimezone(UTC), now)} UTC.")
    return lines


def express_choices(form: RestoreForm) -> tuple[Choice, ...]:
    """The express choice: `ignore  prefer if at most 1 h  6 h  1 d older`; a span of another length is offered too."""
    if not form.service.has_express_points:
        return (Choice("0", "ignore"),)
    minutes = sorted({60, 360, 1440, int(form.express_within.total_seconds() // 60)})
    return (
        Choice("0", "ignore"),
        *(
            Choice(
                str(minute),
                _span(minute),
                "prefer if at most " if minute == minutes[0] else "",
                " older" if minute == minutes[-1] else "",
            )
            for minute in minutes
        ),
    )


def express_value(form: RestoreForm) -> str:
    """How many minutes older an express point may be, as text; `0` if none is preferred."""
    return str(int(form.express_within.total_seconds() // 60)) if form.express is Express.PREFER else "0"


def _span(minutes: int) -> str:
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
