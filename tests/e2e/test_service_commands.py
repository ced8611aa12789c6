"""Specifies the commands that turn the backup on and say which application controls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backup_tui.simulator.server import Running

Command = Callable[..., Any]
OWNER = "72f988bf-86f1-41af-91ab-2d7cd011db47"


def off(served: Running) -> None:
    state = served.service.state
    state.tell({"status": "disabled"}, state.modified_by, served.service.now())


def app_id(command: Command) -> str:
    return str(command("service", "apps", "list", "--json").json[0]["id"])


def test_the_backup_is_turned_on_after_its_phrase(command: Command, served: Running) -> None:
    off(served)
    asked = command("service", "enable", "--owner", OWNER)
    assert asked.code == 2
    assert "Nothing is backed up until a policy is active." in asked.err
    assert served.service.state.status == "disabled"
    phrase = asked.err.split("--confirm ")[1].split('"')[1]
    done = command("service", "enable", "--owner", OWNER, "--confirm", phrase)
    assert (done.code, served.service.state.status) == (0, "enabled")
    assert "State " in done.out
    assert served.service.state.app_owner == OWNER
    refused = command("service", "enable", "--owner", "contoso.com", "--confirm", phrase)
    assert refused.code == 2
    assert "is not a tenant id" in refused.err


def test_applications_are_listed_shown_and_registered(command: Command, served: Running) -> None:
    listed = command("service", "apps", "list")
    assert listed.code == 0
    assert "Fabrikam Continuity" in listed.out
    shown = command("service", "apps", "show", app_id(command)[:8])
    assert shown.code == 0
    assert "not in control" in shown.out
    assert "signs in with another one" in shown.out
    asked = command("service", "apps", "add")
    assert asked.code == 2
    assert "no other one can be registered from here" in asked.err
    phrase = asked.err.split("--confirm ")[1].split('"')[1]
    added = command("service", "apps", "add", "--confirm", phrase, "--json")
    assert added.code == 0
    assert [one["status"] for one in added.json] == ["inactive", "inactive"]
    again = command("service", "apps", "add", "--confirm", phrase)
    assert (again.code, len(served.service.apps.listed())) == (1, 2)


def test_control_is_given_from_a_day_on_and_taken_back_by_removing(command: Command, served: Running) -> None:
    app = app_id(command)
    confirm = ("--confirm", "activate fabrikam continuity contoso")
    vague = command("service", "apps", "activate", app, "--from", "monday", *confirm)
    assert vague.code == 2
    assert "a date with its year" in vague.err
    soon = command("service", "apps", "activate", app, "--from", "1d")
    assert "grace period of 7 to 30 days" in soon.err
    given = command("service", "apps", "activate", app, "--from", "10d", *confirm)
    assert given.code == 0
    assert "takes control" in given.out
    assert "may only read policies and units" in given.err
    again = command("service", "apps", "deactivate", app)
    assert again.code == 1
    assert "this needs the one in control" in again.err
    removed = command("service", "apps", "remove", app, "--confirm", "remove fabrikam continuity contoso", "--json")
    assert (removed.code, removed.json) == (0, [])
    assert "it was to take control on" in removed.err
    gone = command("service", "apps", "show", app)
    assert gone.code == 5


def test_the_application_in_control_hands_it_over(command: Command, served: Running) -> None:
    app = served.service.apps.listed()[0]
    app.status = "active"
    served.service.state.consumer = "thirdparty"
    done = command("service", "apps", "deactivate", app.id, "--confirm", "deactivate fabrikam continuity contoso")
    assert done.code == 0
    assert "in control, leaving" in done.out
