"""Specifies what the review says before a restore starts, word for word, and the phrase that starts it."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.phrases import phrase_matches, wrong_phrase
from backup_tui.models.services import Destination, Service
from backup_tui.restore.errors_of_units import Remedy, explain
from backup_tui.restore.review.consequences import (
    phrase,
    sentence,
    short_sentence,
    zone_line,
)
from backup_tui.restore.review.facts import check_kind, check_weekly

NOW = datetime(2026, 11, 21, 3, 2, tzinfo=UTC)
POINTS = [datetime(2026, 11, 20, 13, 0, tzinfo=UTC), datetime(2026, 11, 20, 12, 20, tzinfo=UTC)]

LONGEST = {
    (Service.EXCHANGE, Destination.IN_PLACE): """\
IN PLACE: in 1,000 mailboxes, items changed or deleted since
points of 20 Nov 12:20 to 13:00 UTC are put back. Newer and
unchanged items stay.""",
    (Service.EXCHANGE, Destination.NEW): """\
NEW FOLDER: items recovered from points of 20 Nov 12:20 to 13:00
UTC go into a new folder in each of 1,000 mailboxes. No folder if
a mailbox equals its point.""",
    (Service.ONEDRIVE, Destination.IN_PLACE): """\
IN PLACE: 1,000 OneDrive accounts are rolled back as a whole to
points of 20 Nov 12:20 to 13:00 UTC. All edits since, 14 h 02 to
14 h 42, are lost. They stay editable meanwhile.""",
    (Service.ONEDRIVE, Destination.NEW): """\
NEW ADDRESS: 1,000 OneDrive copies as of 20 Nov 12:20 to 13:00
UTC, read-only until done, ending in R0, R1... Only administrators
can open them. The originals stay.""",
    (Service.SHAREPOINT, Destination.IN_PLACE): """\
IN PLACE: 1,000 sites are rolled back as a whole to points of 20
Nov 12:20 to 13:00 UTC. All edits since, 14 h 02 to 14 h 42, are
lost. They stay editable meanwhile.""",
    (Service.SHAREPOINT, Destination.NEW): """\
