"""What is still missing or wrong in the form of a new restore: the line beside each field, while it is filled in."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.config import named_zone
from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import UsageError
from backup_tui.restore.drafts.form import Express, RestoreForm
from backup_tui.restore.points.moments import parse_moment


class Field(StrEnum):
    """A part of the form; the value is its label."""

    SERVICE = "Service"
    UNITS = "Units"
    POINT = "Point"
    EXPRESS = "Express"
    DESTINATION = "To"


class FormContext(Struct, frozen=True):
    """What is known around a form."""

    now: datetime  # the service's time
    # ids of the units for which no usable point was found; `None` while that is unknown
    without_point: frozenset[str] | None = None
    looking: bool = False  # names or points are being looked for at the moment
    limits: ServiceLimits = LIMITS  # how many units a draft holds


class FieldProblem(Struct, frozen=True):
    """Something that keeps the draft from being made."""

    field: Field  # where it is
    value: str  # what is there
    message: str  # what is wrong with it, one sentence
    hint: str  # what to do, one sentence

    @property
    def line(self) -> str:
        """Both sentences."""
        return f"{self.message} {self.hint}".strip()


def problems(form: RestoreForm, context: FormContext) -> tuple[FieldProblem, ...]:
    """Everything that keeps a draft from being made from `form`, in the order of the fields; empty when it can be."""
    return (*_units(form, context), *_point(form, context), *_express(form), *_destination(form))


def moment_problem(text: str, zone: str, now: datetime, asked: datetime | None = None) -> FieldProblem | None:
    """What is wrong with a time as it was typed, at `asked`; `None` when nothing is."""
    try:
        parse_moment(text, named_zone(zone), now, asked)
    except UsageError as error:
        return FieldProblem(Field.POINT, text, error.message, error.hint)
    return None


def _units(form: RestoreForm, context: FormContext) -> Iterator[FieldProblem]:
    if form.to_fix and not form.is_plan(context.limits.units):  # a plan's own check shows them, and opens them
        count = len(form.to_fix)
        yield FieldProblem(
            Field.UNITS,
            form.to_fix[0].written.text,
            f"Fix {count:,} {'name or leave it' if count == 1 else 'names or leave them'} out.",
            "",
        )
    if form.waiting:
        count = len(form.waiting)
        yield FieldProblem(
            Field.UNITS,
            form.waiting[0].text,
            f"{count:,} {'name is' if count == 1 else 'names are'} not looked up yet.",
            "Looking up." if context.looking else "r looks again.",
        )
    pending = form.pending.strip()
    if pending and form.units:
        yield FieldProblem(Field.UNITS, pending, f"{pending[:40]!r} is typed but not taken.", "Enter takes it.")
    if not form.units and not form.problems and not form.waiting:
        yield FieldProblem(
            Field.UNITS,
            pending,
            f"No {form.service.names.unit} is chosen.",
            "Enter takes the typed text." if pending else "Type or paste names, or load a list with @file.",
        )
    most = context.limits.units
    over = len(form.units) - most
    if over > 0 and form.draft_id is not None:  # a new form becomes a plan
        yield FieldProblem(
            Field.UNITS,
            f"{len(form.units):,}",
            f"{form.service.counted(len(form.units))}; one draft holds at most {most:,}.",
            f"Leave {over:,} out; a new restore takes them.",
        )


def _point(form: RestoreForm, context: FormContext) -> Iterator[FieldProblem]:
    wrong = moment_problem(form.moment, form.zone, context.now, form.asked_at)
    if wrong:
        yield wrong
    names = {unit.unit_id: unit.name for unit in form.units}
    for unit_id, text in form.own_times.items():
        own = moment_problem(text, form.zone, context.now) if unit_id in names else None
        if own:
            yield FieldProblem(Field.POINT, text, f"{names[unit_id]}: {own.message}", own.hint)
    if wrong or context.without_point is None:
        return
    without = [unit for unit in form.units if unit.unit_id in context.without_point]
    if without and len(without) == len(form.units):
        yield FieldProblem(
            Field.POINT,
            form.moment,
            "That time is before the first backup.",
            "Choose a later time.",
        )
    elif without:
        count = len(without)
        each = "it" if count == 1 else "each"
        yield FieldProblem(
            Field.POINT,
            without[0].name,
            f"{count:,} {'has' if count == 1 else 'have'} no point at or before that time.",
            f"t takes another time for {each}, {'x leaves it' if count == 1 else 'L leaves them all'} out.",
        )


def _express(form: RestoreForm) -> Iterator[FieldProblem]:
    if form.express is Express.PREFER and not form.service.has_express_points:
        yield FieldProblem(
            Field.EXPRESS,
            form.express.value,
            "Mailboxes have no express points.",
            "Choose ignore.",
        )


def _destination(form: RestoreForm) -> Iterator[FieldProblem]:
    if form.destination is not None:
        return
    if len(form.copied_destinations) > 1:
        words = " and ".join(one.word for one in form.copied_destinations)
        yield FieldProblem(
            Field.DESTINATION,
            words,
            f"The copied restore goes to two destinations, {words}; one restore goes to one.",
            "Choose one for all of them.",
        )
    else:
        yield FieldProblem(Field.DESTINATION, "", "No destination is chosen.", "Choose one.")
