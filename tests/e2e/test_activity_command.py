"""`activity list`: the service's own log by command, narrowed, as JSON, and what v1.0 and a missing right say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def beta(served: Running) -> tuple[str, str]:
    return "--graph-url", served.base_url.removesuffix("v1.0") + "beta"


def test_the_log_is_listed_newest_first_and_narrowed(command: Command, served: Running) -> None:
    whole = command("activity", "list", "--json", *beta(served))
    assert (whole.code, whole.err) == (0, "")
    times = [entry["eventDateTime"] for entry in whole.json]
    assert times == sorted(times, reverse=True)
    kinds = {entry["@odata.type"].rpartition(".")[2] for entry in whole.json}
    assert kinds >= {"restoreTaskActivityLog", "backupPolicyActivityLog", "dynamicRuleActivityLog"}

    rules = command("activity", "list", "--kind", "rule", "--json", *beta(served)).json
    assert {entry["@odata.type"] for entry in rules} == {"#microsoft.graph.dynamicRuleActivityLog"}
    lidia = command("activity", "list", "--by", "LIDIA", "--json", *beta(served)).json
    assert 0 < len(lidia) < len(whole.json)
    assert {entry["performedBy"] for entry in lidia} == {"lidia.holloway@contoso.com"}
    older = command("activity", "list", "--until", "400d", "--json", *beta(served))
    assert [entry["activityType"] for entry in older.json] == ["backupPolicyCreated"], "the log outlives the points"
    late = command("activity", "list", "--since", "40d", "--json", *beta(served)).json
    early = command("activity", "list", "--until", "40d", "--json", *beta(served)).json
    assert late
    assert early
    assert min(entry["eventDateTime"] for entry in late) > max(entry["eventDateTime"] for entry in early)
    assert {entry["id"] for entry in whole.json} <= {entry["id"] for entry in (*late, *early)}


def test_a_session_is_found_by_the_beginning_of_its_id(command: Command, served: Running) -> None:
    session = next(each for each in served.service.sessions.values() if each.activated is not None)
    found = command("activity", "list", "--session", session.id[:8], *beta(served))
    assert found.code == 0, found.err
    header, *lines = found.out.splitlines()
    assert header.split() == ["WHEN", "RESULT", "BY", "SERVICE", "WHAT"]
    assert lines
    assert all(f"restore {session.id[:8]}" in line for line in lines)


def test_nothing_that_matches_is_told(command: Command, served: Running) -> None:
    none = command("activity", "list", "--by", "nobody-at-all", *beta(served))
    assert (none.code, len(none.out.splitlines())) == (0, 1)
    assert "matches" in none.err


def test_v1_names_the_way_out(command: Command) -> None:
    refused = command("activity", "list")
    assert (refused.code, refused.out) == (2, "")
    assert "only in the beta version" in refused.err
    assert 'api_version = "beta"' in refused.err


def test_times_that_are_none_or_the_wrong_way_round_are_refused(command: Command, served: Running) -> None:
    wrong = command("activity", "list", "--since", "soonish", "--json", *beta(served))
    assert (wrong.code, wrong.out) == (2, "")
    turned = command("activity", "list", "--since", "1d", "--until", "2d", *beta(served))
    assert turned.code == 2
    assert "--since is later than --until" in turned.err
