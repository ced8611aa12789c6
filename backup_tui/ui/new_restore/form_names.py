"""The names to fix of a form: each answer is a step of the form, which its own undo takes back."""

from backup_tui.models.text import counted
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.names.names import Duplicate, WrittenName
from backup_tui.restore.names.resolve import NoneKnown, explain_problem
from backup_tui.restore.names.unit_index import Candidate
from backup_tui.ui.names.names import NamesToFix, OpenName
from backup_tui.ui.new_restore.drafting import Drafting


class FormNames(NamesToFix):
    """The names of a form that match no unit. `tenant`: what the tenant is called."""

    TITLE = "New restore > Names"

    def __init__(self, drafting: Drafting, tenant: str) -> None:
        self.drafting, self.listeners = drafting, drafting.listeners
        self._tenant = tenant
        self._of: RestoreForm | None = None
        self._open: tuple[OpenName, ...] = ()

    @property
    def _form(self) -> RestoreForm:
        return self.drafting.form

    def open_names(self) -> tuple[OpenName, ...]:
        form = self._form
        if form is not self._of:
            self._open = tuple(OpenName(problem, form.service) for problem in form.to_fix)
        self._of = form
        return self._open

    def twice(self) -> tuple[Duplicate, ...]:
        return self._form.twice

    @property
    def counts(self) -> str:
        return self._form.counts.words

    @property
    def looking(self) -> bool:
        return bool(self._form.waiting)

    @property
    def steps(self) -> int:
        return self.drafting.steps

    @property
    def none_known(self) -> NoneKnown | None:
        return self.drafting.lookups.none_known

    def line_of(self, unit_id: str) -> int | None:
        return self._form.line_of(unit_id)

    def candidate(self, name: OpenName, unit_id: str) -> Candidate:
        return self.drafting.lookups.index(self._form.service).candidate(unit_id)

    def explain(self, name: OpenName) -> str:
        service = self._form.service
        return explain_problem(name.problem, self.drafting.lookups.index(service), service, self._tenant)

    def choose(self, name: OpenName, unit_id: str, unit_name: str) -> bool:
        form = self._form.with_chosen(name.problem, unit_id, unit_name)
        return self.drafting.change(form, f"{unit_name} for {name.problem.written.text}")

    def leave_out(self, name: OpenName) -> bool:
        form = self._form.with_left_out(name.problem)
        return self.drafting.change(form, f"leaving {name.problem.written.text} out")

    def take_all_nearest(self) -> int | None:
        before = self._form
        count = sum(problem.is_misspelt for problem in before.problems)
        after = before.with_all_nearest()
        taken = self.drafting.change(after, f"{counted(count, 'nearest name')} taken")
        return len(after.twice) - len(before.twice) if taken else None

    def leave_all_out(self) -> bool:
        words = f"{counted(len(self._form.to_fix), 'name')} left out"
        return self.drafting.change(self._form.with_all_left_out(), words)

    def correct(self, name: OpenName, to: WrittenName) -> str | None:
        self.drafting.lookups.names_error = None
        form = self._form.with_corrected(name.problem, to)
        self.drafting.change(form, f"{to.text} for {name.problem.written.text}")
        return None

    def undo(self) -> None:
        self.drafting.undo()
