"""Specifies how the service's objects are read: nothing that the schema allows can raise or lose a member.

The objects are generated from `tests/data/schema.json`, which holds the members and enum values of the service's own
metadata.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from service_schema import ENUMS, MEMBERS, family

from backup_tui.errors import ProtocolError
from backup_tui.models.artifacts import read_artifact
from backup_tui.models.base import GraphModel
from backup_tui.models.browse import read_browse_session
from backup_tui.models.bulk import read_bulk_request
from backup_tui.models.granular import read_granular
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.points import RestorePoint
from backup_tui.models.policies import read_policy
from backup_tui.models.quick import UNREAD
from backup_tui.models.rules import read_rule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.sessions import read_session
from backup_tui.models.unit_jobs import read_units_job
from backup_tui.models.units import MailboxProtectionUnit, read_unit

STAMPS = st.one_of(
    st.datetimes(timezones=st.just(UTC)).map(lambda stamp: stamp.isoformat().replace("+00:00", "Z")),
    st.sampled_from(
        ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2023-03-30T12-01-03.45Z", "2026-11-20T24:00:00Z"]
    ),
)
IDS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=20)
NAMES = st.text(max_size=9).filter(UNREAD.__ne__)
"""Names of members; none has the one under which unreadable members travel."""

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9).filter(UNREAD.__ne__), inner, max_size=3)
    ),
    max_leaves=6,
)


def value_of(kind: str) -> st.SearchStrategy[Any]:
    if kind.startswith("Collection("):
        return st.lists(value_of(kind[11:-1]), max_size=3)
    name = kind.removeprefix("graph.")
    if name in ENUMS:
        return st.sampled_from([*ENUMS[name], "somethingNewer"])
    if name in MEMBERS:
        return st.deferred(lambda: object_of(name) if name in family(name) else any_of(family(name)))
    return {
        "Edm.String": TEXTS,
        "Edm.Duration": st.just("P2W"),
        "Edm.DateTimeOffset": STAMPS,
        "Edm.Int32": st.integers(-(2**31), 2**31 - 1),
        "Edm.Boolean": st.booleans(),
    }[kind]


def object_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    members = {key: st.none() | value_of(kind) for key, kind in MEMBERS[name].items() if key != "id"}
    needed = {"id": IDS} if "id" in MEMBERS[name] else {}
    return st.fixed_dictionaries(needed, optional=members)


def any_of(names: set[str]) -> st.SearchStrategy[dict[str, Any]]:
    """An object of one of several types, which says of which."""
    return st.sampled_from(sorted(names)).flatmap(
        lambda name: object_of(name).map(lambda found: found | {"@odata.type": f"#microsoft.graph.{name}"})
    )


def shape(value: object) -> object:
    """The members of an object and of all objects in it."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


READERS: dict[str, Callable[[object], GraphModel]] = {
    "backupRestoreRoot": BackupRestoreRoot.read,
    "exchangeProtectionPolicy": read_policy,
    "oneDriveForBusinessProtectionPolicy": read_policy,
    "sharePointProtectionPolicy": read_policy,
    "mailboxProtectionRule": read_rule,
    "driveProtectionRule": read_rule,
    "siteProtectionRule": read_rule,
    "mailboxProtectionUnitsBulkAdditionJob": read_units_job,
    "driveProtectionUnitsBulkAdditionJob": read_units_job,
    "siteProtectionUnitsBulkAdditionJob": read_units_job,
    "serviceApp": ServiceApp.read,
    "emailNotificationsSetting": EmailNotificationsSetting.read,
    "mailboxProtectionUnit": read_unit,
    "driveProtectionUnit": read_unit,
    "siteProtectionUnit": read_unit,
    "restorePoint": RestorePoint.read,
    "exchangeRestoreSession": read_session,
    "oneDriveForBusinessRestoreSession": read_session,
    "sharePointRestoreSession": read_session,
    "mailboxRestoreArtifact": lambda raw: read_artifact(raw, Service.EXCHANGE),
    "driveRestoreArtifact": lambda raw: read_artifact(raw, Service.ONEDRIVE),
    "siteRestoreArtifact": lambda raw: read_artifact(raw, Service.SHAREPOINT),
    "granularMailboxRestoreArtifact": lambda raw: read_granular(raw, Service.EXCHANGE),
    "granularDriveRestoreArtifact": lambda raw: read_granular(raw, Service.ONEDRIVE),
    "granularSiteRestoreArtifact": lambda raw: read_granular(raw, Service.SHAREPOINT),
    "mailboxRestoreArtifactsBulkAdditionRequest": lambda raw: read_bulk_request(raw, Service.EXCHANGE),
    "driveRestoreArtifactsBulkAdditionRequest": lambda raw: read_bulk_request(raw, Service.ONEDRIVE),
    "siteRestoreArtifactsBulkAdditionRequest": lambda raw: read_bulk_request(raw, Service.SHAREPOINT),
    "oneDriveForBusinessBrowseSession": read_browse_session,
    "sharePointBrowseSession": read_browse_session,
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_everything_in_the_schema_is_read_and_nothing_is_lost(name: str, data: st.DataObject) -> None:
    sent = data.draw(object_of(name))
    sent["@odata.type"] = f"#microsoft.graph.{name}"
    sent["aMemberOfTomorrow"] = data.draw(JSON_VALUES)
    read = READERS[name](sent)
    assert shape(read.raw()) == shape(sent)
    assert read.raw()["aMemberOfTomorrow"] == sent["aMemberOfTomorrow"]
    assert read.unread == {}
    statuses = ENUMS.values()
    if isinstance(sent.get("status"), str) and any(sent["status"] in values for values in statuses):
        assert read.status == sent["status"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_members_of_any_wrong_shape_are_set_aside_and_the_others_stay(name: str, data: st.DataObject) -> None:
    members = [key for key in MEMBERS[name] if key != "id"]
    sent = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(members, JSON_VALUES)))
    sent["id"] = "one"
    read = READERS[name](sent)
    assert shape(read.raw()) == shape(sent)
    for key, value in read.unread.items():
        assert sent[key] == value


