"""Specifies how single values are read and shown: times, hostile text, statuses, counts of units, who is signed in."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_schema import ENUMS

from backup_tui.models import statuses
from backup_tui.models.clock import Clock, ManualClock
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import Action
from backup_tui.models.text import cell_width, counted, is_plain, safe, safe_lines, short_id
from backup_tui.models.times import iso, parse_time
from backup_tui.models.units import SiteProtectionUnit
from backup_tui.models.whoami import Token, read_token

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026-11-20T12:00:00Z", NOON),
        ("2026-11-20T12:00:00", NOON),
        ("2026-11-20 12:00", NOON),
        ("2026-11-20T13:00:00+01:00", NOON),
        ("2026-11-20T06:30:00-0530", NOON),
        ("2026-11-20T12:00:00.000z", NOON),
        ("2026-11-20T12:00:00.1239999Z", NOON.replace(microsecond=123999)),
        ("2023-03-30T12-01-03.45Z", datetime(2023, 3, 30, 12, 1, 3, 450000, tzinfo=UTC)),
        ("2026-11-19T24:00:00Z", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("9999-12-31T23:59:59.9999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_times_are_read_in_every_form_that_the_pages_show(sent: str, meant: datetime | None) -> None:
    assert parse_time(sent) == meant


@pytest.mark.parametrize(
    "sent",
    ["", "soon", "2026-13-01", "2026-11-20T25:00Z", "2026-11-20T24:01Z", "9999-12-31T24:00:00Z", "0000-01-01",
     "2026-11-20T12:00:00ZZ"],
)  # fmt: skip
def test_what_is_no_time_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match=r"time|month|hour|day|year"):
        parse_time(sent)


@given(
    stamp=st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
)
def test_what_is_sent_is_read_back(stamp: datetime) -> None:
    assert parse_time(stamp.isoformat()) == stamp
    if stamp.year >= 1000:
        assert parse_time(iso(stamp)) == stamp


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b]52;c;cm0=\x07b", "a␛]52;c;cm0=␇b"),
        ("\x9b2J", "\\x9b2J"),
        ("a\x00b\r\n\tc\x7f", "a␀b␍␊␉c␡"),
        ("abc\u202egpj", "abc\\u202egpj"),
        ("\u2066x\u2069\u200f\u061c", "\\u2066x\\u2069\\u200f\\u061c"),
        ("pay\u00adpal\u200b", "pay\\u00adpal\\u200b"),
        ("\U000e0041", "\\ue0041"),
        ("\ud800x", "�x"),
        ("[red]Finance[/]", "[red]Finance[/]"),
        ("👩‍👩‍👧 Família", "👩‍👩‍👧 Família"),
    ],
)
def test_hostile_text_becomes_visible(hostile: str, shown: str) -> None:
    assert safe(hostile) == shown
    assert SiteProtectionUnit.read({"id": "u", "siteName": hostile}).title == shown


@given(st.text(st.characters(exclude_categories=[])))
def test_safe_text_moves_no_cursor_and_is_safe_already(text: str) -> None:
    shown = safe(text)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in shown)
    assert safe(shown) == shown or len(shown) > 512
    assert cell_width(shown) >= 0


def test_text_is_cut_where_no_name_is_that_long() -> None:
    assert safe("x" * 10_000_000) == "x" * 512 + "…"
    assert safe("x" * 512) == "x" * 512
    assert safe_lines("a\r\nb\tc\x1b") == "a\nb    c␛"
    assert short_id("61633878-aaaa") == "61633878"


def test_widths_are_counted_in_cells() -> None:
    assert [cell_width(text) for text in ("abc", "日本", "é", "e\u0301")] == [3, 4, 1, 1]


@pytest.mark.parametrize(
    ("enum", "look_up"),
    [
        ("restoreSessionStatus", statuses.session_status),
        ("artifactRestoreStatus", statuses.artifact_status),
        ("protectionPolicyStatus", statuses.policy_status),
        ("protectionUnitStatus", statuses.unit_status),
        ("backupServiceStatus", statuses.service_status),
        ("restoreArtifactsBulkRequestStatus", statuses.bulk_status),
        ("browseSessionStatus", statuses.browse_status),
    ],
)
def test_every_status_of_the_schema_has_a_word_and_a_mark_of_one_cell(enum: str, look_up: object) -> None:
    assert callable(look_up)
    rows = [look_up(value) for value in ENUMS[enum]]
    assert [row.value for row in rows] == ENUMS[enum]
    for row in rows:
        assert row.word
        assert cell_width(row.mark) == 1
        assert look_up(row.value.upper()) == row


@pytest.mark.parametrize(
    ("look_up", "shown"),
    [
        (
            statuses.session_status,
            {
                "draft": "○ draft",
                "activating": "~ starting",
                "active": "» running",
                "completed": "✓ completed",
                "failed": "✗ all failed",
            },
        ),
        (
            statuses.artifact_status,
            {
                "added": "· waiting",
                "scheduling": "· waiting",
                "scheduled": "· waiting",
                "inProgress": "» restoring",
                "succeeded": "✓ restored",
                "failed": "✗ failed",
            },
        ),
        (
            statuses.unit_status,
            {
                "protected": "✓ protected",
                "protectRequested": "~ being added",
                "unprotectRequested": "! being removed",
                "unprotected": "- not protected",
                "offboardRequested": "! offboarding",
            },
        ),
        (
            statuses.policy_status,
            {
                "active": "✓ active",
                "activeWithErrors": "! active, problems",
                "updating": "~ updating",
                "inactive": "- inactive",
            },
        ),
    ],
)
def test_states_have_the_marks_and_words_of_the_lists(
    look_up: Callable[[str], statuses.Status], shown: Mapping[str, str]
) -> None:
    assert {value: f"{look_up(value).mark} {look_up(value).word}" for value in shown} == shown


def test_a_status_of_tomorrow_is_shown_as_it_came_and_allows_nothing() -> None:
    tomorrow = statuses.session_status("archived")
    assert (tomorrow.word, tomorrow.terminal, tomorrow.actions) == ("archived", False, ())
    assert statuses.session_status(None).word == "not given"
    unknown = statuses.session_status("unknownFutureValue")
    assert not unknown.terminal
    assert not unknown.actions


def test_only_a_draft_can_be_activated_changed_and_deleted() -> None:
    for action in (Action.ACTIVATE, Action.EDIT, Action.DELETE):
        allowed = [value for value in ENUMS["restoreSessionStatus"] if statuses.session_status(value).allows(action)]
        assert allowed == ["draft"]


def test_units_are_counted_with_their_noun_in_the_right_number() -> None:
    assert Service.EXCHANGE.counted(1) == "1 mailbox"
    assert Service.ONEDRIVE.counted(1000) == "1,000 OneDrive accounts"
    assert Destination.IN_PLACE.word == "in place"


def token_of(claims: object) -> Token:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Token(f"h.{body}.s")


def test_a_token_tells_who_it_is_for() -> None:
    who = read_token(
        token_of({"tid": "t1", "oid": "o1", "upn": "adele@contoso.com", "scp": "A B", "exp": 1_800_000_000}), "host"
    )
    assert (who.tenant, who.tenant_word, who.user, who.object_id) == (
        "contoso.com",
        "contoso",
        "adele@contoso.com",
        "o1",
    )
    assert who.scopes == frozenset({"A", "B"})
    assert not who.app_only
    assert who.expires == datetime.fromtimestamp(1_800_000_000, UTC)


def test_an_application_has_roles_and_no_person() -> None:
    who = read_token(token_of({"tid": "t1", "appid": "app", "roles": ["R", 5]}), "host")
    assert (who.app_only, who.user, who.scopes) == (True, "app", frozenset({"R"}))


@pytest.mark.parametrize("value", ["opaque", "a.b.c", "..", "h.bnVsbA.s", "h.W10.s", "h." + "W" * 9 + ".s", "é.ü.ß"])
def test_a_token_that_tells_nothing_is_fine(value: str) -> None:
    who = read_token(Token(value), "graph.microsoft.com")
    assert (who.tenant, who.known, who.tenant_word, who.user_label) == (
        "graph.microsoft.com", False, "", "unknown user"
    )  # fmt: skip


@pytest.mark.parametrize(
    "claims", [{"exp": 1e400}, {"exp": "soon"}, {"exp": True}, {"upn": 5, "roles": "x", "tid": []}]
)
def test_claims_of_any_shape_are_survived(claims: object) -> None:
    assert read_token(token_of(claims), "host").expires is None


def test_a_token_never_shows_itself() -> None:
    token = Token("secret-value")
    assert "secret" not in f"{token} {token!r} {[token]} {token!s:>30}"
    assert token == Token("secret-value")
    assert token.reveal() == "secret-value"


def test_the_clock_is_the_services_and_carries_on_by_itself() -> None:
    seconds = 0.0
    clock = Clock(monotonic=lambda: seconds, wall=lambda: datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.skew is None
    clock.heard(NOON)
    seconds = 90.0
    assert clock.now() == NOON.replace(minute=1, second=30)
    clock.heard(NOON.replace(minute=1, second=29))
    assert clock.now() == NOON.replace(minute=1, second=30), "a Date header has whole seconds; time does not go back"
    assert clock.skew is not None


def test_two_processes_on_a_machine_whose_clock_is_right_agree_to_the_fraction_of_a_second() -> None:
    """What one wrote down as its time must not lie ahead of the other's now."""
    first = Clock(monotonic=lambda: 0.0, wall=lambda: NOON + timedelta(seconds=0.3))
    later = Clock(monotonic=lambda: 7.0, wall=lambda: NOON + timedelta(seconds=0.9))
    for clock in (first, later):
        clock.heard(NOON)
    assert later.now() - first.now() == timedelta(seconds=0.6)
    assert first.skew == timedelta(0)


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(NOON)
    clock.heard(datetime(2030, 1, 1, tzinfo=UTC))
    clock.advance(60)
    assert clock.now() == NOON.replace(minute=1)


