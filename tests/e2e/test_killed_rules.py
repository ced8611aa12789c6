"""Real processes that are killed while a rule or a bulk addition is made: the next one continues, nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from killed_at import killed_at
from test_commands_rules import jobs, policy, rules

from backup_tui.simulator.server import Running

POINTS = ("before_intent", "after_send", "inside_answer", "after_answer")


def ends(*words: str, dies_at: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own; at a fail point of its first change it is killed."""
    given = {**os.environ, **(killed_at(dies_at) if dies_at else {})}
    command = [sys.executable, "-m", "backup_tui", *words]
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=120, check=False)


def sent_kinds() -> list[str]:
    """What the journal says was asked of the service."""
    return [entry["kind"] for entry in json.loads(ends("journal", "list", "--json").stdout)]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_a_rule_is_made(served: Running, point: str) -> None:
    words = ("rules", "add", policy(served, "Sites pilot"), "--name", "Project")
    phrase = "add rule sites pilot contoso"
    killed = ends(*words, "--confirm", phrase, dies_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = ends(*words, "--confirm", phrase)
    assert done.returncode == 0, done.stderr
    assert [rule.expression for rule in rules(served, "Sites pilot")] == ["(displayName -contains 'Project')"]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_a_rule_is_removed_with_its_units(served: Running, point: str) -> None:
    (rule,) = rules(served, "Mailboxes all")
    words = ("rules", "remove", policy(served, "Mailboxes all"), rule.id, "--unprotect")
    phrase = "unprotect mailboxes all contoso"
    killed = ends(*words, "--confirm", phrase, dies_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = ends(*words, "--confirm", phrase, "--wait")
    assert again.returncode == 0, again.stderr
    assert "The rule is gone." in again.stderr
    assert rules(served, "Mailboxes all") == []
    assert sent_kinds() == ["ruleUnprotect"]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_a_list_is_handed_over(served: Running, names: Callable[..., str], point: str) -> None:
    before = len(jobs(served, "Mailboxes all"))
    listed = names(*(f"new.hire{number}@contoso.com" for number in range(300)))
    words = ("bulk", "add", policy(served, "Mailboxes all"), "--units", listed)
    phrase = "add 300 mailboxes all contoso"
    killed = ends(*words, "--confirm", phrase, dies_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = ends(*words, "--confirm", phrase, "--wait")
    assert done.returncode == 6, done.stderr
    assert len(jobs(served, "Mailboxes all")) == before + 1
