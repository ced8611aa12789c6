"""The commands of the guide about rules and long lists, run in their order as they are printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_commands_rules import jobs, policy, rules

from backup_tui.simulator.server import Running

Command = Callable[..., Any]
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "rules.md"


def guide_commands() -> list[list[str]]:
    """The words of each command, without the program's name and comments."""
    (block,) = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line, comments=True)[1:] for line in block.splitlines() if line.startswith("backup-tui")]


def test_the_commands_do_what_the_guide_says(
    command: Command,
    served: Running,
    names: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    names("mail", *(f"new.hire{number}@contoso.com" for number in range(3)), "Some Body", name="names.csv")

    def real(word: str) -> str:
        """A word of the guide with the ids that the service gave."""
        word = word.replace("3f2a91c4", policy(served, "Sites pilot")).replace(
            "71deedf4", policy(served, "Mailboxes all")
        )
        if "8d10b2e7" in word:
            (rule,) = rules(served, "Sites pilot")
            word = word.replace("8d10b2e7", rule.id[:8])
        return word.replace("51c07be2", jobs(served, "Mailboxes all")[-1].id[:8])

    codes = []
    for words in guide_commands():
        done = command(*map(real, words))
        reviewed = words[1] == "add" and "--confirm" not in words
        assert done.code == (2 if reviewed else done.code if done.code in (0, 6) else 0), f"{words}: {done.err}"
        codes.append(done.code)
    assert codes[-3:] == [6, 0, 0], "the made-up names could not be added"
    assert rules(served, "Sites pilot") == []
    assert (tmp_path / "tofix.csv").read_text("utf-8").count("Some Body") == 1
    assert (tmp_path / "failed.csv").read_text("utf-8").count("no such account") == 3
