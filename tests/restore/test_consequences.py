"""Specifies what the review says before a restore starts, word for word, and the phrase that starts it."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backup_tui.models.phrases import phrase_matches, wrong_phrase
from backup_tui.models.services import Destination, Service
from backup_tui.restore.consequences import (
    extra_lines,
    phrase,
    sentence,
    short_sentence,
    zone_line,
)
from backup_tui.restore.errors_of_units import Remedy, explain

NOW = datetime(2026, 11, 21, 3, 2, tzinfo=UTC)
POINTS = [datetime(2026, 11, 20, 13, 0, tzinfo=UTC), datetime(2026, 11, 20, 12, 20, tzinfo=UTC)]

LONGEST = {
    (Service.EXCHANGE, Destination.IN_PLACE): """\
IN PLACE: in 1,000 mailboxes, items changed or deleted since 20
Nov 12:20 to 13:00 UTC are put back. Newer and unchanged items
stay. Drafts and items still in Deleted Items do not come back.""",
    (Service.EXCHANGE, Destination.NEW): """\
NEW FOLDER: what the service brings back from 20 Nov 12:20 to
13:00 UTC goes into a new folder in each of 1,000 mailboxes. If
nothing differs, no folder is made; that is not a failure.""",
    (Service.ONEDRIVE, Destination.IN_PLACE): """\
IN PLACE: 1,000 OneDrive accounts go back as a whole to 20 Nov
12:20 to 13:00 UTC, permissions too. All edits since, 14 h 02 min
to 14 h 42 min, are lost. They are not locked meanwhile.""",
    (Service.ONEDRIVE, Destination.NEW): """\
NEW ADDRESS: 1,000 OneDrive copies as of 20 Nov 12:20 to 13:00
UTC, read-only until done, addresses ending in R0, R1... Only
administrators can open them at first. The originals stay.""",
    (Service.SHAREPOINT, Destination.IN_PLACE): """\
IN PLACE: 1,000 sites go back as a whole to 20 Nov 12:20 to 13:00
UTC, permissions too. All edits since, 14 h 02 min to 14 h 42 min,
are lost. The sites are not locked meanwhile.""",
    (Service.SHAREPOINT, Destination.NEW): """\
NEW ADDRESS: 1,000 site copies as of 20 Nov 12:20 to 13:00 UTC,
read-only until done, addresses ending in R0, R1... Only
administrators can open them: members must be let in again.""",
}
SINGLE = {
    (Service.EXCHANGE, Destination.IN_PLACE): "IN PLACE: in 1 mailbox, items changed",
    (Service.EXCHANGE, Destination.NEW): "goes into a new folder in 1 mailbox. If",
    (
        Service.ONEDRIVE,
        Destination.IN_PLACE,
    ): "1 OneDrive account goes back as a whole to 20 Nov 13:00 UTC, perm",
    (Service.ONEDRIVE, Destination.NEW): "1 OneDrive copy as of 20 Nov 13:00 UTC, read-only until done, address ending",
    (Service.SHAREPOINT, Destination.IN_PLACE): "since, 14 h 02 min, are lost. The site is not locked meanwhile.",
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


@pytest.mark.parametrize(("service", "destination"), CASES)
def test_a_point_without_a_time_is_not_made_up(service: Service, destination: Destination) -> None:
    said = sentence(service, destination, 2, [], NOW)
    assert "a point whose time the service did not give" in said
    assert " ,  " not in said
    assert "UTC" not in said


def test_the_form_says_it_in_one_line() -> None:
    said = short_sentence(Service.ONEDRIVE, Destination.IN_PLACE, 37)
    assert said == "37 OneDrive accounts go back as a whole. Not locked meanwhile."
    for service, destination in CASES:
        assert len(short_sentence(service, destination, 1000)) <= 65


def test_the_local_time_has_its_own_line() -> None:
    assert zone_line(POINTS, ZoneInfo("Europe/Berlin"), NOW) == "(13:20 to 14:00 Europe/Berlin)"
    assert zone_line(POINTS, ZoneInfo("UTC"), NOW) == ""
    assert zone_line([], ZoneInfo("Europe/Berlin"), NOW) == ""


def lines(service: Service, destination: Destination, count: int, **more: int) -> str:
    return " ".join(extra_lines(service, destination, count, POINTS, NOW, **more))


def test_extra_lines_appear_only_when_they_apply() -> None:
    assert "Holds cannot be seen" in lines(Service.SHAREPOINT, Destination.IN_PLACE, 1)
    assert "Holds" not in lines(Service.EXCHANGE, Destination.IN_PLACE, 1)
    assert "Holds" not in lines(Service.SHAREPOINT, Destination.NEW, 1)
    assert "Meetings" in lines(Service.EXCHANGE, Destination.NEW, 2)
    assert lines(Service.EXCHANGE, Destination.NEW, 1) == ""
    assert "attack" in lines(Service.ONEDRIVE, Destination.IN_PLACE, 21)
    assert "attack" not in lines(Service.ONEDRIVE, Destination.IN_PLACE, 20)
    assert "Mail and rules that came after" in lines(Service.EXCHANGE, Destination.IN_PLACE, 21)
    assert "recycle bin" in lines(Service.SHAREPOINT, Destination.IN_PLACE, 1, in_recycle_bin=1)
    assert "2 were restored twice" in lines(Service.ONEDRIVE, Destination.NEW, 2, restored_before=2)
    weekly = extra_lines(
        Service.SHAREPOINT, Destination.NEW, 2, [NOW - timedelta(days=20), NOW - timedelta(days=30), *POINTS], NOW
    )
    assert weekly == ("2 of the points are weekly ones: up to 7 days older than the time you asked for.",)


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
    assert error.what == 'Not started. You typed "overwrite 73 contoso"; the text is "overwrite 37 contoso".'


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("ArtifactNotFound", Remedy.BRING_BACK),
        ("InvalidRestoreTime", Remedy.OLDER_POINT),
        ("InvalidRestorePoint", Remedy.OLDER_POINT),
        ("ArtifactCannotBeRestored", Remedy.NEW_LOCATION),
        ("duplicateartifactrestorerequest", Remedy.WAIT),
        ("QuotaExceeded", Remedy.LOOK),
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
        "f takes the next older point (20 Nov 12:10); t chooses another time."
    )


@pytest.mark.parametrize("service", Service)
def test_what_failed_at_a_new_location_is_not_sent_to_a_new_location_again(service: Service) -> None:
    again = explain("ArtifactCannotBeRestored", service, unit="lee.gu@contoso.com", destination=Destination.NEW)
    assert again.remedy is Remedy.LOOK
    assert "in place" not in again.happened
    assert "new location (f)" not in again.to_do
    assert "new location (f)" not in explain("ArtifactCannotBeRestored", service, keys=False).to_do
    for other in (None, Destination.IN_PLACE):
        assert explain("ArtifactCannotBeRestored", service, destination=other).remedy is Remedy.NEW_LOCATION
