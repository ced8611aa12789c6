"""Specifies that no documented error code is without its row: the table of the pages, line by line.

Each line is one code of one call with the statuses that the pages give; 200 is an error inside an item of a good
answer. What each row says about it is checked in `test_documented_codes.py` and `test_graph_codes.py`.
"""

from __future__ import annotations

import re

import pytest
from scripted_service import Reply, Scripted, bench

from backup_tui.errors import BackupTuiError, PermissionDenied, SignInError, StateConflict
from backup_tui.graph.error_catalogue import all_rows, meaning_of
from backup_tui.graph.operations import Operation as Op
from backup_tui.models.calls import Outcome

DOCUMENTED = """
create policy             | 400 | InvalidCreateRequest InvalidDisplayName InvalidProtectionUnitId
create policy             | 413 | ProtectionUnitsLimitBreached
create policy             | 409 | PolicyCreationNotAllowed ProtectionUnitAlreadyExists
create policy             | 500 | PolicySaveFailed
read policy               | 400 | InvalidPolicyId
read policy               | 404 | PolicyNotFound
change policy             | 200 | ProtectionUnitNotFound ProtectionUnitAlreadyExists
change policy             | 400 | DuplicateProtectionUnitInList ProtectionUnitActionNotAllowed
change policy             | 404 | PolicyNotFound
delete policy             | 400 | InvalidPolicyId
delete policy             | 403 | PolicyActionNotAllowed
delete policy             | 404 | PolicyNotFound
activate policy           | 400 | InvalidPolicyId invalidStateForActivation
activate policy           | 403 | PolicyActionNotAllowed
activate policy           | 404 | PolicyNotFound
deactivate policy         | 400 | InvalidPolicyId invalidStateForActivation
deactivate policy         | 403 | PolicyActionNotAllowed
deactivate policy         | 404 | PolicyNotFound
list units                | 400 | InvalidPolicyId FilterLengthExceeded InvalidProtectionUnitId
list units                | 404 | PolicyNotFound
list units                | 200 | UnknownError ProtectionUnitNotFound InvalidArtifactId QuotaExceeded
read unit                 | 200 | UnknownError ProtectionUnitNotFound InvalidArtifactId QuotaExceeded
read unit                 | 400 | InvalidProtectionUnitId
create restore session    | 400 | InvalidPathType InvalidArtifactRequest InvalidRestorePoint
create restore session    | 400 | DifferentRestoreDestinationType DuplicateArtifactInList
create restore session    | 413 | RestoreArtifactsLimitBreached
read restore session      | 400 | InvalidRestoreSessionId
read restore session      | 404 | RestoreSessionNotFound
change restore session    | 400 | InvalidRestoreSessionId InvalidPatchRequest InvalidRestorePoint
change restore session    | 400 | InvalidArtifactRequest DuplicateArtifactInList RestoreArtifactsLimitBreached
change restore session    | 403 | RestoreSessionActionNotAllowed
change restore session    | 404 | RestoreSessionNotFound
delete restore session    | 400 | InvalidRestoreSessionId
delete restore session    | 403 | RestoreSessionActionNotAllowed
delete restore session    | 404 | RestoreSessionNotFound
delete restore session    | 500 | IncompleteArtifactDeletion
activate restore session  | 400 | InvalidRestoreSessionId
activate restore session  | 403 | RestoreSessionActionNotAllowed
activate restore session  | 404 | RestoreSessionNotFound
activate restore session  | 500 | TooManyActiveRestoreSessions
list restore artifacts    | 200 | UnknownError ArtifactNotFound InvalidRestoreTime ArtifactCannotBeRestored
list restore artifacts    | 200 | DuplicateArtifactRestoreRequest
list restore artifacts    | 400 | InvalidRestoreSessionId
create rule               | 400 | InvalidInclusionRuleCreateRequest InvalidRuleExpression
create rule               | 413 | InvalidRuleExpressionGroupLimitExceeded
change rule               | 400 | InvalidProtectionRulePatchRequest InvalidProtectionRuleStatusForUpdation
change rule               | 400 | InvalidRuleExpression PatchNotAllowedForStaticRule
change rule               | 404 | ProtectionRuleNotFound
change rule               | 413 | InvalidRuleExpressionGroupLimitExceeded
change rule               | 422 | InvalidProtectionRuleStatusForDynamicRuleEdit
delete rule and unprotect | 400 | InvalidInclusionRuleId
delete rule and unprotect | 404 | ProtectionRuleNotFound
delete rule and unprotect | 422 | InvalidProtectionRuleStatusForDynamicRuleDeleteAndUnprotectAll
run rule                  | 400 | InvalidInclusionRuleId ProtectionRuleActionNotAllowed RunNotAllowedForDynamicRule
run rule                  | 404 | ProtectionRuleNotFound
read rule                 | 400 | InvalidInclusionRuleId
read rule                 | 404 | ProtectionRuleNotFound
delete rule               | 400 | InvalidInclusionRuleId InvalidProtectionRuleStatusForDeletion
delete rule               | 404 | ProtectionRuleNotFound
delete rule               | 422 | InvalidProtectionRuleStatusForDynamicRuleDeletion
list restore points       | 400 | FilterLengthExceeded InvalidSearchRequest InvalidProtectionUnitId
search restore points     | 400 | FilterLengthExceeded InvalidSearchRequest InvalidProtectionUnitId
enable the service        | 403 | UnableToReadBillingProfile Forbidden
enable the service        | 402 | InvalidBillingProfile
enable the service        | 400 | InvalidAppOwnerTenantId
read the service          | 403 | Forbidden
list controlling applications | 403 | Forbidden
read controlling application  | 403 | Forbidden
create bulk request       | 400 | InvalidBulkRestoreArtifactId BulkRestoreInvalidCreateRequest
create bulk request       | 400 | BulkRestoreRestorationResourcesCountExceedsLimit
create bulk request       | 400 | BulkRestoreInvalidCreateRequestSiteUrl BulkRestoreInvalidCreateRequestUserEmail
read bulk request         | 400 | InvalidBulkRestoreArtifactId
delete bulk request       | 400 | InvalidBulkRestoreArtifactId
read bulk request         | 404 | BulkRestoreArtifactsNotFound
read bulk request         | 200 | BulkRestoreArtifactsNotFound SiteUrlNotFound
delete bulk request       | 403 | InvalidStateForBulkRequestDeletion
offboard unit             | 403 | OperationNotAllowed
"""

