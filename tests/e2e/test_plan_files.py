"""Plan files by commands: written from lists, told again, and refused with the way out."""

from __future__ import annotations

import csv
import io
import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backup_tui import cli
from backup_tui.config.limits import LIMITS
from backup_tui.models.services import Destination
from backup_tui.plans.document import read_plan
from backup_tui.plans.plan import Wave
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]

ADELE, MEGAN, LEE = "adele.vance@contoso.com", "megan.bowen@contoso.com", "lee.gu@contoso.com"
SLIP = "adele.vannce@contoso.com"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(command: Command, path: str, *words: str, before: str = "20 Nov 2026 14:10") -> Any:
    return command("plan", "new", path, "--before", before, *words)


@pytest.mark.usefixtures("place")
def test_a_plan_is_written_with_its_units_counted_and_told_again(command: Command, names: Names) -> None:
    list_path = names(f"{ADELE}", MEGAN, ADELE, SLIP, "nobody@contoso.com")
    written = new(command, "night.toml", "--units", list_path, "--to", "in-place", "--service", "exchange")

    assert written.code == 0, written.err
    assert written.out == "night.toml\n"
    assert "5 lines: 2 found, 1 twice, 2 to fix." in written.err.splitlines()
    assert f"Line 4: {SLIP}: no such mailbox; near: {ADELE}" in written.err.splitlines()
    assert "Plan night is written: 2 mailboxes. Nothing was sent." in written.err
    assert "answer for all: backup-tui plan update night.toml --help" in written.err
    document = read_plan(Path("night.toml"))
    assert document.plan.scope.entries == ("names.txt",)
    assert document.plan.expected == {}  # correcting a name would change it
    assert document.plan.destination is Destination.IN_PLACE
    assert document.plan.tenant == "f00d0000-0000-4000-8000-00000000cafe"
    assert "for contoso.com" in document.text.splitlines()[0]
    assert stat.S_IMODE(Path("night.toml").stat().st_mode) == 0o600

    shown = command("plan", "show", "night.toml")
    assert shown.code == 0, shown.err
    assert "names.txt, 5 names, as it was when the plan was written" in shown.out
    assert "IN PLACE" in shown.out
    as_json = command("plan", "show", "night.toml", "--json").json
    assert as_json["list"] == "names.txt"
    assert as_json["sha256"] == document.digest

    Path(list_path).write_text(ADELE)
    assert "1 name, CHANGED since the plan was written" in command("plan", "show", "night.toml").out


@pytest.mark.usefixtures("place")
def test_an_existing_plan_is_not_touched(command: Command, names: Names) -> None:
    Path("night.toml").write_text("mine")

    refused = new(command, "night.toml", "--units", names(ADELE), "--to", "new", "--service", "exchange")

    assert refused.code == 1
    assert "night.toml exists already." in refused.err
    assert Path("night.toml").read_text() == "mine"


@pytest.mark.usefixtures("place")
def test_misspelt_names_are_taken_and_the_rest_is_left_out_when_that_is_asked_for(
    command: Command, names: Names
) -> None:
    path = names(MEGAN, SLIP, "nobody@contoso.com")
    answers = ("--take-nearest", "--skip-unresolved")

    written = new(command, "n.toml", "--units", path, "--to", "new", "--service", "exchange", *answers, "--json")

    assert written.code == 0, written.err
    assert written.json["names"] == {"names": 3, "found": 2, "twice": 0, "toFix": 0, "leftOut": 1}
    scope = read_plan(Path("n.toml")).plan.scope
    assert scope.left_out == ("nobody@contoso.com",)
    assert list(scope.chosen) == [SLIP]


@pytest.mark.usefixtures("place")
def test_leftovers_are_corrected_and_make_another_plan(command: Command, names: Names) -> None:
    path = names("mail;time", f"{ADELE};", f"{MEGAN};31 Feb", "nobody@contoso.com;2026-11-20 13:10Z")
    words = ("--to", "new", "--service", "exchange")
    written = new(command, "one.toml", "--units", path, *words, "--leftovers", "left.csv")
    assert written.code == 0, written.err
    assert 'Column time: "31 Feb": ' in written.err

    rows = list(csv.DictReader(io.StringIO(Path("left.csv").read_text())))
    assert [(row["unit"], row["line"]) for row in rows] == [(MEGAN, "3"), ("nobody@contoso.com", "4")]
    assert stat.S_IMODE(Path("left.csv").stat().st_mode) == 0o600
    text = Path("left.csv").read_text().replace("31 Feb", "2h").replace("nobody@contoso.com", LEE)
    Path("left.csv").write_text(text)
    again = new(command, "two.toml", "--units", "left.csv", *words, "--json")

    assert again.code == 0, again.err
    assert again.json["names"]["found"] == 2