@given(raw=JSON_VALUES)
@settings(deadline=None)
def test_what_is_no_object_with_an_id_is_a_protocol_error_and_nothing_else(raw: object) -> None:
    try:
        read_session(raw)
    except ProtocolError:
        return
    assert isinstance(raw, dict)


@pytest.mark.parametrize("key", ["unread", "display_name", "raw", "model_config", "__class__", "odata_type", "service"])
def test_members_named_like_our_own_attributes_are_unknown_members(key: str) -> None:
    unit = read_unit(
        {"id": "u", "displayName": "Adele", "@odata.type": "#microsoft.graph.mailboxProtectionUnit", key: 5}
    )
    assert unit.raw()[key] == 5
    assert unit.title == "Adele"
    assert unit.unread == {}


def test_a_number_where_a_text_belongs_is_kept_and_counts_as_not_given() -> None:
    session = read_session({"id": "s", "status": 7, "createdDateTime": "tomorrow", "restoreJobType": "standard"})
    assert (session.status, session.created_date_time, session.restore_job_type) == (None, None, "standard")
    assert session.unread == {"status": 7, "createdDateTime": "tomorrow"}
    assert session.raw() == {
        "id": "s", "status": 7, "createdDateTime": "tomorrow", "restoreJobType": "standard"
    }  # fmt: skip


@pytest.mark.parametrize("wrapped", [{"value": {"id": "s"}}, {"value": [{"id": "s"}]}, {"id": "s", "value": 1}])
def test_single_objects_wrapped_in_value_are_unwrapped(wrapped: object) -> None:
    assert read_session(wrapped).id == "s"


@pytest.mark.parametrize(
    "raw", [None, [], "x", 1, {}, {"id": None}, {"id": 5}, {"id": "a\x1b]52;c;x\x07"}, {"value": []}]
)
def test_an_object_without_a_usable_id_is_refused(raw: object) -> None:
    with pytest.raises(ProtocolError):
        read_session(raw)


def test_both_forms_of_an_identity_and_an_empty_one_are_read() -> None:
    by_id = read_session({"id": "s", "createdBy": {"user": {"id": "a1", "displayName": "Adele"}}})
    by_identity = read_session({"id": "s", "createdBy": {"user": {"identity": "a1"}}, "lastModifiedBy": {}})
    assert by_id.created_by is not None
    assert by_identity.created_by is not None
    assert by_identity.last_modified_by is not None
    assert by_id.created_by.user_id == by_identity.created_by.user_id == "a1"
    assert (by_id.created_by.label, by_identity.created_by.label) == ("Adele", "a1")
    assert by_identity.last_modified_by.label == ""
    assert by_identity.raw()["createdBy"]["user"]["identity"] == "a1"


def test_a_point_whose_unit_cannot_be_read_stays_a_point() -> None:
    point = RestorePoint.read({"id": "p", "tags": "FastRestore", "protectionUnit": {"email": "a@x.com"}})
    assert (point.protection_unit, point.is_express) == (None, True)
    assert point.unread == {"protectionUnit": {"email": "a@x.com"}}


def test_what_cannot_be_read_inside_a_member_stays_at_its_place() -> None:
    sent = {"id": "s", "restoreSessionArtifactCount": {"total": "many", "failed": 2}}
    session = read_session(sent)
    assert (session.counts.total, session.counts.failed) == (None, 2)
    assert session.raw() == sent


def test_a_point_gives_its_unit_as_the_type_that_it_is() -> None:
    unit = {"id": "u", "@odata.type": "#microsoft.graph.mailboxProtectionUnit", "email": "a@x.com"}
    point = RestorePoint.read({"id": "p", "protectionDateTime": "2026-11-20T13:00:00Z", "protectionUnit": unit})
    assert point.protection_unit is not None
    assert point.protection_unit.address == "a@x.com"
    assert point.raw()["protectionUnit"] == unit
    assert point.protection_date_time == datetime(2026, 11, 20, 13, tzinfo=UTC)


def test_hidden_names_count_as_not_given() -> None:
    unit = MailboxProtectionUnit.read({"id": "u", "email": "", "displayName": None, "directoryObjectId": "o"})
    assert (unit.address, unit.title, unit.object_id) == (None, None, "o")
