"""Specifies the answers to the names of a plan: none of them leaves out a unit that was found."""

from __future__ import annotations

from backup_tui.models.services import Destination, Service
from backup_tui.plans.plan import Plan, Scope, Source
from backup_tui.plans.rows import ScopeProblem, ScopeResult, ScopeRow
from backup_tui.restore.names.names import NameKind, WrittenName
from backup_tui.restore.names.resolve import NameProblem, Reason
from backup_tui.restore.points.points import NamedUnit
from backup_tui.store.store import Store
from backup_tui.ui.plans.names import PlanNames

PLAN = Plan("ransom", Scope(Source.LIST, ("names.csv",)), "2h", "UTC", Destination.NEW)
ADELE = NamedUnit("8f2c", Service.ONEDRIVE, "adele@contoso.com")


def problem(line: int, text: str, reason: Reason) -> ScopeProblem:
    return ScopeProblem(NameProblem(WrittenName(line, text, NameKind.ADDRESS), reason), None, "Wrong.", {})


def test_a_line_that_names_a_unit_again_otherwise_stays_to_fix_while_the_others_are_left_out() -> None:
    rows = (ScopeRow(ADELE, 0, Destination.NEW, "2h", line=1, written=ADELE.address),)
    again, nobody = problem(2, "8f2c", Reason.TWICE), problem(3, "nobody@contoso.com", Reason.NO_SUCH)
    kept: list[Plan] = []
    names = PlanNames(PLAN, ScopeResult(rows, (again, nobody)), Store(), "contoso", kept.append)

    assert names.leave_all_out()
    assert [one.problem for one in names.open_names()] == [again.problem]
    assert kept[-1].scope.left_out == ("nobody@contoso.com",)

    (stays,) = names.open_names()
    assert not names.leave_out(stays)
    names.undo()
    assert len(names.open_names()) == 2
    assert not kept[-1].scope.left_out