def test_a_count_carries_its_noun_in_the_right_number() -> None:
    assert [counted(count, "name") for count in (0, 1, 1000)] == ["0 names", "1 name", "1,000 names"]
    assert [counted(count, "entry", "entries") for count in (1, 2)] == ["1 entry", "2 entries"]


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hồng Ánh",
        unicodedata.normalize("NFD", "Nguyễn Thị Hồng Ánh"),
        "श्रीमती क्षमा",
        "क्\u200dष",
        "ที่ทำการผู้ใหญ่บ้าน",
        "می\u200cخواهم",
        "שָׁלוֹם",
        "မြှောင့်",
        "👩\u200d💻 Team",
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3 first",
        "☎\ufe0f Büro",
        "نيسان\u0600",
        "한국어 東京 Ελλάδα",
    ],
)
def test_names_in_the_scripts_of_people_stay_as_they_are(name: str) -> None:
    assert safe(name) == name


@pytest.mark.parametrize("blank", [0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0xE0041, 0xE0100, 0x180E, 0x034F, 0x1D173])
def test_a_letter_that_nobody_can_see_is_written_out(blank: int) -> None:
    assert safe(f"Fin{chr(blank)}ance") == f"Fin\\u{blank:04x}ance"
    assert safe(chr(blank) * 3).strip()


