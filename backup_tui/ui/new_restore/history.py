"""The form as it is now, and the steps back from it."""

from __future__ import annotations

from backup_tui.restore.drafts.form import RestoreForm

MOST_STEPS = 200
"""So many steps can be taken back."""


class FormHistory:
    """A form with the forms before it.

    Attributes:
        form: As it is now.
    """

    def __init__(self, form: RestoreForm) -> None:
        self.form = form
        self._before: list[tuple[RestoreForm, str]] = []
        self._typing = ""

    def change(self, form: RestoreForm, step: str, *, typing: bool = False) -> bool:
        """Takes another form as the present one.

        Args:
            form: The form after the step.
            step: What the person did, for the message of `undo`.
            typing: Further changes of the same step belong to this one, as key presses in a field do.

        Returns:
            Whether anything differs.
        """
        if form == self.form:
            return False
        if not (typing and self._typing == step):
            self._before.append((self.form, step))
            del self._before[:-MOST_STEPS]
        self._typing = step if typing else ""
        self.form = form
        return True

    def settle(self, form: RestoreForm) -> bool:
        """Takes in what the program found out by itself; no step of its own. Returns whether anything differs."""
        differs = form != self.form
        self.form = form
        return differs

    def undo(self) -> str | None:
        """Goes one step back; says which one it was, `None` when there is none."""
        while self._before:
            form, step = self._before.pop()
            self._typing = ""
            if form != self.form:
                self.form = form
                return step
        return None

    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)
