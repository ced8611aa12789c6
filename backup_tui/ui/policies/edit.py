"""A policy's units are changed, or a new policy is put together: staged here, kept, and sent only after a review."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import BackupTuiError
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import counted, short_id
from backup_tui.protection.editing import EditPolicy
from backup_tui.protection.editing_create import CreatePolicy, checked_name
from backup_tui.protection.policies import policy_label
from backup_tui.store.changes import Change, Topic
from backup_tui.store.rows import UnitRow
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.frame.save_file import SaveFile
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.policies import edit_text as words
from backup_tui.ui.policies.edit_model import PolicyEditing, StagedNames, trouble_words
from backup_tui.ui.policies.reviews import edit_review
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.form_parts import ActLine, ListField, PastedLines
from backup_tui.ui.widgets.frame_lines import OneLine, SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.table import RowTable
from backup_tui.workspace.policy_lists import leftovers_of


class EditContext(Context, frozen=True):
    """What the commands of the form look at."""

    missing: str | None = None  # why no review can be opened; None when it can
    to_fix: int = 0  # how many names are still wrong
    left: int = 0  # how many names would be left behind
    can_undo: bool = False  # there is a step to undo
    typing: bool = False  # a field has the keys


class EditForm(FormScreen):
    """Who joins a policy and who leaves it; of a new one also its service and its name.

    Args:
        policy_id: The policy; empty for a new one.
        add: Ids of listed units that join.
        remove: Ids of listed units that leave.
        service: Of a new policy, as it is offered.
    """

    NUMBER = 2
    VIEW: ClassVar[str] = "policies"

    def __init__(
        self,
        policy_id: str = "",
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        service: Service = Service.EXCHANGE,
    ) -> None:
        super().__init__()
        self.policy_id = policy_id
        self._given = (*((unit_id, True) for unit_id in add), *((unit_id, False) for unit_id in remove))
        self._offered = service
        self._editing: PolicyEditing | None = None
        self._trouble = ""
        self._made = ""

    # -- what it is about -----------------------------------------------------------------------------------

    @property
    def editing(self) -> PolicyEditing:
        """The change that is put together."""
        if self._editing is None:
            policy = self.ws.store.policies.get(self.policy_id)
            service = policy.service if policy is not None and policy.service is not None else self._offered
            self._editing = PolicyEditing(self.ws, service, self.policy_id)
        return self._editing

    @property
    def _label(self) -> str:
        policy = self.ws.store.policies.get(self.policy_id)
        return policy_label(policy) if policy is not None else short_id(self.policy_id)

    @property
    def _active(self) -> bool:
        policy = self.ws.store.policies.get(self.policy_id)
        return policy is not None and policy_status(policy.status).value != "inactive"

    def focus_on(self) -> Focus:
        return Focus(screen="policies", service=self.editing.staging.service, policy_id=self.policy_id or None)

    def context(self) -> EditContext:
        staging = self.editing.staging
        return EditContext(
            self.row,
            read_only=self.program.workspace.read_only,
            missing=words.missing(staging, self.ws.store),
            to_fix=len(staging.problems),
            left=len(staging.absent),
            can_undo=self.editing.steps > 0,
            typing=takes_text(self.focused),
        )

    def compose_body(self) -> ComposeResult:
        yield SectionLine(classes="title")
        if not self.policy_id:
            yield FieldLine("Service", RadioLine(words.services(), self.editing.staging.service.value, id="service"))
            yield FieldLine("Name", TextField(id="name"))
        yield FieldLine("Add", ListField(id="add", placeholder="type, paste, or @list.csv"))
        if self.policy_id:
            yield FieldLine("Remove", ListField(id="remove", placeholder="type, paste, or @list.csv"))
        yield OneLine(id="edit-note")
        yield ListAndPane(RowTable(words.COLUMNS, gap=2, cursor_needs_focus=True), lines=3)
        yield ActLine("Review")

    # -- life -----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.editing.listeners.subscribe(self._changed)
        self.table.source = self
        self.stops[0].focus()
        self._show()
        self.program.start(self._take_up(), "take the change up")

    def on_unmount(self) -> None:
        self.editing.listeners.end(self._changed)

    async def _take_up(self) -> None:
        await self.editing.take_up()
        self.editing.take_units(self._given)
        if self.is_open and not self.policy_id:
            with self.prevent(Input.Changed, RadioLine.Changed):
                self.query_one("#name", TextField).value = self.editing.staging.name
                self.query_one("#service", RadioLine).value = self.editing.staging.service.value
        if self.is_open and self.table.row_count:
            self.query_one(ActLine).focus()
        self._show()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._made and self.close():  # there is nothing left to put together
            self.program.say(self._made)

    def changed(self, change: Change) -> None:
        if change.topics & {Topic.UNITS, Topic.POLICIES}:
            self._show()

    def _changed(self) -> None:
        self._trouble = ""
        self._show()
        self.program.start(self.editing.keep(), "keep the change of the policy")

    # -- the table ------------------------------------------------------------------------------------------

    @property
    def table(self) -> RowTable:
        """The units of the change."""
        return self.query_one(RowTable)

    def keys(self) -> Sequence[str]:
        return [one.key for one in self.editing.staging.units]

    def cells(self, key: str) -> Sequence[Cell]:
        one = self.editing.staging.unit(key)
        if one is None:
            raise KeyError(key)
        return words.cells(one, self._listed(one.member.unit_id), self.policy_id)

    def _listed(self, unit_id: str) -> UnitRow | None:
        return self.ws.store.units[self.editing.staging.service].get(unit_id) if unit_id else None

    # -- drawing --------------------------------------------------------------------------------------------

    @on(RowTable.Highlighted)
    def _show_about(self) -> None:
        one = self.editing.staging.unit(self.table.cursor_key)
        said = (
            words.about(one, self._listed(one.member.unit_id), self.policy_id, active=self._active)
            if one is not None
            else ()
        )
        self.query_one(ListAndPane).tell(said)

    def _show(self) -> None:
        if not self.is_open or not self.query(ActLine):
            return
        staging = self.editing.staging
        self.query_one(".title", SectionLine).say(words.title(self._label, staging))
        note, tone = words.counts_words(staging)
        if self._trouble:
            note, tone = self._trouble, "bad"
        elif self.editing.looking:
            note, tone = f"Reading the {staging.service.names.units}…", "moving"
        self.query_one("#edit-note", OneLine).text = Cell(f"   {self.keyed(note)}", tone) if note else ""
        self.table.empty = f"   The {staging.service.names.units} that join or leave appear here; nothing is sent yet."
        self.table.reconcile()
        self._show_about()
        act, missing = self.query_one(ActLine), words.missing(staging, self.ws.store)
        if missing is not None:
            act.tell("Review", f"not yet: {missing[:1].lower()}{missing[1:].rstrip('.')}", ready=False)
        else:
            act.tell("Review", words.ready_words(staging), ready=True, shorter="enter opens the review")
        self.refresh_frame()

    # -- fields ---------------------------------------------------------------------------------------------

    @property
    def stops(self) -> list[Widget]:
        fields = [self.query_one(f"#{name}") for name in ("service", "name", "add", "remove") if self.query(f"#{name}")]
        return [*fields, *([self.table] if self.table.row_count else []), self.query_one(ActLine)]

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value
        if event.input.id in ("add", "remove") and text.strip():
            event.input.value = ""
            self._take(text, joins=event.input.id == "add")
        else:
            self.step(1)

    @on(Input.Changed, "#name")
    def _named(self, event: Input.Changed) -> None:
        self.editing.change(replace(self.editing.staging, name=event.value))

    @on(RadioLine.Changed, "#service")
    def _another_service(self) -> None:
        """Units of one service cannot be in a policy of another one."""
        staging, service = self.editing.staging, Service(self.query_one("#service", RadioLine).value or "exchange")
        if service is not staging.service:
            empty = replace(staging, service=service, units=(), problems=(), twice=(), left_out=())
            self.editing.change(empty)
            self.look()

    def on_pasted_lines(self, event: PastedLines) -> None:
        event.stop()
        self.accept_paste(event.text)

    def accept_paste(self, text: str) -> bool:
        field = self.focused
        self._take(text, joins=not (isinstance(field, ListField) and field.id == "remove"))
        return True

    def _take(self, text: str, *, joins: bool) -> None:
        self.program.start(self._taken(text, joins=joins), "look the names of a list up")

    async def _taken(self, text: str, *, joins: bool) -> None:
        try:
            names = await self.editing.take_text(text, joins=joins)
        except BackupTuiError as error:
            self._trouble = trouble_words(error)
            self._show()
            return
        if not names.lines:
            self._trouble = "No name is in this text."
            self._show()
        elif names.row_remarks:
            self.say(" ".join(names.row_remarks))

    # -- keys -----------------------------------------------------------------------------------------------

    def leave_out(self, row: str | None) -> None:
        one = self.editing.staging.unit(row)
        if one is not None and self.editing.change(self.editing.staging.without_unit(one.key)):
            self.say(f"{one.member.name} left out. u brings it back.")

    def undo(self, row: str | None) -> None:
        self.editing.undo()

    def show_names(self, row: str | None) -> None:
        from backup_tui.ui.names.screen import NamesScreen

        self.app.push_screen(NamesScreen(StagedNames(self.editing, self.ws.who.tenant)))

    def export_leftovers(self, row: str | None) -> None:
        staging, editing = self.editing.staging, self.editing
        problems = [one.problem for one in staging.problems]

        async def made() -> str:
            return leftovers_of(problems, staging.left_out, editing.index, staging.service, self.ws.who.tenant)

        count = counted(len(staging.absent), "name")
        name = f"{'-'.join(self._label.lower().split()) or 'policy'}-leftovers.csv"
        self.program.push_screen(SaveFile(f"Leftovers: {count}", name, made, what="Leftovers"))

    @on(ActLine.Pressed)
    def _act(self) -> None:
        self.press("review_it")

    def open_review(self, row: str | None) -> None:
        staging = self.editing.staging
        if staging.policy_id:
            change = EditPolicy(staging.policy_id, staging.add, staging.remove, staging.absent)
            review = edit_review(change, staging.policy_id, self._carried_out)
        else:
            new = CreatePolicy(staging.service, checked_name(staging.name), staging.add, staging.absent)
            review = edit_review(new, "", self._carried_out)
        self.app.push_screen(review)

    async def _carried_out(self, said: str) -> None:
        """The change was made, as far as its outcome says; what was not done can be staged again."""
        self._made = said
        self.editing.listeners.end(self._changed)
        await self.editing.forget()

    def go_back(self, row: str | None) -> None:
        """Out of a field first, so that letters are keys again; then out of the form."""
        if takes_text(self.focused):
            self.query_one(ActLine).focus()
            return
        if not self.editing.staging.is_empty:
            self.program.say("Nothing was sent; what is staged is kept.", everywhere=True)
        super().go_back(row)


def _why_no_names(context: EditContext) -> str | None:
    return None if context.to_fix else "There are no names to fix."


# fmt: off
COMMANDS: Commands[EditForm, EditContext] = (
    Command("next_field", ("enter", "tab"), "next field", "The next field; on the last line opens the review.",
            run=EditForm.next_field, weight=1),
    Command("field_before", ("shift+tab",), help="The field before.", run=EditForm.field_before),
    Command("leave_out", ("x",), "leave out", "Leaves this unit out of the change; u brings it back.",
            run=EditForm.leave_out, name="leave out", group="Change", weight=2, needs_row=True),
    Command("undo", ("u",), "undo", "Undoes the last step.", run=EditForm.undo, name="undo", group="Change", weight=3,
            blocked=lambda context: None if context.can_undo else "Nothing was done here yet."),
    Command("names", ("N",), help="The names that are still wrong, to correct or to leave out.",
            run=EditForm.show_names, name="names to fix", group="Change", weight=1, blocked=_why_no_names,
            footer_text=lambda context: f"{context.to_fix:,} to fix" if context.to_fix else ""),
    Command("export", ("e",), help="Saves the names that are wrong or left out, as a table to correct.",
            run=EditForm.export_leftovers, name="export leftovers", weight=4,
            blocked=lambda context: None if context.left else "Every name is in the change.",
            footer_text=lambda context: "export leftovers" if context.left else ""),
    Command("review_it", ("W",), "review", "Opens the review; nothing is sent before its phrase is typed.",
            run=EditForm.open_review, name="review", group="Change", side="right", weight=1, changes=True,
            needs="protection", feature=POLICIES_CHANGE.id,
            blocked=lambda context: f"Not yet: {context.missing}" if context.missing else None),
    replace(BACK, keys=("escape",), label="back", side="right")
        .when(footer_text=lambda context: "leave the field" if context.typing else "back, nothing sent"),
)
# fmt: on
EditForm.offers(COMMANDS)


class NewPolicy(EditForm):
    """A new policy: the same form, with its service and its name. `add`: ids of listed units that join. `service`:
    whose units they are, as it is offered."""

    def __init__(self, add: Sequence[str] = (), service: Service | None = None) -> None:
        super().__init__("", add, (), service or Service.EXCHANGE)