@pytest.mark.parametrize(
    ("heap", "shown"),
    [
        ("e" + "\u0301" * 400, "e" + "\u0301" * 4 + "\\u0301"),
        ("a\ufe0f", "a\\ufe0f"),
        ("☎" + "\ufe0f" * 40, "☎\ufe0f\\ufe0f\\ufe0f"),
        ("Finance\u200d", "Finance\\u200d"),
        ("Fin\u200cance", "Fin\\u200cance"),
        ("👩\u200d\u200d💻", "👩\\u200d\\u200d💻"),
        ("\u0336strike", "◌\u0336strike"),
        ("a \u0488b", "a ◌\u0488b"),
        ("x\ufe00\ufe01\ufe02", "x\\ufe00\\ufe01\\ufe02"),
    ],
)
def test_marks_in_a_heap_and_joiners_that_join_nothing_are_written_out(heap: str, shown: str) -> None:
    assert safe(heap).startswith(shown)


@given(st.text(st.characters(min_codepoint=0x300), max_size=30))
def test_what_is_safe_is_shown_the_same_again_and_stacks_stay_low(text: str) -> None:
    shown = safe(text)
    assert safe(shown) == shown
    run = 0
    for char in shown:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        assert run <= 4


def test_letters_that_are_taken_at_the_first_look_are_shown_as_they_came_at_a_closer_look_too() -> None:
    plain = "".join(chr(point) for point in range(0x110000) if is_plain(chr(point)))
    assert {*"Aé~ßżΩЖゖ山김"} <= {*plain}
    assert safe(plain + "\x07", len(plain) * 2) == plain + "␇"  # the bell has every sign before it looked at
