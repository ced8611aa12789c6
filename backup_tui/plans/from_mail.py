"""The plan of a search for mails in several mailboxes: its file, and the list of its mailboxes beside it."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from backup_tui.config import named_zone
from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import UsageError
from backup_tui.models.services import Destination, Service
from backup_tui.plans.from_form import save_new
from backup_tui.plans.plan import MailSearch, Plan, PlanLimits, Scope, Source, Wave
from backup_tui.restore.mail.history import Mailbox
from backup_tui.restore.names.names import WrittenName, parse_unit_list, unit_file_bytes
from backup_tui.restore.points.moments import write_moment
from backup_tui.restore.report import as_csv


class MailPlan(Struct, frozen=True):
    """What a plan of mails is made of."""

    search: MailSearch  # what is searched for
    before: datetime  # the newest point that is looked at (UTC)
    zone: str  # in which times are read
    destination: Destination  # where the mails go
    tenant: str = ""  # domain or id of the tenant; empty where it is unknown


def names_as_typed(text: str) -> tuple[WrittenName, ...]:
    """The mailboxes that a person typed: names between commas or semicolons, `@FILE` for a list of them. Raises
    `UsageError`: a file cannot be read, or there is no name."""
    names: list[WrittenName] = []
    for part in (part.strip() for part in text.replace(";", ",").split(",")):
        if part.startswith("@"):
            names += parse_unit_list(unit_file_bytes(Path(part[1:]).expanduser())).lines
        elif part:
            names += parse_unit_list(part).lines
    if not names:
        raise UsageError.unsent(
            "No mailbox is named.", "mailboxes", text, "Type addresses between commas, or @FILE for a list of them."
        )
    return tuple(names)


def save_mail_plan(
    made_of: MailPlan,
    first: Mailbox,
    others: Sequence[WrittenName],
    folder: Path,
    now: datetime,
    limits: ServiceLimits = LIMITS,
) -> Path:
    """Writes the plan and its list into new files that only their owner can read. Returns the plan file.

    Args:
        first: The mailbox that was searched already.
        others: The mailboxes beside it, as they were named.
        folder: Where to; it is created where it does not exist.
        now: The time; the plan is named after it.

    Raises:
        LocalError: The files cannot be written.
    """
    rows = {first.name.casefold(): (first.name, first.id)}
    for other in others:
        rows.setdefault(other.text.casefold(), (other.text, "".join(other.others[:1])))
    text = as_csv(("unit", "unit id"), rows.values())

    def made(name: str) -> tuple[Plan, str]:
        plan = Plan(
            name=name,
            scope=Scope(Source.LIST, (f"{name}.csv",), sha256(text.encode()).hexdigest()),
            before=write_moment(made_of.before),
            zone=made_of.zone,
            destination=made_of.destination,
            waves=(Wave("all"),),
            tenant=made_of.tenant,
            service=Service.EXCHANGE,
            limits=PlanLimits.within(limits),
            mail=made_of.search,
        )
        return plan, text

    return save_new(folder, "mails", now.astimezone(named_zone(made_of.zone)), made)
