"""Specifies `report`, `plan report` and `report verify` as whole commands: exit codes, output, what they leave."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]


@pytest.fixture
def session(command: Command, served: Running, names: Names) -> str:
    """A restore of two accounts that was drafted and started from here, and has ended."""
    units = [unit for unit in served.service.tenant.units["onedrive"] if unit.trait == "sound" and unit.address]
    good = [one for one in units if one.state(served.service.now())[0] == "protected" and one.policy and not one.error]
    words = ["--units", names(*(unit.address for unit in good[:2])), "--before", "2h", "--to", "new"]
    drafted = command("sessions", "draft", "--service", "onedrive", *words)
    assert drafted.code == 0, drafted.err
    done = command("sessions", "activate", drafted.out.strip(), "--confirm", "restore 2", "--wait", "--interval", "0.1")
    assert done.code == 0, done.err
    return str(drafted.out.strip())


def test_a_report_is_written_verified_and_never_over_another(command: Command, session: str, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    done = command("report", session[:8], "--to", str(folder))
    assert (done.code, done.out) == (0, f"{folder}\n"), done.err
    told = json.loads((folder / "report.json").read_text())
    assert (told["summary"]["restored"], told["summary"]["units"]) == (2, 2)
    assert told["generatedBy"] == "adele.vance@contoso.com"
    assert all(call["requestId"] for call in told["calls"])
    checked = command("report", "verify", str(folder))
    assert (checked.code, checked.out.split(":")[0]) == (0, "Verified")
    noted = next(line.split(": ")[1] for line in done.err.splitlines() if line.startswith("Sum of the manifest"))
    assert command("report", "verify", str(folder), "--manifest", noted).code == 0
    assert command("report", "verify", str(folder), "--manifest", "0" * 64).code == 1
    again = command("report", "create", session, "--to", str(folder))
    assert (again.code, "is not empty" in again.err) == (1, True)
    (folder / "units.csv").write_text("changed")
    shutil.copy(folder / "report.json", folder / "more.json")
    (folder / "report.html").unlink()
    broken = command("report", "verify", str(folder), "--json")
    assert broken.code == 1
    assert (broken.json["missing"], broken.json["extra"], broken.json["verified"]) == (
        ["report.html"],
        ["more.json"],
        False,
    )
    assert broken.json["differing"][0].startswith("units.csv: ")


def test_offline_needs_no_service_and_no_sign_in(
    command: Command, session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BACKUP_TUI_ACCESS_TOKEN")
    monkeypatch.setenv("BACKUP_TUI_GRAPH_URL", "http://127.0.0.1:1/v1.0")
    done = command("report", session, "--to", str(tmp_path / "r"), "--offline", "--format", "json", "--json")
    assert done.code == 0, done.err
    assert [one["name"] for one in done.json["files"]] == ["report.json", "journal.json"]
    told = json.loads((tmp_path / "r" / "report.json").read_text())
    assert (told["offline"], told["summary"]["unknown"], len(told["entries"])) == (True, 2, 2)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("report", "--to", "x"), 2, "Give ids of sessions, or --plan NAME."),
        (("report", "61633878", "--plan", "p", "--to", "x"), 5, "No session 61633878"),
        (("report", "--plan", "nothing", "--to", "x"), 5, "No plan 'nothing' has drafts here."),
        (("plan", "report", "nothing", "--to", "x"), 5, "No plan 'nothing' has drafts here."),
        (("report", "--plan", "p", "--to", "x", "--format", "pdf"), 2, "is not a list of forms"),
        (("report", "verify", "nowhere"), 2, "is not a report"),
        (("report", "--plan", "p", "--to", "x", "--offline"), 1, "nothing is kept here"),
    ],
)
def test_refusals_name_what_is_wrong(command: Command, words: tuple[str, ...], code: int, said: str) -> None:
    done = command(*words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


def test_a_card_and_the_names_for_a_colleague(
    command: Command, session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = command("handover", session[:8])
    assert card.code == 0, card.err
    assert card.out.startswith("Hand-over ")
    assert "✓ 2 restored   of 2" in card.out
    assert len(card.out.splitlines()) <= 20
    saved = command("handover", "--to", str(tmp_path / "card.txt"))
    assert (saved.code, saved.out) == (0, "")
    assert (tmp_path / "card.txt").read_text().startswith("Hand-over ")
    assert command("handover", "--to", str(tmp_path / "card.txt")).code == 1, "nothing is overwritten"
    names = tmp_path / "names.json"
    assert command("handover", "file", session, "--to", str(names), "--json").json["units"] == 2
    monkeypatch.setenv("BACKUP_TUI_STATE_DIR", str(tmp_path / "colleague"))
    assert " ?  restored" in command("sessions", "show", session).out, "a guess, marked as one"
    read = command("handover", "read", str(names), "--json")
    assert (read.code, read.json["sessions"], read.json["confirmed"]) == (0, [session], 2)
    assert " ?  restored" not in command("sessions", "show", session).out
    names.write_text(names.read_text().replace('"formatVersion": 1', '"formatVersion": 7'))
    refused = command("handover", "read", str(names), "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "formatVersion" in refused.err


def test_a_card_offline(command: Command, session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKUP_TUI_ACCESS_TOKEN")
    for words in ((session[:8],), ()):
        done = command("handover", *words, "--offline")
        assert done.code == 0, done.err
        assert "Made offline" in done.out


def test_a_drill_from_the_draw_to_its_history(command: Command, served: Running, tmp_path: Path) -> None:
    drawn = command("drill", "new", "--service", "exchange", "--units", "2", "--seed", "7", "--json")
    assert drawn.code == 0, drawn.err
    drill = drawn.json
    assert len(drill["names"]) == 2
    session = drill["sessionId"]
    started = command("sessions", "activate", session, "--confirm", "restore 2", "--wait", "--interval", "0.1")
    assert started.code in (0, 6), started.err
    shown = command("drill", "history", "--json")
    (kept,) = shown.json
    assert (kept["id"], kept["outcome"]["restored"] + kept["outcome"]["failed"]) == (drill["id"], 2)
    assert command("drill", "history").out.splitlines()[1].startswith(drill["id"])
    report = command("drill", "report", drill["id"], "--to", str(tmp_path / "drill"))
    assert report.code == 0, report.err
    assert (tmp_path / "drill" / "manifest.json").exists()
    unknown = command("drill", "report", "never", "--to", str(tmp_path / "x"))
    assert (unknown.code, unknown.out) == (5, "")
    assert command("drill", "new", "--service", "exchange", "--units", "51").code == 2


def test_a_plan_is_reported_before_it_runs_and_handed_over(
    command: Command, served: Running, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = served.service.now()
    good = [
        unit.address
        for unit in served.service.tenant.units["onedrive"]
        if unit.trait == "sound"
        and unit.address
        and unit.state(now)[0] == "protected"
        and unit.joined < now - 3 * 86_400
    ][:3]
    listed = names(*good, "nobody@contoso.com")
    words = ("--units", listed, "--service", "onedrive", "--before", "2h", "--to", "new", "--skip-unresolved")
    plan = str(tmp_path / "ransom.toml")
    assert command("plan", "new", plan, *words).code == 0
    drafted = command("plan", "draft", plan, "--skip-unresolved")
    assert drafted.code == 0, drafted.err
    done = command("plan", "report", "ransom", "--to", str(tmp_path / "r"), "--format", "json")
    assert done.code == 0, done.err
    told = json.loads((tmp_path / "r" / "report.json").read_text())
    assert (told["summary"]["units"], told["summary"]["notStarted"], told["plan"]["name"]) == (3, 3, "ransom")
    assert command("handover", "--plan", "ransom").out.splitlines()[1].startswith("contoso.com, plan ransom, 1 session")
    file = str(tmp_path / "names.json")
    assert command("handover", "file", "--plan", "ransom", "--to", file).code == 0
    monkeypatch.setenv("BACKUP_TUI_STATE_DIR", str(tmp_path / "colleague"))
    read = command("handover", "read", file, "--json")
    assert (read.code, read.json["plan"], read.json["confirmed"]) == (0, "ransom", 3), read.err
    assert command("plan", "status", "ransom").code == 0


def test_a_drill_whose_draft_was_refused_has_no_report(command: Command, served: Running, tmp_path: Path) -> None:
    served.service.faults.add("refuse", method="POST", path="RestoreSessions$", status=400, code="invalidRequest")
    refused = command("drill", "new", "--service", "exchange", "--units", "2", "--seed", "8")
    assert refused.code != 0
    (kept,) = command("drill", "history", "--json").json

    done = command("drill", "report", kept["id"], "--to", str(tmp_path / "report"))

    assert done.code == 5
    assert f"Drill {kept['id']} has no draft" in done.err
    assert not (tmp_path / "report").exists()
