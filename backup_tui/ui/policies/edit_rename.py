"""A policy's new name: one field, and the review before anything is sent."""

from __future__ import annotations

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import UsageError
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.text import short_id
from backup_tui.protection.editing_create import checked_name
from backup_tui.protection.editing_policies import RenamePolicy
from backup_tui.protection.policies import policy_label
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.policies.edit_review import rename_review
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.form_parts import ActLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section


class RenameContext(Context, frozen=True):
    """What the commands look at."""

    missing: str | None = None  # why no review can be opened; None when it can


class RenameForm(FormScreen):
    """The new name of a policy.

    Args:
        policy_id: The policy.
    """

    NUMBER = 2

    def __init__(self, policy_id: str) -> None:
        super().__init__()
        self._policy_id = policy_id

    @property
    def _called(self) -> str:
        policy = self.ws.store.policies.get(self._policy_id)
        return policy_label(policy) if policy is not None else short_id(self._policy_id)

    def focus_on(self) -> Focus:
        return Focus(screen="policies", policy_id=self._policy_id)

    def compose_body(self) -> ComposeResult:
        yield SectionLine(Section(f"{self._called} > Rename"), classes="title")
        yield Paragraphs([Para("Only the name changes; who is backed up stays the same."), Para()])
        yield FieldLine("Name", TextField(self._called, id="name"))
        yield Paragraphs([Para()])
        yield ActLine("Review")

    def on_mount(self) -> None:
        field = self.query_one("#name", TextField)
        field.focus()
        field.cursor_position = len(field.value)
        self._show()

    @property
    def stops(self) -> list[Widget]:
        return [self.query_one("#name"), self.query_one(ActLine)]

    @property
    def _missing(self) -> str | None:
        typed = self.query_one("#name", TextField).value
        try:
            name = checked_name(typed)
        except UsageError:
            return "The policy needs a name."
        return "It is called this already." if name == self._called else None

    def context(self) -> RenameContext:
        return RenameContext(read_only=self.program.workspace.read_only, missing=self._missing)

    @on(Input.Changed)
    def _show(self) -> None:
        if not self.is_open or not self.query(ActLine):
            return
        missing, act = self._missing, self.query_one(ActLine)
        if missing is not None:
            act.tell("Review", f"not yet: {missing[:1].lower()}{missing[1:].rstrip('.')}", ready=False)
        else:
            act.tell("Review", "enter opens the review; nothing is sent before the phrase", ready=True)
        self.refresh_frame()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.step(1)

    @on(ActLine.Pressed)
    def _act(self) -> None:
        self.press("review_it")

    def open_review(self, row: str | None) -> None:
        """`enter` on the last line."""
        name = checked_name(self.query_one("#name", TextField).value)
        self.give_way_to(rename_review(RenamePolicy(self._policy_id, name)))


# fmt: off
COMMANDS: Commands[RenameForm, RenameContext] = (
    Command("next_field", ("enter", "tab", "down"), "next field", "The next field; on the last line opens the review.",
            run=RenameForm.next_field),
    Command("field_before", ("shift+tab", "up"), help="The field before.", run=RenameForm.field_before),
    Command("review_it", help="Opens the review of the new name; nothing is sent before its phrase is typed.",
            run=RenameForm.open_review, name="review", group="Change", changes=True, needs="protection",
            feature=POLICIES_CHANGE.id,
            blocked=lambda context: f"Not yet: {context.missing}" if context.missing else None),
    replace(BACK, keys=("escape",), label="back, nothing sent", side="right"),
)
# fmt: on
RenameForm.offers(COMMANDS)
