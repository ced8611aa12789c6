"""What a sign-in may do: from its token, and after the service has refused something."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backup_tui.graph.operations import Operation
from backup_tui.models import features
from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.models.features import FEATURES, Standing, access, access_to, names_note
from backup_tui.models.whoami import Token, WhoAmI, read_token
from backup_tui.store import updates as up
from backup_tui.store.access import barred, known_access
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store

NOW = datetime(2026, 11, 22, 4, 2, tzinfo=UTC)


def who(**claims: Any) -> WhoAmI:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return read_token(Token(f"e30.{payload}.sig"), "graph.microsoft.com")


def person(*scopes: str, **claims: Any) -> WhoAmI:
    named = " ".join(f"BackupRestore-{scope}.All" for scope in scopes)
    return who(tid="t", upn="adele@contoso.com", scp=named or "User.Read", **claims)


def application(*roles: str) -> WhoAmI:
    return who(tid="t", appid="a", roles=[f"BackupRestore-{role}.All" for role in roles])


def standings(sign_in: WhoAmI) -> dict[str, Standing]:
    return {each.feature.id: each.standing for each in access(sign_in)}


def record(feature: str, *, denied: bool = False, outcome: Outcome = Outcome.DONE) -> CallRecord:
    return CallRecord(
        id=f"{feature}-{denied}-{outcome}",
        what="read",
        method="GET",
        path="/",
        started=NOW,
        milliseconds=20,
        status=403 if denied else 200,
        code="Forbidden" if denied else "",
        outcome=Outcome.REJECTED if denied else outcome,
        try_number=1,
        request_id="r-1",
        mutating=False,
        feature=feature,
        denied=denied,
    )


def test_a_token_that_tells_nothing_leaves_everything_open() -> None:
    opaque = read_token(Token("opaque"), "graph.microsoft.com")
    assert set(standings(opaque).values()) == {Standing.UNKNOWN}
    assert all(barred(feature, opaque, {}) is None for feature in FEATURES)


def test_a_reader_may_read_and_is_told_what_the_rest_needs() -> None:
    reader = person("Restore.Read", "Configuration.Read")
    found = standings(reader)
    assert found["sessions"] is found["protection"] is Standing.ALLOWED
    assert found["restore"] is found["points"] is found["service"] is Standing.DENIED
    reason = barred(features.RESTORE, reader, {})
    assert reason is not None
    assert "delegated permission BackupRestore-Restore.ReadWrite.All" in reason


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_any_of_the_documented_permissions_is_enough(feature: features.Feature) -> None:
    for permission in feature.permissions:
        short = permission.removeprefix("BackupRestore-").removesuffix(".All")
        sign_in = person(short, wids=["9d3e04ba-3ee4-4d1b-a3a7-9aef423a09be"])
        assert access_to(feature, sign_in).standing is Standing.ALLOWED


def test_an_application_may_not_do_what_only_persons_may() -> None:
    sign_in = application("Configuration.ReadWrite", "Control.ReadWrite", "Restore.ReadWrite")
    found = standings(sign_in)
    assert found["offboard"] is found["notify-change"] is Standing.DENIED
    assert found["notifications"] is found["browse"] is Standing.ALLOWED
    assert "only to people" in (barred(features.OFFBOARD, sign_in, {}) or "")
    assert "hides names" in names_note(sign_in)
    assert names_note(person("Restore.Read")) == ""


def test_browsing_names_the_role_that_is_missing() -> None:
    without = person("Restore.ReadWrite", wids=["29232cdf-9323-42fd-ade2-1d097af3e4de"])
    reason = barred(features.BROWSE, without, {})
    assert reason is not None
    assert "SharePoint Backup Administrator" in reason
    assert "Exchange Administrator" in reason
    untold = person("Restore.ReadWrite")
    assert access_to(features.BROWSE, untold).standing is Standing.UNKNOWN
    assert barred(features.BROWSE, untold, {}) is None


def test_features_of_beta_are_left_out_of_v1() -> None:
    assert "activity-log" not in standings(person("Monitor.Read"))
    assert "activity-log" in {each.feature.id for each in access(person("Monitor.Read"), beta=True)}


def test_a_refusal_switches_one_feature_off_until_the_service_answers_it() -> None:
    store = Store()
    told: list[frozenset[Topic]] = []
    store.subscribe(lambda change: told.append(change.topics))
    sign_in = person("Control.Read", "Restore.Read")
    store.apply(up.CallFinished(record("service", denied=True)))
    assert Topic.ACCESS in told[-1]
    found = {each.feature.id: each for each in known_access(sign_in, store.denials)}
    assert found["service"].standing is Standing.DENIED
    assert "BackupRestore-Control.Read.All" in found["service"].why
    assert "another application controls" in found["service"].why
    assert found["sessions"].standing is Standing.ALLOWED
    store.apply(up.CallFinished(record("service")))
    assert not store.denials


def test_a_lost_answer_says_nothing_about_rights() -> None:
    store = Store()
    store.apply(up.CallFinished(record("service", denied=True)))
    store.apply(up.CallFinished(record("service", outcome=Outcome.UNKNOWN)))
    assert "service" in store.denials


@pytest.mark.parametrize("operation", Operation, ids=lambda operation: operation.name)
def test_every_operation_belongs_to_a_feature(operation: Operation) -> None:
    assert operation.feature in FEATURES
    assert operation.permission.startswith("BackupRestore-")


def test_a_refusal_about_one_thing_says_nothing_about_the_rest() -> None:
    one_thing = (Operation.SESSION_CREATE, Operation.SESSION_ACTIVATE, Operation.UNIT_LIST, Operation.POINT_SEARCH)
    assert not any(operation.tenant_wide for operation in one_thing)
    assert all(operation.tenant_wide for operation in (Operation.SERVICE_READ, Operation.SESSION_LIST))
    assert all(operation.tenant_wide for operation in Operation if operation.feature is features.BROWSE)
