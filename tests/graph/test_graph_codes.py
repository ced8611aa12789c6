"""Specifies the table of error codes: every documented code, by operation and status, deepest known code first."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest

from backup_tui.errors import Busy, InvalidRequest, NotFound, PermissionDenied, ServerFault, ServiceError, StateConflict
from backup_tui.graph.error_catalogue import Words, all_rows, best_code, codes_in, meaning_of, meaning_of_status
from backup_tui.graph.operations import Operation as Op
from backup_tui.models.calls import Outcome

ROWS = all_rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{min(row.statuses)}")
def test_every_row_says_what_happened_what_is_certain_and_what_to_do(row: Any) -> None:
    words = Words("adele@contoso.com", "contoso.com")
    for text in (row.message, row.certainty, row.hint):
        assert {name for _, name, _, _ in Formatter().parse(text) if name} <= {
            "user",
            "tenant",
            "permission",
            "role",
            "target",
        }
        filled = words.fill(text, Op.SESSION_READ, "d91e03b7")
        assert "{" not in filled
        assert not re.search(r"\bartifacts?\b|\bpayload\b|\bentity\b|\bendpoint\b|went wrong", filled)
    assert row.message.endswith(".")
    assert row.certainty or row.hint


@pytest.mark.parametrize(
    ("operation", "code", "status", "error"),
    [
        (Op.SESSION_ACTIVATE, "TooManyActiveRestoreSessions", 500, Busy),
        (Op.SESSION_ACTIVATE, "toomanyactiverestoresessions", 500, Busy),
        (Op.SESSION_ACTIVATE, "RestoreSessionActionNotAllowed", 403, StateConflict),
        (Op.POLICY_ACTIVATE, "invalidStateForActivation", 400, StateConflict),
        (Op.POLICY_ACTIVATE, "PolicyActionNotAllowed", 403, StateConflict),
        (Op.POLICY_DEACTIVATE, "invalidStateForActivation", 400, StateConflict),
        (Op.SESSION_CREATE, "RestoreArtifactsLimitBreached", 413, InvalidRequest),
        (Op.SESSION_EDIT, "RestoreArtifactsLimitBreached", 400, InvalidRequest),
        (Op.SESSION_READ, "RestoreSessionNotFound", 404, NotFound),
        (Op.SESSION_DELETE, "IncompleteArtifactDeletion", 500, ServerFault),
        (Op.SESSION_CREATE, "InvalidBillingProfile", 402, PermissionDenied),
    ],
)
def test_which_error_a_code_is(operation: Any, code: str, status: int, error: Any) -> None:
    found = meaning_of(operation, code, status)
    assert found is not None
    assert found.error is error


def test_a_code_of_another_operation_is_not_taken_for_known() -> None:
    assert meaning_of(Op.POLICY_LIST, "TooManyActiveRestoreSessions", 500) is None


def test_a_code_of_items_says_nothing_about_the_answer_itself() -> None:
    assert meaning_of(Op.ARTIFACT_LIST, "UnknownError", 404) is None
    assert meaning_of(Op.ARTIFACT_LIST, "UnknownError", 200) is not None


def test_the_same_code_means_what_its_operation_makes_of_it() -> None:
    starting = meaning_of(Op.SESSION_ACTIVATE, "RestoreSessionActionNotAllowed", 403)
    deleting = meaning_of(Op.SESSION_DELETE, "RestoreSessionActionNotAllowed", 403)
    assert starting is not None
    assert deleting is not None
    assert starting.certainty != deleting.certainty


def test_deleting_half_a_draft_is_not_a_refusal() -> None:
    found = meaning_of(Op.SESSION_DELETE, "IncompleteArtifactDeletion", 500)
    assert found is not None
    assert found.outcome is Outcome.UNKNOWN


def test_the_deepest_known_code_counts() -> None:
    error = {
        "code": "badRequest",
        "innererror": {"code": "InvalidRestorePoint", "innerError": {"code": "SomethingInternal"}},
    }
    assert codes_in(error) == ["badRequest", "InvalidRestorePoint", "SomethingInternal"]
    code, found = best_code(Op.SESSION_CREATE, error, 400)
    assert code == "InvalidRestorePoint"
    assert found is not None
    assert best_code(Op.POLICY_LIST, error, 400) == ("badRequest", None)


def test_an_error_that_nests_for_ever_is_not_followed_for_ever() -> None:
    error: dict[str, object] = {"code": "a"}
    error["innerError"] = error
    assert len(codes_in(error)) == 10


@pytest.mark.parametrize("error", [{}, {"code": 5}, {"innerError": "text"}, {"code": None, "innerError": []}])
def test_an_error_without_a_code_has_none(error: Any) -> None:
    assert best_code(Op.SESSION_READ, error, 400) == ("", None)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidRequest),
        (402, PermissionDenied),
        (403, PermissionDenied),
        (404, NotFound),
        (409, InvalidRequest),
        (412, InvalidRequest),
        (413, InvalidRequest),
        (422, InvalidRequest),
        (423, StateConflict),
        (501, ServerFault),
    ],
)
def test_a_status_alone(status: int, error: Any) -> None:
    assert meaning_of_status(status).error is error
    assert issubclass(error, ServiceError)


def test_a_code_with_braces_does_no_harm() -> None:
    meaning = meaning_of_status(400, "{0.__class__}{")
    assert "{0.__class__}{" in Words().fill(meaning.message, Op.SESSION_READ, None)


def test_a_missing_right_names_who_and_which_permission() -> None:
    meaning = meaning_of_status(403)
    words = Words("adele@contoso.com", "contoso.com")
    assert words.fill(meaning.message, Op.SESSION_ACTIVATE, None) == "adele@contoso.com may not do this."
    assert "BackupRestore-Restore.ReadWrite.All" in words.fill(meaning.hint, Op.SESSION_ACTIVATE, None)


@pytest.mark.parametrize("code", ["Forbidden", "accessDenied", "AccessDenied", "Authorization_RequestDenied", ""])
@pytest.mark.parametrize("operation", [Op.BROWSE_CREATE, Op.BROWSE_READ, Op.BROWSE_ITEMS, Op.GRANULAR_LIST])
def test_who_may_not_look_into_points_is_told_the_role_for_it(operation: Any, code: str) -> None:
    _, row = best_code(operation, {"code": code}, 403)
    meaning = row or meaning_of_status(403, code)
    assert meaning.error is PermissionDenied
    said = Words("adele@contoso.com", "contoso.com").fill(meaning.hint, operation, None)
    assert "SharePoint Backup Administrator" in said
    assert "BackupRestore-Restore.ReadWrite.All" in said
