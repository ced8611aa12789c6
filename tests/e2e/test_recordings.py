"""`--record` and `--replay`: what support is given shows the same lists, and nobody's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_lost_answers import sound

from backup_tui.graph.recording import Recorder, Replay
from backup_tui.graph.redaction import Redactor
from backup_tui.graph.wire import WireAnswer, WireRequest
from backup_tui.models.whoami import WhoAmI
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]


HEAD = '{"backupTuiRecording":1,"claims":{}}\n'
ASKED = WireRequest("GET", "https://graph.example/v1.0/solutions/backupRestore/protectionPolicies", {})


@pytest.fixture
def recording(command: Command, tmp_path: Path) -> Path:
    path = tmp_path / "recording.jsonl"
    done = command("units", "list", "--record", str(path))
    assert done.code == 0, done.err
    return path


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch, command: Command) -> Command:
    """Runs commands as somebody would who has the recording and no tenant."""

    def run(path: Path, *words: str) -> Any:
        with monkeypatch.context() as elsewhere:
            for name in ("BACKUP_TUI_ACCESS_TOKEN", "BACKUP_TUI_GRAPH_URL"):
                elsewhere.delenv(name, raising=False)
            return command("--replay", str(path), *words)

    return run


def test_a_replay_has_the_same_rows_under_other_names(command: Command, replayed: Command, recording: Path) -> None:
    here = command("units", "list", "--json=id,status,email,displayName,siteWebUrl").json
    there = replayed(recording, "units", "list", "--json=id,status,email,displayName,siteWebUrl").json
    assert {one["id"]: one["status"] for one in there} == {one["id"]: one["status"] for one in here}
    names = {one[member] for one in here for member in ("email", "displayName", "siteWebUrl") if one[member]}
    text = recording.read_text()
    assert [name for name in names if name in text] == []
    assert len({one["email"] for one in there}) == len({one["email"] for one in here})


def test_no_token_host_or_tenant_is_in_it_and_it_is_for_its_owner_only(
    recording: Path, environment: dict[str, str], served: Running
) -> None:
    text = recording.read_text()
    assert environment["BACKUP_TUI_ACCESS_TOKEN"] not in text
    assert "contoso" not in text.casefold()
    assert "adele" not in text.casefold()
    assert served.base_url.removesuffix("/v1.0") not in text
    assert recording.stat().st_mode & 0o777 == 0o600


def test_what_was_not_read_is_told_and_nothing_can_be_changed(replayed: Command, recording: Path) -> None:
    missing = replayed(recording, "policies", "list")
    assert (missing.code, missing.out) == (5, "")
    assert "This was not read while the recording was made." in missing.err
    refused = replayed(
        recording, "units", "offboard", json.loads(recording.read_text().splitlines()[1])["answer"]["value"][0]["id"]
    )
    assert refused.code != 0
    assert "read-only" in refused.err or "not read" in refused.err


def test_answers_come_in_their_order_and_the_last_one_stays(
    command: Command, replayed: Command, served: Running, names: Names, tmp_path: Path
) -> None:
    path = tmp_path / "watch.jsonl"
    draft = ["--service", "exchange", "--units", names(str(sound(served, "exchange").address)), "--before", "2h"]
    session = command("sessions", "draft", *draft, "--to", "new").out.strip()
    command("sessions", "activate", session, "--confirm", "restore 1")
    watch = ("sessions", "watch", session, "--until-done", "--interval", "0.1", "--json")
    watched = command(*watch, "--record", str(path))
    statuses = [json.loads(line)["status"] for line in watched.out.splitlines()]
    again = replayed(path, *watch)
    assert [json.loads(line)["status"] for line in again.out.splitlines()] == statuses
    assert again.code == watched.code


def test_a_recording_replaces_no_file(command: Command, recording: Path) -> None:
    before = recording.read_text()
    refused = command("policies", "list", "--record", str(recording))
    assert (refused.code, refused.out) == (1, "")
    assert "exists" in refused.err
    assert recording.read_text() == before


@pytest.mark.parametrize("text", ["", "no json", "{}", '{"backupTuiRecording": 99}', "[]", f"{HEAD}{{}}\n"])
def test_what_is_no_recording_is_refused(replayed: Command, tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(text)
    done = replayed(path, "sessions", "list")
    assert (done.code, done.out) == (2, "")
    assert str(path) in done.err
    assert replayed(tmp_path / "missing", "sessions", "list").code == 2


@given(
    st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}@contoso\.com", fullmatch=True),
    st.sampled_from(["{}", "No mailbox {} here.", "https://graph.example/x?$filter=email eq '{}'", "({})", "<{}>"]),
    st.sampled_from(["message", "email", "displayName", "@odata.nextLink", "path"]),
)
def test_no_address_survives_wherever_it_is(address: str, form: str, member: str) -> None:
    redactor = Redactor("graph.example", "contoso.com")
    told = json.dumps(redactor.value({"a": [{member: form.format(address)}]}))
    assert address not in told
    assert "contoso" not in told
    assert told == json.dumps(redactor.value({"a": [{member: form.format(address)}]})), "the same name each time"


@pytest.mark.parametrize(
    ("member", "value", "secret"),
    [
        ("restoredSiteName", "Merger R0", "Merger"),
        ("restoredFolderName", "Adele", "Adele"),
        ("siteExpression", "(Name -contains 'Merger')", "Merger"),
        ("queryExpression", "(Subject -like 'layoffs')", "layoffs"),
        ("restoredItemPath", "/Documents/Merger.docx", "Merger"),
        ("oldPolicyName", "Merger", "Merger"),
        ("message", "No mailbox j\u00fcrgen.m\u00fcller@contoso.com.", "rgen"),
        ("message", "No mailbox sinead.o'brien@contoso.com.", "sinead"),
        ("email", "anna@m\u00fcnchen.example", "anna"),
        ("siteWebUrl", "https://[merger/sites/x", "merger"),
    ],
)
def test_no_name_survives_in_any_member(member: str, value: str, secret: str) -> None:
    assert secret not in json.dumps(Redactor("graph.example").value({member: value}), ensure_ascii=False)


@pytest.mark.parametrize(
    "body",
    [b'{"value":[{"id":"1","displayName":"\\ud800"}]}', b'{"siteWebUrl":"http://[::1"}', b"[" * 90_000, b"\xff{"],
)
def test_no_answer_ends_what_is_recorded(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "recording.jsonl"
    recorder = Recorder(path, "graph.example", WhoAmI("contoso.com"), "1")
    recorder.add(ASKED, WireAnswer(200, {}, body))
    recorder.close()
    Replay(path)


def test_a_recording_of_a_program_that_was_killed_opens_up_to_there(replayed: Command, recording: Path) -> None:
    whole = recording.read_text()
    recording.write_text(f"{whole}{whole.splitlines()[-1][:40]}")
    assert replayed(recording, "units", "list", "--limit", "1").code == 0
