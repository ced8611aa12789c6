"""Specifies that what the guides and the other pages print can be typed: each command is one of the program, each link
leads somewhere, and each guide has the same parts."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from backup_tui.headless.arguments import parse
from backup_tui.ui.every_screen import key_rows

ROOT = Path(__file__).parents[2]
GUIDES = sorted(path for path in (ROOT / "docs" / "guides").glob("*.md") if path.name != "README.md")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]


def commands(text: str) -> list[str]:
    """The lines of all blocks for a shell that start the program, and those with arguments in a line of text."""
    joined = re.sub(r" \\\n\s+", " ", text)
    blocks = re.findall(r"```sh\n(.*?)```", joined, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("backup-tui")] + re.findall(
        r"`(backup-tui (?!simulator`|--help`|help )[^`]+)`", joined
    )


def words(command: str) -> list[str]:
    """The words of a command, without what its shell takes."""
    found = shlex.split(command, comments=True)
    return found[1 : next((place for place, word in enumerate(found) if word in (">", ">>", "|", "2>>", "&")), None)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_is_one_of_the_program(page: Path) -> None:
    for command in commands(page.read_text(encoding="utf-8")):
        parse(words(command))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        name, _, heading = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles], target


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_has_keys_and_commands_and_is_in_the_index(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    titles = re.findall(r"^## (\w+)", text, re.MULTILINE)

    assert {"Keys", "Commands"} <= set(titles)
    assert len(commands(text)) > 2
    assert f"({guide.name})" in (guide.parent / "README.md").read_text(encoding="utf-8")


KEY = re.compile(r"[^\w\s]|[A-Za-z0-9]|enter|tab|space|esc|up|down|left|right|Enter|Tab|PgDn|PgUp")
OF_FORMS = {"left", "right", "up", "down", "tab", "enter", "Tab", "Enter"}
"""Keys inside forms, which no command has."""


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_key_of_a_guide_is_one_of_the_program(guide: Path) -> None:
    section = guide.read_text(encoding="utf-8").partition("\n## Keys")[2].partition("\n## ")[0]
    cells = [line.rsplit(" | ", 1)[0] for line in section.splitlines() if line.startswith("| ")]
    typed = {word for cell in cells for word in re.findall(r"`([^`]+)`", cell) if KEY.fullmatch(word)}
    known = {key for row in key_rows() for key in row.keys} | OF_FORMS
    assert typed
    assert typed <= known


def test_what_troubleshooting_quotes_is_what_the_program_says() -> None:
    files = [path for path in (ROOT / "backup_tui").rglob("*") if path.suffix in (".py", ".txt")]
    program = re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in files))
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    rows = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| ")]
    quoted = [text for row in rows for text in re.findall(r"`([^`]{6,})`", row)]
    names = r"\.\.\.|\d[\d,:]*|\w+\.com|^production"
    parts = [part.strip() for text in quoted for part in re.split(names, text) if len(part.strip()) > 5]
    assert len(parts) > 25
    assert [part for part in parts if part not in program] == []
