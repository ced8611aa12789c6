"""Specifies the search inside mailboxes: its language in every dialect of the pages, and what it answers."""

from __future__ import annotations

from typing import Any

import pytest
from restore_walks import PERIOD, search_mail
from simulated import Simulated

from backup_tui.simulator.grammar.mail_query import Joined, Term, parse_query, read_artifact_query
from backup_tui.simulator.http.errors import Refusal

SUBJECT = Term("subject", "-like", "budget*")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Subject -like 'Budget*'", SUBJECT),
        ("(SUBJECT -LIKE 'budget*')", SUBJECT),
        ("((subject -Like 'budget*'))", SUBJECT),
        ("subject -contains 'budget'", Term("subject", "-contains", "budget")),
        ("Subject -like '*budget'", Term("subject", "-like", "*budget")),
        ("Sender -eq 'Adele.Vance@contoso.com'", Term("sender", "-eq", "adele.vance@contoso.com")),
        ("recipient -eq 'lee'", Term("participants", "-eq", "lee")),
        ("Subject -like 'it''s'", Term("subject", "-like", "it's")),
        ("HasAttachment -eq 'true'", Term("hasattachment", "-eq", "true")),
        ("hasattachment -eq False", Term("hasattachment", "-eq", "false")),
        ("MessageKind -eq 'Calendar'", Term("messagekind", "-eq", "calendar")),
        (
            "PitrDumpsterActionTriggeredTime -gt '2026-11-01T00:00:00Z'",
            Term("deleted", "-gt", "2026-11-01T00:00:00Z"),
        ),
        (
            "PitrDumpsterActionTriggeredTime -lt {2026-11-01T02:00:00+02:00}",
            Term("deleted", "-lt", "2026-11-01T00:00:00Z"),
        ),
        (
            "PitrDumpsterActionTriggeredTime -gt '{2026-11-01T00:00:00Z}'",
            Term("deleted", "-gt", "2026-11-01T00:00:00Z"),
        ),
        (
            "(Subject -like 'budget*') -and (HasAttachment -eq 'true') -or (Sender -like 'lee')",
            Joined(
                "or",
                (
                    Joined("and", (SUBJECT, Term("hasattachment", "-eq", "true"))),
                    Term("sender", "-like", "lee"),
                ),
            ),
        ),
        (
            "(Subject -like 'budget*') -AND ((HasAttachment -eq 'true') -Or (Sender -like 'lee'))",
            Joined(
                "and",
                (
                    SUBJECT,
                    Joined("or", (Term("hasattachment", "-eq", "true"), Term("sender", "-like", "lee"))),
                ),
            ),
        ),
    ],
)
def test_every_dialect_is_read(text: str, found: Any) -> None:
    assert parse_query(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Subject",
        "Subject -like",
        "Subject 'budget'",
        "Subject -gt 'budget'",
        "HasAttachment -like 'true'",
        "HasAttachment -eq 'maybe'",
        "MessageKind -eq 'Fax'",
        "Colour -eq 'red'",
        "Subject -like 'bud*get'",
        "Subject -like '*'",
        "Subject -like ''",
        "Subject -like 'budget",
        "(Subject -like 'budget'",
        "Subject -like 'a')",
        "Subject -like 'a' -and",
        "Subject -like 'a' Subject -like 'b'",
        "Subject eq 'a'",
        "PitrDumpsterActionTriggeredTime -gt 'soon'",
        " -and ".join(f"(Subject -like '{letter}')" for letter in "abcd"),
        " -and ".join(f"(Participants -like '{letter}')" for letter in "abcd"),
        "(" * 30 + "Subject -like 'a'" + ")" * 30,
        "(Subject -like 'a') -or " * 300 + "(Subject -like 'a')",
    ],
)
def test_what_is_not_a_query_is_refused(text: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_query(text)
    assert (refusal.value.status, refusal.value.code) == (400, "InvalidSearchRequest")


def test_three_alike_are_allowed() -> None:
    assert parse_query(" -and ".join(f"(Subject -like '{letter}')" for letter in "abc"))


def test_beta_says_the_same_in_lists() -> None:
    structured = {"senders": ["Lee", "Adele"], "subjects": ["budget*"], "hasAttachment": True, "items": ["email"]}
    told = read_artifact_query({"artifactType": "message", "structuredQueryExpression": structured}, True)
    text = "((Sender -like 'lee') -or (Sender -like 'adele')) -and (Subject -like 'budget*')"
    assert told == parse_query(f"{text} -and (HasAttachment -eq 'true') -and (MessageKind -eq 'Email')")


@pytest.mark.parametrize(
    "given",
    [
        "Subject -like 'a'",
        {},
        {"queryExpression": ""},
        {"queryExpression": 7},
        {"queryExpression": "Subject -like 'a'", "artifactType": "file"},
        {"queryExpression": "Subject -like 'a'", "colour": "red"},
        {"structuredQueryExpression": {}},
        {"structuredQueryExpression": {"senders": "Lee"}},
        {"structuredQueryExpression": {"items": ["fax"]}},
        {"structuredQueryExpression": {"senders": ["Lee"]}, "queryExpression": "Subject -like 'a'"},
    ],
)
def test_wrong_artifact_queries_are_refused(given: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        read_artifact_query(given, True)
    assert refusal.value.code == "InvalidSearchRequest"


def test_the_structure_is_not_known_on_v1() -> None:
    with pytest.raises(Refusal):
        read_artifact_query({"structuredQueryExpression": {"senders": ["Lee"]}}, False)


async def test_hits_follow_from_mailbox_query_and_point(sim: Simulated) -> None:
    first = await search_mail(sim, "(HasAttachment -eq 'true') -and (MessageKind -eq 'Email')")
    again = await search_mail(sim, "( messagekind -eq Email ) -AND ( hasattachment -eq TRUE )")
    other = await search_mail(sim, "(HasAttachment -eq 'true') -and (MessageKind -eq 'Email')", first=1)
    hits = [found["searchResults"][0]["artifactHitCount"] for found in (first, again, other)]
    assert hits[0] == hits[1] > 0
    assert hits[0] != hits[2]
    assert first["searchResponseId"] != again["searchResponseId"]
    one = (await search_mail(sim, "(MessageKind -eq 'Note')"))["searchResults"][0]
    both = (await search_mail(sim, "(MessageKind -eq 'Note') -or (MessageKind -eq 'Email')"))["searchResults"][0]
    assert 0 < one["artifactHitCount"] < both["artifactHitCount"]
    assert one["restorePoint"]["protectionUnit"]["@odata.type"] == "#microsoft.graph.mailboxProtectionUnit"


async def test_an_older_point_holds_less(sim: Simulated) -> None:
    early = {"startDateTime": "2026-06-01T00:00:00Z", "endDateTime": "2026-06-02T00:00:00Z"}
    then = await search_mail(sim, "(HasAttachment -eq 'false')", protectionTimePeriod=early)
    now = await search_mail(sim, "(HasAttachment -eq 'false')")
    assert then["searchResults"][0]["artifactHitCount"] < now["searchResults"][0]["artifactHitCount"]


async def test_a_mailbox_without_hits_is_no_result(sim: Simulated) -> None:
    answers = [await search_mail(sim, f"(Subject -like 'word{number}')") for number in range(40)]
    empty = [found for found in answers if not found["searchResults"]]
    assert 1 <= len(empty) < 20
    assert empty[0]["noResultProtectionUnitIds"] == [sim.units("exchange", 1)[0].id]


async def test_without_a_query_no_hits_are_counted(sim: Simulated) -> None:
    body = {"protectionUnitIds": [sim.units("exchange", 1)[0].id], "protectionTimePeriod": PERIOD}
    found = (await sim.call("POST", "/restorePoints/search", json=body)).json()
    assert "artifactHitCount" not in found["searchResults"][0]
    assert sim.service.searches == {}


async def test_one_mailbox_at_a_time(sim: Simulated) -> None:
    query = {"queryExpression": "Subject -like 'a'", "artifactType": "message"}
    for units in (sim.units("exchange", 2), sim.units("onedrive", 1)):
        body = {
            "protectionUnitIds": [unit.id for unit in units],
            "protectionTimePeriod": PERIOD,
            "artifactQuery": query,
        }
        assert await sim.refused("POST", "/restorePoints/search", json=body) == (400, "InvalidSearchRequest")


async def test_beta_searches_within_a_policy(sim: Simulated) -> None:
    beta = "/beta/solutions/backupRestore/restorePoints/search"
    unit, policies = sim.units("exchange", 1)[0], sim.service.tenant.policies
    assert unit.policy is not None
    body = {"protectionUnitIds": [unit.id], "protectionTimePeriod": PERIOD, "policyId": unit.policy.id}
    assert (await sim.call("POST", beta, json=body)).status_code == 200
    body["policyId"] = next(each.id for each in policies if each is not unit.policy)
    assert await sim.refused("POST", beta, json=body) == (400, "InvalidProtectionUnitId")
