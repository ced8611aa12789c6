"""What commands print: columns that line up, text that cannot move a cursor, one JSON object on stderr at most."""

from __future__ import annotations

import io
import json

import pytest

from backup_tui.errors import NamesUnresolved, NotFound, UsageError
from backup_tui.headless.formats import Style, check_fields
from backup_tui.headless.output import Output
from backup_tui.headless.watching import worst
from backup_tui.models.units import MailboxProtectionUnit

HOSTILE = "Fin\x1b]52;c;ZXZpbA==\x07ance\u202e \x9b2J\nmore"


class Printed:
    """An output with both of its streams."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        self.out = Output(self.stdout, self.stderr, Style("json" if as_json else "table"))


def test_columns_line_up_in_cells_and_not_in_characters() -> None:
    printed = Printed()
    printed.out.table(("NAME", "N"), [("東京", "1"), ("Zoë", "22"), ("", "3")])
    assert printed.stdout.getvalue().splitlines() == ["NAME  N", "東京  1", "Zoë   22", "-     3"]


@pytest.mark.parametrize("way", ["table", "fields", "line", "narrate", "event", "data", "error"])
def test_no_text_from_outside_reaches_the_terminal_as_a_control(way: str) -> None:
    printed = Printed()
    out = printed.out
    match way:
        case "table":
            out.table(("NAME",), [(HOSTILE,)])
        case "fields":
            out.fields([("Name", HOSTILE)])
        case "line":
            out.line(HOSTILE)
        case "narrate":
            out.narrate(HOSTILE)
        case "event":
            out.event({"name": HOSTILE}, HOSTILE)
        case "data":
            out.data({"name": HOSTILE})
        case "error":
            out.finish(NotFound(HOSTILE, status=404, code=HOSTILE, request_id=HOSTILE))
    text = (printed.stdout.getvalue() + printed.stderr.getvalue()).replace("\n", "")
    assert "ance" in text
    assert not [char for char in text if ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F or char == "\u202e"]


def test_an_error_says_what_happened_what_is_certain_and_what_to_do() -> None:
    printed = Printed()
    error = NotFound("It is gone.", status=404, certainty="Nothing was sent.", hint="List them.", code="ItemNotFound")
    printed.out.finish(error)
    assert printed.stderr.getvalue().splitlines() == [
        "backup-tui: It is gone.",
        "  Nothing was sent.",
        "  List them.",
        "  (code ItemNotFound)",
    ]
    assert printed.stdout.getvalue() == ""


def test_with_json_stderr_holds_one_object_with_the_error_and_what_was_noted() -> None:
    printed = Printed(as_json=True)
    printed.out.narrate("Column not used: town.")
    printed.out.progress("looking for points: 1 of 2")
    printed.out.finish(NamesUnresolved("1 of 2 names", names=["x"], certainty="No draft was created.", hint="Fix it."))
    assert json.loads(printed.stderr.getvalue()) == {
        "error": {
            "code": "NamesUnresolved",
            "message": "1 of 2 names No draft was created.",
            "hint": "Fix it.",
            "requestId": None,
            "names": ["x"],
        },
        "notes": ["Column not used: town."],
    }


def test_with_json_and_nothing_to_say_stderr_stays_empty() -> None:
    printed = Printed(as_json=True)
    printed.out.data([])
    printed.out.finish()
    assert (printed.stdout.getvalue(), printed.stderr.getvalue()) == ("[]\n", "")


def test_the_worst_exit_code_of_several_sessions() -> None:
    assert worst([]) == 0
    assert worst([0, 6, 0]) == 6
    assert worst([6, 5, 0]) == 5
    assert worst([5, 3, 6]) == 3


def test_what_is_to_be_done_names_no_key_of_the_screens() -> None:
    printed = Printed()
    hint = "Wait for updating to end, or look who changed it (enter); entry 3 of the journal (5 Activity)."
    printed.out.finish(NotFound("It is not possible (X).", status=404, hint=hint))
    assert printed.stderr.getvalue().splitlines()[:2] == [
        "backup-tui: It is not possible (X).",
        "  Wait for updating to end, or look who changed it (backup-tui policies show ID); "
        "entry 3 of the journal (backup-tui journal show 3).",
    ]


SPARING = {"id": "u1", "policyId": "p1", "status": "protected", "email": "a@contoso.com", "createdBy": {"user": {}}}


@pytest.mark.parametrize("field", ["error", "error.code", "offboardRequestedDateTime", "createdBy.application.id"])
def test_a_member_that_the_service_left_out_is_no_mistake(field: str) -> None:
    assert "offboardRequestedDateTime" in MailboxProtectionUnit.members()
    check_fields([SPARING, MailboxProtectionUnit.read(SPARING).raw()], [field])


@pytest.mark.parametrize("field", ["eror", "Status", "status.code", "id.", ".", "createdBy.aplication.id"])
def test_a_member_that_is_none_is_refused(field: str) -> None:
    with pytest.raises(UsageError, match="No object has a member"):
        check_fields([SPARING], [field])
