"""Every command that only reads, against the second service: it is answered, and nothing is outside the contract."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from second_call import Service
from second_tenant import DRIVE, MAILBOX, POLICIES, SITE

Command = Callable[..., Any]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("policies", "list"), "exchange all"),
        (("policies", "show", POLICIES[MAILBOX]), "exchange all"),
        (("rules", "list", POLICIES[SITE]), ""),
        (("rules", "preview", POLICIES[SITE], "--name", "Team 1"), ""),
        (("bulk", "list", POLICIES[DRIVE]), ""),
        (("units", "list", "--service", "onedrive"), "person0000@contoso.com"),
        (("units", "list", "--service", "sharepoint"), "Team 0"),
        (("points", "list", "--unit", str(uuid.uuid5(uuid.NAMESPACE_DNS, "site4"))), ""),
        (("files", "ls", "--unit", "https://contoso.sharepoint.com/sites/team0004"), "Documents"),
        (("sessions", "list"), ""),
        (("service", "show"), "State          on"),
        (("service", "apps", "list"), ""),
    ],
    ids=lambda each: " ".join(each[:2]) if isinstance(each, tuple) else "",
)
def test_a_command_that_reads(second: Service, command: Command, words: tuple[str, ...], told: str) -> None:
    done = command(*words)
    assert done.code == 0, done.err
    assert told in done.out + done.err
    books = second.books()
    assert books["outside"] == []
    assert (books["putIn"], books["takenOut"], books["rules"], books["jobs"]) == ({}, {}, 0, 0)
