"""Restores by commands against the second service: whole units, one mail, one file; nothing outside its contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from second_call import Service
from second_tenant import DRIVE, MAILBOX, SITE

FAST = ("--interval", "0.1")
Command = Callable[..., Any]


def started(command: Command, draft: str) -> None:
    """Review a draft, start it with its phrase, and watch it to its end."""
    review = command("sessions", "activate", draft)
    assert review.code == 2, review.err
    phrase = review.err.rpartition("--confirm ")[2].partition("\n")[0].strip("\"' .")
    done = command("sessions", "activate", draft, "--confirm", phrase, "--wait", *FAST)
    assert done.code in (0, 6), done.err


def test_whole_units_are_restored_once(second: Service, command: Command, tmp_path: Path) -> None:
    units = second.tenant.units(DRIVE)[20:23]
    names = tmp_path / "names.txt"
    names.write_text("\n".join(unit.address for unit in units))
    words = ("--service", "onedrive", "--units", str(names))
    drafted = command("sessions", "draft", *words, "--before", "latest", "--to", "new")
    assert drafted.code == 0, drafted.err
    started(command, drafted.out.split()[0])
    books = second.books()
    assert books["outside"] == []
    assert all(second.restores.restored[unit.id] <= 1 for unit in units)
    assert sum(second.restores.restored.values()) + second.books()["sessions"].get("failed", 0) >= 1


def test_a_deleted_mail_is_found_and_comes_back(second: Service, command: Command) -> None:
    unit = second.tenant.units(MAILBOX)[5]
    words = ("--unit", unit.address, "--subject", "invoice")
    searched = command("mail", "search", *words, "--json")
    assert searched.code == 0, searched.err
    (found,) = json.loads(searched.out)
    point = found["lastPointWithHits"]
    drafted = command("mail", "draft", *words, "--point", point, "--to", "in-place")
    assert drafted.code == 0, drafted.err
    draft = drafted.out.split()[0]
    (artifact,) = second.restores.sessions[draft].artifacts.values()
    assert (artifact.point, artifact.search in second.restores.searches) == (point, True)
    started(command, draft)
    assert second.books()["outside"] == []


def test_one_file_is_found_compared_and_comes_back(second: Service, command: Command) -> None:
    unit = second.tenant.units(SITE)[4]
    found = command("files", "find", "--unit", unit.address, "Budget 07", "--json")
    assert found.code == 0, found.err
    (path,) = [one["path"] for one in json.loads(found.out) if one["type"] == "file"]
    versions = command("files", "versions", "--unit", unit.address, path, "--points", "2", "--json")
    assert versions.code == 0, versions.err
    drafted = command("files", "restore", "--unit", unit.address, path)
    assert drafted.code == 0, drafted.err
    started(command, drafted.out.strip())
    books = second.books()
    assert books["outside"] == []
    assert sum(books["itemsRestored"].values()) <= 1
