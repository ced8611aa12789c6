"""A list of names for a policy: typed, pasted or from a file, counted, and handed over in one bulk addition."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import UsageError
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.protection.bulk_additions import AddInBulk
from backup_tui.protection.bulk_names import AskedName, RepeatedName, SortedNames, sort_names
from backup_tui.protection.inclusion import known_units
from backup_tui.protection.policies import policy_label
from backup_tui.restore.names.names import UnitList, parse_unit_list, read_unit_file
from backup_tui.ui.frame.commands import Command, Commands
from backup_tui.ui.policies.job_names import JobNames, NameRow
from backup_tui.ui.policies.rule_review import bulk_review
from backup_tui.ui.review.form import FormContext, ReviewForm, review_commands
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.form_parts import ActLine, ListField, PastedLines
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section


class BulkContext(FormContext, frozen=True):
    """What the commands of the form look at."""

    held: int = 0  # how many names are not sent


class BulkForm(ReviewForm):
    """The list, what becomes of each of its names, and the way to the review. `policy`: what the names are handed
    to."""

    NUMBER = 2

    def __init__(self, policy: ProtectionPolicy, service: Service) -> None:
        super().__init__()
        self._policy, self._service = policy, service
        self._lists: list[UnitList] = []
        self._sorted = SortedNames()
        self._units_read = True
        self._leaving = self._handed = False

    def focus_on(self) -> Focus:
        return Focus(screen="policies", service=self._service, policy_id=self._policy.id)

    def compose_body(self) -> ComposeResult:
        names = self._service.names
        yield SectionLine(Section(f"Add {names.units} to {policy_label(self._policy)} in bulk"), classes="title")
        wanted = (
            "Addresses of sites, or site ids"
            if self._service is Service.SHAREPOINT
            else ("E-mail addresses, or object ids")
        )
        yield Paragraphs(
            [
                Para(f"{wanted}; up to 50,000 in one list."),
                Para("The service looks them up afterwards and reports each that it could not add."),
                Para(),
            ]
        )
        yield FieldLine("Names", ListField(placeholder="type, paste, or @list.csv; enter takes them", id="names"))
        yield FieldLine("Called", TextField(placeholder="a title, for others to find it", id="called"))
        yield Paragraphs(id="bulk-counts")
        yield ActLine("Review", id="bulk-review")
        yield ActLine("See the names that are not sent", id="bulk-held")

    def on_mount(self) -> None:
        self._tell_counts()

    @property
    def stops(self) -> list[Widget]:
        stops: list[Widget] = [self.query_one("#names"), self.query_one("#called"), self.query_one("#bulk-review")]
        return [*stops, self.query_one("#bulk-held")] if self._sorted.held else stops

    # -- the list -------------------------------------------------------------------------------------------

    def on_pasted_lines(self, event: PastedLines) -> None:
        event.stop()
        self._take(event.text)

    @on(Input.Submitted, "#names")
    def _named(self, event: Input.Submitted) -> None:
        text = self.query_one("#names", ListField).value.strip()
        if text:
            event.stop()
            event.prevent_default()
            self._take(text)

    def _take(self, text: str) -> None:
        self._leaving = False
        self.program.start(self._read(text), "reading a list of names", "bulk names", exclusive=True)

    async def _read(self, text: str) -> None:
        """Reads what was typed or pasted, and sorts all of it again."""
        try:
            if text.startswith("@"):
                found = await asyncio.to_thread(lambda: read_unit_file(Path(text[1:].strip()).expanduser()))
            else:
                found = await asyncio.to_thread(parse_unit_list, text)
        except (UsageError, RuntimeError) as error:
            said = error.message if isinstance(error, UsageError) else str(error)
            self._tell([Para(said, "bad")])
            return
        self._lists.append(found)
        field = self.query_one("#names", ListField)
        field.put("")
        field.value = ""
        self._tell([Para(f"Looking {counted(found.count, 'name')} up...", "moving")])
        await self._sort()

    async def _sort(self) -> None:
        units = await known_units(self.ws.context, self._service)
        self._units_read = units is not None
        store = self.ws.store
        rows = list(store.units[self._service].values())
        names = [AskedName(name.line, name.text, name.others) for one in self._lists for name in one.lines]
        twice = [RepeatedName(two.line, two.first_line, two.text) for one in self._lists for two in one.duplicates]
        policies = dict(store.policies)
        self._sorted = await asyncio.to_thread(sort_names, names, twice, self._service, self._policy, rows, policies)
        if self.is_open:
            self._tell_counts()
            self.show_form()

    # -- what it says ---------------------------------------------------------------------------------------

    def change(self) -> AddInBulk:
        """What the form asks for. Raises `UsageError`: there is nothing to send, or too much."""
        change = AddInBulk(self._policy.id, self._sorted, self.query_one("#called", TextField).value.strip())
        _ = change.new
        return change

    def ready_words(self) -> str:
        self.change()
        return f"enter reviews the addition of {counted(len(self._sorted.send), 'name')}"

    @property
    def missing(self) -> str | None:
        return super().missing if self._sorted.count else "No names yet."

    def context(self) -> BulkContext:
        return BulkContext(
            read_only=self.program.workspace.read_only, missing=self.missing, held=len(self._sorted.held)
        )

    def _tell(self, lines: Sequence[Para]) -> None:
        if self.is_open:
            self.query_one("#bulk-counts", Paragraphs).show([Para(), *lines, Para()])

    def _tell_counts(self) -> None:
        found = self._sorted
        lines = [Para(f"{found.words(skipped=True)}.")] if found.count else []
        lines += [Para(remark, "dim") for one in self._lists for remark in one.remarks]
        if not self._units_read:
            lines.append(Para("The units could not all be read: some may be in a policy already.", "warn"))
        self._tell(lines)

    def show_form(self) -> None:
        super().show_form()
        if self.is_open and self.query("#bulk-held"):
            held, see = len(self._sorted.held), self.query_one("#bulk-held", ActLine)
            see.display = bool(held)
            words = f"{counted(held, 'name')} {'is' if held == 1 else 'are'} not sent: enter shows why"
            see.tell("See", words, ready=True)

    # -- keys -----------------------------------------------------------------------------------------------

    @on(ActLine.Pressed)
    def _see(self, event: ActLine.Pressed) -> None:
        if self.focused is self.query_one("#bulk-held"):
            event.prevent_default()
            self.press("see_held")

    def review(self) -> ReviewScreen:
        return bulk_review(self.change(), self._was_handed)

    def go_on(self, review: ReviewScreen) -> None:
        self.program.push_screen(review)

    def _was_handed(self) -> None:
        self._handed = True

    def on_screen_resume(self) -> None:
        """Below a review that ended there is nothing left to do here."""
        super().on_screen_resume()
        if self._handed:
            self.call_after_refresh(self.close)

    def see_held(self, row: str | None) -> None:
        """`enter` on the line See."""
        rows = [NameRow(one.text, one.line, one.reason.value, one.words) for one in self._sorted.held]
        self.program.push_screen(JobNames(f"Not sent to {policy_label(self._policy)}", lambda: rows))

    def leave(self, row: str | None) -> None:
        """A list that was loaded is not lost by one key."""
        if self._sorted.count and not self._leaving:
            self._leaving = True
            self.say(f"{counted(self._sorted.count, 'name')} would be forgotten; nothing was sent. esc again leaves.")
            return
        self.close()


# fmt: off
COMMANDS: Commands[BulkForm, BulkContext] = (
    *review_commands("the addition", needs="protection", feature=POLICIES_CHANGE.id)[:3],
    Command("see_held", help="The names that are not sent, each with the reason.", run=BulkForm.see_held,
            name="names that are not sent",
            blocked=lambda context: None if context.held else "Every name is sent or in the policy already."),
    Command("leave", ("escape",), "back, nothing sent", "Goes back; a list is forgotten only at the second esc.",
            run=BulkForm.leave, side="right"),
)
# fmt: on
BulkForm.offers(COMMANDS)