INVENTED = """
read bulk request         | 200 | SiteIdNotFound UserEmailNotFound DirectoryObjectIdNotFound RestorePointNotFound
create browse session     | 400 | InvalidRestorePoint
read browse session       | 404 | BrowseSessionNotFound
browse                    | 404 | BrowseSessionNotFound itemNotFound
browse                    | 409 | BrowseSessionNotReady
create restore session    | 404 | BrowseSessionNotFound
create restore session    | 409 | BrowseSessionNotReady
change restore session    | 404 | BrowseSessionNotFound
"""
"""What no page documents: the simulated service's own, so that they are told in words all the same."""


def lines(table: str) -> list[tuple[Op, int, str]]:
    by_words = {each.value: each for each in Op}
    found: list[tuple[Op, int, str]] = []
    for line in table.strip().splitlines():
        operation, status, codes = (part.strip() for part in line.split("|"))
        found += [(by_words[operation], int(status), code) for code in codes.split()]
    return found


TABLE = lines(DOCUMENTED) + lines(INVENTED)


@pytest.mark.parametrize(("operation", "status", "code"), TABLE, ids=lambda value: str(value))
def test_a_documented_code_has_a_row_of_its_own_call_and_status(operation: Op, status: int, code: str) -> None:
    row = meaning_of(operation, code, status)
    assert row is not None, f"no row for {code} of {operation}"
    assert status in row.statuses, f"{code} of {operation}: {status} is not among {sorted(row.statuses)}"
    assert operation in row.operations, f"{code} is known only as a code of any call, not of {operation}"
    assert issubclass(row.error, BackupTuiError)
    assert row.message.endswith(".")
    assert row.certainty or row.hint, "neither what is certain nor what to do is said"
    # Codes are compared without case: a page writes the same one in two ways.
    assert meaning_of(operation, code.swapcase(), status) is row


def test_the_table_is_read_whole() -> None:
    assert len(TABLE) > 100
    assert {code for _, _, code in TABLE if not re.fullmatch(r"[A-Za-z]{8,}", code)} == set()


LOCKS = {"ServiceDisabled", "ProtectionChangeLocked", "RestoreLocked"}
"""What any call may get while the service is locked: no page names codes for it, the words are those of its states."""


def test_no_row_stands_for_a_code_that_is_not_in_the_table() -> None:
    assert {row.code.casefold() for row in all_rows()} == {code.casefold() for _, _, code in TABLE} | {
        code.casefold() for code in LOCKS
    }
    for code in LOCKS:
        for operation in Op:
            row = meaning_of(operation, code, 403)
            assert row is not None
            assert row.error is StateConflict, "a lock is no missing right"


REFUSED_SIGN_INS = [
    {"error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed, the token is expired."}},
    {"error": {"code": "unauthenticated", "message": "x"}},
    {"error": {"code": "UnknownError", "message": ""}},
    {"error": {"code": "RestoreSessionNotFound", "message": "x"}},
    {"error": "invalid_token"},
    {},
    None,
    b"<html><title>401</title></html>",
]


@pytest.mark.parametrize("body", REFUSED_SIGN_INS)
async def test_a_401_of_any_form_is_a_sign_in_that_is_not_accepted(body: object) -> None:
    kind = "text/html" if isinstance(body, bytes) else "application/json"
    async with bench(Scripted(Reply(401, body, kind=kind))) as on:
        with pytest.raises(SignInError) as caught:
            await on.writer.activate_session("s1")
    assert {record.outcome for record in on.records} == {Outcome.REJECTED}, "nothing was done for such a caller"
    assert caught.value.message


@pytest.mark.parametrize("code", ["Forbidden", "accessDenied", "Authorization_RequestDenied", "UnknownError", "", 7])
async def test_a_403_of_any_form_names_the_permission(code: object) -> None:
    async with bench(Scripted(Reply(403, {"error": {"code": code, "message": "Access denied."}}))) as on:
        with pytest.raises(PermissionDenied) as caught:
            await on.writer.activate_session("s1")
    assert "BackupRestore-Restore.ReadWrite.All" in caught.value.hint
