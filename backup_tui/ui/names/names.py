"""What the screen of the names asks of the list that they belong to, and the answers that it passes on."""

from abc import ABC, abstractmethod
from typing import ClassVar

from msgspec import Struct

from backup_tui.models.listeners import Listeners
from backup_tui.models.services import Service
from backup_tui.restore.names.names import Duplicate, WrittenName
from backup_tui.restore.names.resolve import NameProblem, NoneKnown, Reason
from backup_tui.restore.names.unit_index import Candidate

NO_SERVICE = "account, mailbox or site"  # what a name may mean where nobody said which service it is of


class OpenName(Struct, frozen=True):
    """A name to fix or leave out."""

    problem: NameProblem  # the name, what is wrong, and which units are near it
    service: Service | None  # of those units; `None` where it is not known which service the name is of

    @property
    def reason(self) -> str:
        """What is wrong in a word or two: `no such mailbox`."""
        if self.service is not None:
            return self.problem.reason.word(self.service)
        return "no such name" if self.problem.reason is Reason.NO_SUCH else self.problem.reason.value

    @property
    def noun(self) -> str:
        """What it should name, in short: `account`, `mailbox`, `site`."""
        return NO_SERVICE if self.service is None else self.service.names.unit.rpartition(" ")[2]

    @property
    def nouns(self) -> str:
        """More than one of those."""
        return "units" if self.service is None else self.service.names.units.rpartition(" ")[2]


class NamesToFix(ABC):
    """The names of one list that match no unit, and what a person answers.

    An answer is taken at once and can be undone; each method that takes one gives whether it was taken."""

    TITLE: ClassVar[str]  # what the screen is called
    listeners: Listeners[[]]  # told after every change

    @abstractmethod
    def open_names(self) -> tuple[OpenName, ...]:
        """The names that are still wrong."""

    @abstractmethod
    def twice(self) -> tuple[Duplicate, ...]:
        """Lines that name what another line names already."""

    @property
    @abstractmethod
    def counts(self) -> str:
        """What became of all names: `39 lines: 35 found, 1 twice, 3 to fix`."""

    @property
    @abstractmethod
    def looking(self) -> bool:
        """Whether names are being looked up."""

    @property
    @abstractmethod
    def steps(self) -> int:
        """How many answers can be undone."""

    @property
    @abstractmethod
    def none_known(self) -> NoneKnown | None:
        """Set where not one name of the list is known here."""

    @abstractmethod
    def line_of(self, unit_id: str) -> int | None:
        """The line that names a unit already, 0 without one; `None` where none does."""

    @abstractmethod
    def candidate(self, name: OpenName, unit_id: str) -> Candidate:
        """A unit that a name may mean, as it is offered."""

    @abstractmethod
    def explain(self, name: OpenName) -> str:
        """What is wrong with a name, in sentences."""

    @abstractmethod
    def choose(self, name: OpenName, unit_id: str, unit_name: str) -> bool:
        """Takes a unit for a name."""

    @abstractmethod
    def leave_out(self, name: OpenName) -> bool:
        """Leaves a name out."""

    @abstractmethod
    def take_all_nearest(self) -> int | None:
        """Takes the one nearest unit of every misspelt name that has just one. Returns how many of these units the list
        names already; `None` where nothing was taken."""

    @abstractmethod
    def leave_all_out(self) -> bool:
        """Leaves every name out that is still wrong."""

    @abstractmethod
    def correct(self, name: OpenName, to: WrittenName) -> str | None:
        """Looks for another text in place of a name. Returns why it is not taken, as a sentence; `None` where it is."""

    @abstractmethod
    def undo(self) -> None:
        """Undoes the last answer."""