NEW ADDRESS: 1,000 site copies as of 20 Nov 12:20 to 13:00 UTC,
read-only until done, ending in R0, R1... Only administrators can
open them until access is granted.""",
}
SINGLE = {
    (Service.EXCHANGE, Destination.IN_PLACE): "IN PLACE: in 1 mailbox, items changed or deleted since 20 Nov 13:00 UTC",
    (
        Service.EXCHANGE,
        Destination.NEW,
    ): "into a new folder in 1 mailbox. No folder if the mailbox equals its point.",
    (Service.ONEDRIVE, Destination.IN_PLACE): "1 OneDrive account is rolled back as a whole to 20 Nov 13:00 UTC. All",
    (Service.ONEDRIVE, Destination.NEW): "1 OneDrive copy as of 20 Nov 13:00 UTC, read-only until done, ending in R0",
    (Service.SHAREPOINT, Destination.IN_PLACE): "since, 14 h 02, are lost. It stays editable meanwhile.",
    (Service.SHAREPOINT, Destination.NEW): "1 site copy as of",
}
CASES = list(LONGEST)


@pytest.mark.parametrize(("service", "destination"), CASES)
def test_the_longest_sentence_has_three_lines(service: Service, destination: Destination) -> None:
    said = sentence(service, destination, 1000, POINTS, NOW)
    assert textwrap.fill(said, 66) == LONGEST[service, destination]


@pytest.mark.parametrize(("service", "destination"), CASES)
def test_one_unit_is_spoken_of_as_one(service: Service, destination: Destination) -> None:
    assert SINGLE[service, destination] in sentence(service, destination, 1, POINTS[:1], NOW)
    assert short_sentence(service, destination, 1) != short_sentence(service, destination, 2)


@pytest.mark.parametrize(
    ("ages", "loss"),
    [
        ([timedelta(minutes=50)], "50 min"),
        ([timedelta(hours=20), timedelta(hours=20, seconds=30)], "20 h 00"),
        ([timedelta(days=3, hours=1, minutes=5), timedelta(minutes=40)], "40 min to 3 d 1 h"),
        ([timedelta(days=102, hours=3), timedelta(days=205)], "102 to 205 d"),
        ([timedelta(days=102, hours=3), timedelta(days=102, hours=20)], "102 d"),
        ([timedelta(days=8), timedelta(days=31)], "8 to 31 d"),
    ],
)
def test_the_edits_that_are_lost_are_told_by_how_far_back_they_reach(ages: list[timedelta], loss: str) -> None:
    said = sentence(Service.SHAREPOINT, Destination.IN_PLACE, 2, [NOW - age for age in ages], NOW)
    assert f"All edits since, {loss}, are lost." in said
    assert len(textwrap.wrap(said, 66)) <= 3


@pytest.mark.parametrize(("service", "destination"), CASES)
def test_a_point_without_a_time_is_not_made_up(service: Service, destination: Destination) -> None:
    said = sentence(service, destination, 2, [], NOW)
    assert "a point whose time the service did not report" in said
    assert " ,  " not in said
    assert "UTC" not in said


def test_the_form_says_it_in_one_line() -> None:
    said = short_sentence(Service.ONEDRIVE, Destination.IN_PLACE, 37)
    assert said == "37 OneDrive accounts are rolled back; edits since are lost."
    for service, destination in CASES:
        assert len(short_sentence(service, destination, 1000)) <= 63


def test_the_local_time_has_its_own_line() -> None:
    assert zone_line(POINTS, ZoneInfo("Europe/Berlin"), NOW) == "= 13:20 to 14:00 Europe/Berlin"
    assert zone_line(POINTS, ZoneInfo("UTC"), NOW) == ""
    assert zone_line([], ZoneInfo("Europe/Berlin"), NOW) == ""


def told(service: Service, destination: Destination, count: int = 2) -> str:
    return "\n".join(f"{check.mark} {check.text}" for check in worst_first(check_kind(service, destination, count)))


SITES_IN_PLACE = (Service.SHAREPOINT, Destination.IN_PLACE)
ACCOUNTS = "? holds cannot be seen: a held account fails until its hold is removed"


@pytest.mark.parametrize("destination", Destination)
@pytest.mark.parametrize("service", [Service.EXCHANGE, Service.ONEDRIVE])
def test_a_hold_stops_an_account_wherever_it_goes(service: Service, destination: Destination) -> None:
    assert ACCOUNTS in told(service, destination)


def test_a_held_site_is_sent_to_a_new_address_where_it_does_not_fail() -> None:
    assert "? holds cannot be seen: a held site fails; use a new address for it" in told(*SITES_IN_PLACE)
    assert "hold" not in told(Service.SHAREPOINT, Destination.NEW)


@pytest.mark.parametrize("service", [Service.ONEDRIVE, Service.SHAREPOINT])
def test_what_a_roll_back_may_or_may_not_do_is_told(service: Service) -> None:
    said = told(service, Destination.IN_PLACE)
    assert "? permissions: Microsoft's pages differ on whether they are rolled back too" in said
    assert "? edits made while it runs may be lost as well" in said
    assert ("! renames, address changes and the term store" in said) is (service is Service.SHAREPOINT)
    elsewhere = told(service, Destination.NEW)
    assert "permissions" not in elsewhere
    assert "a global administrator can lift the lock earlier" in elsewhere
    for each in (said, elsewhere):
        assert "! content removed from the recycle bin is not restored" in each


@pytest.mark.parametrize("destination", Destination)
def test_what_a_mailbox_does_not_get_back_is_told_for_a_new_folder_too(destination: Destination) -> None:
    said = told(Service.EXCHANGE, destination)
    assert "! mail drafts are never backed up" in said
    assert "0 items is not a failure" in said
    assert "flags and importance" in said
    assert "meetings: other people's copies" in said
    assert "meetings" not in told(Service.EXCHANGE, destination, 1)
    assert "recycle bin" not in said
    assert "permissions" not in said


@pytest.mark.parametrize("service", Service)
def test_after_an_attack_is_asked_for_many_units_in_place_only(service: Service) -> None:
    assert "after an attack" in told(service, Destination.IN_PLACE, 21)
    assert "after an attack" not in told(service, Destination.IN_PLACE, 20)
    assert "after an attack" not in told(service, Destination.NEW, 21)


@pytest.mark.parametrize(("service", "destination"), CASES)
def test_what_is_true_of_every_restore_stands_behind_what_may_happen_to_this_one(
    service: Service, destination: Destination
) -> None:
    own = Check(CheckResult.WARNING, "lee.gu@contoso.com: the point expires soon", 25)
    found = worst_first([*check_kind(service, destination, 2), own])
    assert found[0] is own
    assert all(len(check.text) <= 76 for check in found)


def test_points_of_which_there_is_one_a_week_are_counted() -> None:
    weeks = [NOW - timedelta(days=20), NOW - timedelta(days=30), *POINTS, None]
    (check,) = check_weekly(Service.SHAREPOINT, weeks, NOW)
    assert check.text == "2 points are weekly: up to 7 days earlier than you asked for"
    (check,) = check_weekly(Service.ONEDRIVE, weeks[:1], NOW)
    assert check.text.startswith("1 point is weekly")
    assert check_weekly(Service.EXCHANGE, weeks, NOW) == []
    assert check_weekly(Service.SHAREPOINT, POINTS, NOW) == []


@pytest.mark.parametrize(
    ("destination", "count", "tenant", "wanted"),
    [
        (Destination.NEW, 3, "contoso", "restore 3"),
        (Destination.IN_PLACE, 37, "contoso", "overwrite 37 contoso"),
        (Destination.IN_PLACE, 1000, "contoso", "overwrite 1000 contoso"),
        (Destination.IN_PLACE, 37, "", "overwrite 37"),
    ],
)
def test_the_phrase(destination: Destination, count: int, tenant: str, wanted: str) -> None:
    assert phrase(destination, count, tenant) == wanted
    assert phrase_matches(f" {wanted.upper().replace(' ', '   ')} ", wanted)
    for wrong in (wanted[:-1], wanted + "0", wanted.replace(" ", "", 1), "", wanted.replace(str(count), "1,000")):
        assert not phrase_matches(wrong, wanted) or wrong == wanted


def test_a_wrong_phrase_is_refused_with_both_texts() -> None:
    error = wrong_phrase("overwrite 73 contoso", "overwrite 37 contoso", "started")
    assert error.message == 'Not started. You typed "overwrite 73 contoso"; the text is "overwrite 37 contoso".'


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("ArtifactNotFound", Remedy.BRING_BACK),
        ("InvalidRestoreTime", Remedy.OLDER_POINT),
        ("InvalidRestorePoint", Remedy.OLDER_POINT),
        ("duplicateartifactrestorerequest", Remedy.WAIT),
        ("QuotaExceeded", Remedy.MAKE_ROOM),
        ("UnknownError", Remedy.LOOK),
    ],
)
def test_every_documented_error_of_a_unit_has_a_cause_and_a_remedy(code: str, remedy: Remedy) -> None:
    for service in Service:
        meaning = explain(code, service, unit="lee.gu@contoso.com")
        assert meaning.remedy is remedy
        assert meaning.known
        assert all(meaning.sentences)
        assert "lee.gu@contoso.com" in meaning.happened


def test_an_error_of_tomorrow_is_named_and_not_guessed_at() -> None:
    meaning = explain("QuantumFault", None)
    assert "QuantumFault" in meaning.happened
    assert not meaning.known
    assert not explain(None, Service.EXCHANGE).known
    assert explain("ArtifactNotFound", Service.ONEDRIVE).happened.startswith(
        "The service no longer finds this OneDrive"
    )
    assert explain("InvalidRestoreTime", Service.ONEDRIVE, older_point="20 Nov 12:10").to_do == (
        "f takes the next earlier point (20 Nov 12:10); t another time."
    )


@pytest.mark.parametrize("destination", [*Destination, None])
@pytest.mark.parametrize("service", [Service.EXCHANGE, Service.ONEDRIVE])
def test_a_held_account_is_never_sent_to_a_new_location(service: Service, destination: Destination | None) -> None:
    found = explain("ArtifactCannotBeRestored", service, unit="lee.gu@contoso.com", destination=destination)
    assert found.happened == (
        "lee.gu@contoso.com cannot be restored: under a hold, locked, or part of a tenant split; "
        "the service does not say which."
    )
    assert found.to_do == "Have the hold removed, then f. A new location fails the same way."
    assert found.remedy is Remedy.RELEASE


def test_a_held_site_goes_to_a_new_address_once() -> None:
    for failed_at in (Destination.IN_PLACE, None):
        found = explain("ArtifactCannotBeRestored", Service.SHAREPOINT, destination=failed_at)
        assert found.to_do == "f restores it to a new address, which works under a hold."
        assert found.remedy is Remedy.NEW_ADDRESS
    again = explain("ArtifactCannotBeRestored", Service.SHAREPOINT, destination=Destination.NEW)
    assert again.to_do == "Have the lock removed, then f."
    assert again.remedy is Remedy.RELEASE


@pytest.mark.parametrize("service", [*Service, None])
@pytest.mark.parametrize("code", ["ArtifactCannotBeRestored", "ArtifactNotFound", "QuotaExceeded", "Quantum", None])
def test_a_file_and_a_command_name_no_keys(code: str | None, service: Service | None) -> None:
    for destination in (*Destination, None):
        words = explain(code, service, destination=destination, keys=False).to_do.replace(",", "").split()
        assert not {"f", "f.", "(f)", "(y).", "t"} & set(words)


def test_what_left_the_recycle_bin_is_not_promised_back() -> None:
    found = explain("ArtifactNotFound", Service.SHAREPOINT)
    assert "What was removed from the recycle bin cannot be restored." in found.to_do
