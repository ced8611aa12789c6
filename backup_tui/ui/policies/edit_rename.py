"""A policy's new name: one field, and the review before anything is sent."""

from textual.app import ComposeResult

from backup_tui.errors import UsageError
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.text import short_id
from backup_tui.protection.editing_create import checked_name
from backup_tui.protection.editing_policies import RenamePolicy
from backup_tui.protection.policies import policy_label
from backup_tui.ui.policies.reviews import rename_review
from backup_tui.ui.review.form import ReviewForm, review_commands
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.paragraphs import Para


class RenameForm(ReviewForm):
    """The new name of a policy."""

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

    def heading(self) -> str:
        return f"{self._called} > Rename"

    def lines(self) -> list[Para]:
        return [Para("Only the name changes; who is backed up stays the same.")]

    def fields(self) -> ComposeResult:
        yield FieldLine("Name", TextField(self._called, id="name"))

    def on_mount(self) -> None:
        field = self.query_one("#name", TextField)
        field.cursor_position = len(field.value)

    @property
    def missing(self) -> str | None:
        typed = self.query_one("#name", TextField).value
        try:
            name = checked_name(typed)
        except UsageError:
            return "The policy needs a name."
        return "It is called this already." if name == self._called else None

    def ready_words(self) -> str:
        return "enter opens the review; nothing is sent before the phrase"

    def review(self) -> ReviewScreen:
        name = checked_name(self.query_one("#name", TextField).value)
        return rename_review(RenamePolicy(self._policy_id, name))


RenameForm.offers(review_commands("the new name", needs="protection", feature=POLICIES_CHANGE.id))