@pytest.mark.usefixtures("place")
def test_addresses_that_are_two_units_each_need_a_service(command: Command, names: Names) -> None:
    drives = [unit["email"] for unit in command("units", "list", "--service", "onedrive", "--json").json]
    boxes = [unit["email"] for unit in command("units", "list", "--service", "exchange", "--json").json]
    both = [address for address in drives if address and address in boxes][:5]

    refused = new(command, "n.toml", "--units", names(*both), "--to", "new")

    assert refused.code == 2
    assert "None of 5 names can be used." in refused.err
    assert "--service, or a service column in the list." in refused.err
    assert "5 names mean units of several services" in refused.err
    assert not Path("n.toml").exists()
    mixed = names("mail,service", f"{both[0]},mailbox", f"{both[0]},OneDrive", name="mixed.csv")
    written = new(command, "n.toml", "--units", mixed, "--to", "new", "--json")
    assert written.json["plan"]["expected"] == {"exchange": 1, "onedrive": 1}


@pytest.mark.usefixtures("place")
def test_waves_come_from_files_and_from_the_column_of_the_list(command: Command, names: Names) -> None:
    path = names("mail,priority", f"{ADELE},", f"{MEGAN},1", f"{LEE},")
    board = names(ADELE, name="board.txt")

    written = new(
        command, "n.toml", "--units", path, "--to", "new", "--service", "exchange", "--wave", f"board={board}",
        "--session-size", "100", "--note", "for the night",
    )  # fmt: skip

    assert written.code == 0, written.err
    plan = read_plan(Path("n.toml")).plan
    assert plan.waves == (Wave("board", ("@board.txt",)), Wave("wave 1", ("wave=1",)), Wave("the rest"))
    assert plan.limits.units_per_session == 100
    shown = command("plan", "show", "n.toml").out
    assert "board: @board.txt; waits for its own yes" in shown
    assert "wave 1: rows with 1 in the wave column; waits for its own yes" in shown


@pytest.mark.usefixtures("place")
def test_a_list_from_stdin_is_kept_beside_the_plan(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def pipe(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))

    pipe(f"{ADELE}\n{MEGAN}\n".encode("utf-16"))
    written = new(command, "n.toml", "--units", "-", "--to", "new", "--service", "exchange")
    pipe(b"nobody@contoso.com\n")
    refused = new(command, "o.toml", "--units", "-", "--to", "new", "--service", "exchange")

    assert written.code == 0, written.err
    assert read_plan(Path("n.toml")).plan.scope.entries == ("n.names.txt",)
    assert Path("n.names.txt").read_text() == f"{ADELE}\n{MEGAN}\n"
    assert refused.code == 2
    assert sorted(path.name for path in Path().glob("*.txt")) == ["n.names.txt"]


@pytest.mark.usefixtures("place")
def test_a_time_that_means_another_moment_tomorrow_is_written_as_the_moment(command: Command, names: Names) -> None:
    path, words = names(ADELE), ("--to", "new", "--service", "exchange")

    new(command, "relative.toml", "--units", path, *words, before="2h")
    new(command, "dated.toml", "--units", path, *words, before="2026-11-20 14:10")
    new(command, "latest.toml", "--units", path, *words, before="latest")

    assert read_plan(Path("relative.toml")).plan.before.endswith("Z")
    assert read_plan(Path("dated.toml")).plan.before == "2026-11-20 14:10"
    assert read_plan(Path("latest.toml")).plan.before == "latest"


