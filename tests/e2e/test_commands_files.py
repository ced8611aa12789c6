"""One file of a site by commands alone: found by name, compared, drafted, restored, found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from test_commands_restore import FAST, let_running_ones_end, sound

from backup_tui.errors import NamesUnresolved
from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def test_one_file_comes_back(served: Running, command: Command) -> None:
    [unit] = sound(served, "sharepoint", 1)
    let_running_ones_end(command)

    found = command("files", "find", "--unit", unit.url, ".docx", "--json")
    assert found.code == 0, found.err
    path = next(one["path"] for one in found.json if one["type"] == "file")
    listed = command("files", "ls", "--unit", unit.url, path.rpartition("/")[0], "--json")
    assert path in [one["path"] for one in listed.json]

    versions = command("files", "versions", "--unit", unit.url, path, "--points", "2", "--json")
    assert versions.code == 0, versions.err
    point = versions.json[1]["restorePoint"]
    assert versions.json[1]["item"]["type"] == "file"

    drafted = command("files", "restore", "--unit", unit.url, "--before", point["protectionDateTime"], path)
    assert drafted.code == 0, drafted.err
    draft = drafted.out.strip()
    assert "Nothing starts before its review" in drafted.err

    refused = command("sessions", "activate", draft)
    assert refused.code == 2
    assert "NEW FOLDER: 1 file or folder of" in refused.err + refused.out
    started = command("sessions", "activate", draft, "--confirm", "restore 1", "--wait", *FAST)
    assert started.code == 0, started.err
    [row] = command("sessions", "show", draft, "--json").json["artifacts"]
    assert row["restoredItemWebUrl"].startswith(unit.url)
    assert path in command("sessions", "show", draft).out


def test_what_is_not_there_makes_no_draft(served: Running, command: Command) -> None:
    [unit] = sound(served, "sharepoint", 1)
    refused = command("files", "restore", "--unit", unit.url, "/Documents/nothing here.docx")
    assert refused.code == NamesUnresolved.exit_code, refused.err
    assert "is not in the point" in refused.err
    assert command("files", "find", "--unit", unit.url, "no such name at all").code == 5
    assert command("files", "ls", "--unit", "no such site").code == refused.code
