"""The current form and its undo steps."""

from backup_tui.restore.drafts.form import RestoreForm

MOST_STEPS = 200  # so many steps can be undone


class FormHistory:
    """A form with the forms before it."""

    def __init__(self, form: RestoreForm) -> None:
        self.form = form  # as it is now
        self.steps = 0  # how many steps led here; a screen above the form undoes only those that were made on it
        self._before: list[tuple[RestoreForm, str]] = []
        self._taken_back: tuple[RestoreForm, str] | None = None
        self._typing = ""

    def change(self, form: RestoreForm, step: str, *, typing: bool = False) -> bool:
        """Takes another form as the present one. Returns whether anything differs.

        Args:
            form: The form after the step.
            step: What the person did, for the message of `undo`.
            typing: Further changes of the same step belong to this one, as key presses in a field do.
        """
        if form == self.form:
            return False
        if not (typing and self._typing == step):
            self._before.append((self.form, step))
            del self._before[:-MOST_STEPS]
            self.steps += 1
        self._typing = step if typing else ""
        self._taken_back = None
        self.form = form
        return True

    def settle(self, form: RestoreForm) -> bool:
        """Takes in what the program found out; not a step of its own. Returns whether anything differs."""
        differs = form != self.form
        self.form = form
        return differs

    def undo(self) -> str | None:
        """Goes one step back; says which one it was, `None` when there is none.

        One `u` too many must not cost a form that was kept for days: from the very first form it leads forward again.
        """
        self._typing = ""
        while self._before:
            before, step = self._before.pop()
            self.steps -= 1
            if before != self.form:
                self._taken_back = None if self._before else (self.form, step)
                self.form = before
                done = "Cleared" if before.is_empty else "Undone"
                return f"{done}: {step}." + ("" if self._before else " u brings it back.")
        if self._taken_back is None:
            return None
        form, step = self._taken_back
        self.change(form, step)
        return f"Back: {step}."

    def can_undo(self) -> bool:
        return bool(self._before) or self._taken_back is not None
