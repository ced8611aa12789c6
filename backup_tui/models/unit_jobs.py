"""Bulk addition jobs: up to 50,000 names handed to a policy at once, looked up by the service afterwards.
https://learn.microsoft.com/graph/api/resources/protectionunitsbulkjobbase"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import astuple

from backup_tui.errors import UsageError
from backup_tui.models.base import Entity, Text
from backup_tui.models.people import IdentitySet, NameTrouble, PublicError, troubles_of
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.text import counted
from backup_tui.models.times import When

MOST_RESOURCES = 50_000  # names and ids of one job together (resource page)

_LONGEST_TITLE = 80  # characters of a title that are sent; the pages name no limit

Names = tuple[Text, ...] | None
"""Addresses or ids as they were handed in; lists leave them out, then it is `None` or empty."""


class UnitsJob(Entity):
    """What all bulk addition jobs have; also a job of an unknown kind."""

    display_name: Text = None
    status: Text = None
    error: PublicError | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None

    @property
    def name_count(self) -> int | None:
        """How many names were handed in; `None` when the service did not send them."""
        lists = [member for member in astuple(self) if isinstance(member, tuple)]
        return sum(map(len, lists)) if lists else None

    def carries(self, mark: str) -> bool:
        """Whether it was made with `mark`; tells one's own job again when the answer to it was lost."""
        return bool(mark) and (self.display_name or "").endswith(f"[{mark}]")

    @property
    def troubles(self) -> tuple[NameTrouble, ...]:
        return troubles_of(self.error)


class MailboxUnitsJob(UnitsJob):
    """Mailboxes by e-mail address or object id."""

    service = Service.EXCHANGE
    mailboxes: Names = None
    directory_object_ids: Names = None


class DriveUnitsJob(UnitsJob):
    """OneDrive accounts by e-mail address or object id."""

    service = Service.ONEDRIVE
    drives: Names = None
    directory_object_ids: Names = None


class SiteUnitsJob(UnitsJob):
    """Sites by address or site id."""

    service = Service.SHAREPOINT
    site_web_urls: Names = None
    site_ids: Names = None


read_units_job = TaggedUnion(
    UnitsJob,
    {
        f"{kind.service.names.policy_units_path}BulkAdditionJob": kind
        for kind in (MailboxUnitsJob, DriveUnitsJob, SiteUnitsJob)
    },
)
"""Reads a bulk addition job; see `TaggedUnion`."""


read_exclusion_job = TaggedUnion(
    UnitsJob,
    {
        f"{kind.service.names.exclusions_path}BulkAdditionJob": kind
        for kind in (MailboxUnitsJob, DriveUnitsJob, SiteUnitsJob)
    },
)
"""Reads a bulk exclusion job (beta), which has the members of a bulk addition; see `TaggedUnion`."""


class NewUnitsJob(Struct, frozen=True):
    """A list of names to hand to a policy. Raises `UsageError`: no name at all, or too many.

    https://learn.microsoft.com/graph/api/mailboxprotectionunitsbulkadditionjobs-post"""

    names: Sequence[str] = ()
    ids: Sequence[str] = ()
    title: str = ""

    def __post_init__(self) -> None:
        if self.count == 0:
            raise UsageError.unsent("This list has no names to add.", "units")
        if self.count > MOST_RESOURCES:
            raise UsageError.unsent(
                f"{self.count:,} names are too many for one bulk addition; the service takes {MOST_RESOURCES:,}.",
                "units",
                hint="Split the list.",
            )

    @property
    def count(self) -> int:
        return len(self.names) + len(self.ids)

    @property
    def mark(self) -> str:
        """What tells this list from others, at the end of the job's display name: the same names have the same one."""
        listed = sorted(name.casefold() for name in (*self.names, *self.ids))
        import hashlib

        return hashlib.sha256("\n".join(listed).encode()).hexdigest()[:8]

    @property
    def display_name(self) -> str:
        """`Addition of 12 names [9f3a2b1c]`."""
        title = self.title or f"Addition of {counted(self.count, 'name')}"
        return f"{title[:_LONGEST_TITLE]} [{self.mark}]"

    def body(self, service: Service) -> dict[str, object]:
        lists: dict[str, object] = {"displayName": self.display_name}
        if self.names:
            lists[service.names.bulk_names] = list(self.names)
        if self.ids:
            lists[service.names.bulk_ids] = list(self.ids)
        return lists