@pytest.mark.usefixtures("place")
def test_units_of_a_policy_become_a_plan(command: Command) -> None:
    policy = next(
        one for one in command("policies", "list", "--service", "onedrive", "--json").json if one["displayName"]
    )
    members = [
        unit for unit in command("units", "list", "--service", "onedrive", "--json").json
        if unit.get("policyId") == policy["id"]
    ]  # fmt: skip

    written = new(command, "n.toml", "--policy", policy["displayName"], "--to", "new", "--json")

    assert written.code == 0, written.err
    assert written.json["plan"]["expected"] == {"onedrive": len(members)}
    assert f"all units of 1 policy: {policy['displayName']}" in command("plan", "show", "n.toml").out


SLIPS = [
    (("--units", "none.csv", "--to", "new"), 2, "none.csv cannot be read"),
    (("--units", "names.txt", "--to", "new", "--wave", "board"), 2, "Write --wave NAME=FILE"),
    (("--units", "names.txt", "--to", "new", "--wave", "b=none.csv"), 2, "none.csv cannot be read"),
    (("--units", "names.txt", "--to", "new", "--name", "my plan"), 2, "cannot be the name of a plan"),
    (("--units", "names.txt", "--to", "new", "--express-within", "2h"), 2, "needs --prefer express"),
    (("--units", "names.txt", "--to", "new", "--max-gap", "soon"), 2, "isn't a length of time"),
    (("--units", "names.txt", "--to", "new", "--service", "exchange", "--prefer", "express"), 2, "no express points"),
    (("--policy", "No such", "--to", "new"), 2, "There is no policy No such."),
    (("--failed-of", "12345678", "--to", "new"), 5, "No session 12345678"),
]  # fmt: skip


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("words", "code", "message"), SLIPS)
def test_a_slip_writes_nothing_and_is_named(
    command: Command, names: Names, words: tuple[str, ...], code: int, message: str
) -> None:
    names(ADELE)

    refused = new(command, "n.toml", *words)

    assert (refused.code, refused.out) == (code, "")
    assert message in refused.err
    assert not Path("n.toml").exists()


@pytest.mark.usefixtures("place")
def test_a_plan_is_shown_without_a_sign_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("BACKUP_TUI_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    Path("n.toml").write_text(
        'version = 1\nname = "n"\nfailed_of = ["d91e03b7"]\nbefore = "2h"\nzone = "UTC"\nto = "new"\nsesions = 3\n'
    )
    assert cli.main(["plan", "show", "n.toml"]) == 2
    assert "n.toml, line 7: sesions: this key is unknown." in capsys.readouterr().err

    Path("n.toml").write_text(
        Path("n.toml").read_text().replace("sesions = 3", f"[limits]\nsessions = {LIMITS.sessions}")
    )
    assert cli.main(["plan", "show", "n.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["failed_of"] == ["d91e03b7"]


@pytest.mark.usefixtures("place")
def test_failed_units_of_a_session_become_a_plan(command: Command, served: Running, names: Names) -> None:
    units = served.service.tenant.units["onedrive"]
    held = next(unit.address for unit in units if unit.trait == "held" and unit.address)
    words = ("--service", "onedrive", "--units", names(held), "--before", "2h", "--to", "in-place")
    session = command("sessions", "draft", *words).out.strip()
    phrase = command("sessions", "activate", session).err.rpartition('--confirm "')[2].partition('"')[0]
    command("sessions", "activate", session, "--confirm", phrase, "--wait")

    written = new(command, "again.toml", "--failed-of", session[:8], "--to", "in-place", "--json")

    assert written.code == 0, written.err
    assert written.json["plan"]["failed_of"] == [session]
    assert written.json["names"] == {"names": 1, "found": 1, "twice": 0, "toFix": 0, "leftOut": 0}


@pytest.mark.usefixtures("place")
def test_the_name_of_a_plan_that_has_drafts_is_not_used_again(command: Command, names: Names) -> None:
    path, words = names(MEGAN), ("--to", "new", "--service", "exchange")
    new(command, "night.toml", "--units", path, *words, before="2h")
    drafted = command("plan", "draft", "night.toml")
    assert drafted.code == 0, drafted.err

    refused = new(command, "other.toml", "--units", path, *words, "--name", "night")

    assert refused.code == 2
    assert "A plan night has drafts already, made at " in refused.err
    assert not Path("other.toml").exists()
