"""Deleted mails found at the right point and back in their mailbox, by commands alone; batches that lose no name."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from test_lost_answers import entry, killed

from backup_tui.simulator.domain import points
from backup_tui.simulator.domain.searches import count_hits
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.grammar.mail_query import parse_query
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]

FAST = ("--interval", "0.1")
WEEK = 7 * 86_400


def mailboxes(served: Running, count: int) -> list[Unit]:
    now = served.service.now()
    found = [
        unit
        for unit in served.service.tenant.units["exchange"]
        if unit.trait == "sound"
        and unit.joined < now - 30 * 86_400
        and unit.address
        and unit.policy
        and not unit.error
        and unit.state(now)[0] == "protected"
    ]
    return found[:count]


def hits(served: Running, unit: Unit, word: str) -> dict[int, int]:
    """What a search of each point of the last week finds, by its time."""
    query, now = parse_query(f"(Subject -like '{word}')"), served.service.now()
    walk = points.oldest_first(unit, now, now - WEEK + 3_600, now)
    return {point.moment: count_hits(point, query) for point in walk}


def deleted_word(served: Running, unit: Unit) -> str:
    """A word whose mails were there a week ago and are gone now."""
    for number in range(300):
        found = list(hits(served, unit, f"word{number}").values())
        if found[0] > 0 == found[-1] and sum(a > b for a, b in pairwise(found)) == 1:
            return f"word{number}"
    raise AssertionError("no word was deleted in this week")


def test_a_deleted_mail_is_found_at_its_last_point_and_comes_back(command: Command, served: Running) -> None:
    (unit,) = mailboxes(served, 1)
    word = deleted_word(served, unit)
    words = ("--unit", unit.address, "--subject", word)

    searched = command("mail", "search", *words, "--before", "latest", "--json")
    assert searched.code == 0, searched.err
    (found,) = searched.json
    assert found["searches"] <= 12
    assert found["queryExpression"] == f"(Subject -like '{word}')"
    truth = hits(served, unit, word)
    last = max(moment for moment, count in truth.items() if count)
    best = next(one for one in found["searchResults"] if one["restorePoint"]["id"] == found["lastPointWithHits"])
    assert best["artifactHitCount"] == truth[last]

    table = command("mail", "search", *words)
    assert "last point before they disappeared" in table.out
    assert f"{truth[last]:,} at " in table.err

    before = len(served.service.sessions)
    drafted = command("mail", "draft", *words, "--point", found["lastPointWithHits"], "--to", "in-place")
    assert drafted.code == 0, drafted.err
    session = drafted.out.strip()
    assert len(served.service.sessions) == before + 1
    shown = command("sessions", "show", session)
    assert f"(Subject -like '{word}')" in shown.out
    assert (command("sessions", "show", session, "--json").json["mails"]) == truth[last]

    review = command("sessions", "activate", session)
    assert review.code == 2
    assert "mail" in review.err.splitlines()[1]
    assert "of one mailbox" in review.err
    assert f"Searched for: (Subject -like '{word}')" in review.err
    done = command("sessions", "activate", session, "--confirm", "overwrite 1 contoso", "--wait", *FAST)
    assert done.code == 0, done.err
    (artifact,) = command("sessions", "show", session, "--json").json["artifacts"]
    assert (artifact["status"], artifact["restoredItemCount"]) == ("succeeded", truth[last])


def test_a_draft_takes_the_last_point_by_itself_or_the_one_of_a_time(command: Command, served: Running) -> None:
    (unit,) = mailboxes(served, 1)
    word = deleted_word(served, unit)
    words = ("mail", "draft", "--unit", unit.id, "--query", f"(Subject -like '{word}')", "--to", "new")
    taken = command(*words, "--before", "latest", "--json")
    assert taken.code == 0, taken.err
    assert taken.json["mails"] > 0
    gone = command(*words, "--at", "latest")
    assert (gone.code, gone.out) == (2, "")
    assert "Nothing was found" in gone.err
    assert "No draft was created." in gone.err


def test_every_name_of_a_batch_has_a_line_of_its_own(command: Command, served: Running, names: Names) -> None:
    first, second = mailboxes(served, 2)
    path = names(first.address, "nobody@example.org", second.address)
    words = ("--units", path, "--kind", "email")
    searched = command("mail", "search", *words, "--after", "1d")
    assert searched.code == 6
    lines = {line.split()[0]: line for line in searched.out.splitlines()[1:]}
    assert lines.keys() == {first.address, second.address, "nobody@example.org"}
    assert "matches no mailbox" in lines["nobody@example.org"]
    assert "still there" in lines[first.address]

    drafted = command("mail", "draft", *words, "--at", "3h ago", "--to", "new")
    assert drafted.code == 6, drafted.err
    session = drafted.out.strip()
    artifacts = command("sessions", "show", session, "--json").json["artifacts"]
    assert len(artifacts) == 2
    review = command("sessions", "activate", session)
    assert "of 2 mailboxes" in review.err
    assert "NOT in this restore: 1 name: nobody@example.org" in review.err


@pytest.mark.parametrize(
    ("words", "says", "way_out"),
    [
        (["--query", "(Subject -like 'in*voice')"], "(character 19)", "Subject -like 'text*'"),
        (["--query", "(Subject -like 'a')", "--sender", "b"], "--query takes the place", "Leave them out."),
        ([], "Nothing to search for.", "Give --subject, --sender,"),
        (["--subject", "a", "--subject", "b", "--subject", "c", "--subject", "d"], "--subject: 4 texts are too", ""),
        (["--participant", "*"], "--participant: A search text is empty.", ""),
        (["--subject", "a", "--after", "1h", "--before", "2h"], "--after is not before --before", ""),
        (["--subject", "a", "--at", "11/12/2026"], "11 Dec or 12 Nov", ""),
    ],
)
def test_what_cannot_be_searched_for_is_refused_before_anything_is_searched(
    command: Command, served: Running, words: Sequence[str], says: str, way_out: str
) -> None:
    (unit,) = mailboxes(served, 1)
    refused = command("mail", "search", "--unit", unit.address, *words, "--json")
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.error["message"]
    assert way_out in (refused.error["hint"] or "")
    assert served.service.searches == {}


def test_a_point_that_no_search_here_has_found_is_refused(command: Command, served: Running) -> None:
    (unit,) = mailboxes(served, 1)
    refused = command(
        "mail", "draft", "--unit", unit.address, "--subject", "a", "--point", "x" * 40, "--to", "new", "--json"
    )
    assert refused.code == 2
    assert "mail search" in json.loads(refused.err)["error"]["hint"]


@pytest.mark.parametrize("point", ["after_intent", "before_send", "after_send", "inside_answer", "after_answer"])
def test_a_draft_of_mails_that_was_killed_is_found_again(
    command: Command, served: Running, environment: dict[str, str], point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backup_tui.changes.lost_answers.LOOKS_AT", (0.0, 0.1))
    (unit,) = mailboxes(served, 1)
    before = len(served.service.listed_sessions())
    asked = ["mail", "draft", "--unit", unit.address, "--kind", "email", "--at", "2026-01-01", "--to", "new"]
    asked[7] = f"{datetime.fromtimestamp(served.service.now() - 7_200, UTC):%Y-%m-%d %H:%M} UTC"
    killed(environment, point, *asked)
    again = command(*asked)
    if point in ("after_intent", "before_send"):
        assert again.code == 7, "nobody knows yet, so none is made"
        assert command("journal", "resolve", str(entry(command, "create")["id"]), "--not-done").code == 0
        again = command(*asked)
    assert again.code == 0, again.err
    told = "An identical draft was created from here" in again.err
    assert told is (point == "after_answer")
    assert len(served.service.listed_sessions()) == before + 1 + told
    assert "Searched for" in command("sessions", "show", again.out.strip()).out
