"""Specifies what README.md and docs/ promise in a form that a machine can check: two commands, tables, pictures."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from backup_tui import __version__
from backup_tui.config import FLOWS, PROFILE_KEYS, TOP_KEYS
from backup_tui.headless.commands import COMMANDS
from backup_tui.models.features import FEATURES, Feature
from backup_tui.ui.every_screen import key_rows

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
SIGN_IN = (DOCS / "guides" / "first-sign-in.md").read_text(encoding="utf-8")
PAGES = ("keys.md", "commands.md", "output.md", "configuration.md")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """What the script that writes the tables knows."""
    folder = str(ROOT / "screenshots")
    sys.path.insert(0, folder)
    try:
        return runpy.run_path(f"{folder}/reference.py")
    finally:
        sys.path.remove(folder)


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_a_page_are_those_of_the_program(page: str, written: dict[str, Any]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert set(written["PAGES"]) == set(PAGES)
    assert written["filled_in"](page, text) == text, "run: python screenshots/reference.py"


def test_every_command_is_explained_once() -> None:
    titles = re.findall(r"^### (.+)$", (DOCS / "commands.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(titles) == sorted(command.words for command in COMMANDS)


def test_every_command_of_every_screen_is_told() -> None:
    told = (DOCS / "keys.md").read_text(encoding="utf-8")
    ids = {row.id for row in key_rows()}
    assert len(ids) > 100
    assert [name for name in sorted(ids) if f"| `{name}` |" not in told] == []


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_the_permission_of_every_feature_is_told(feature: Feature) -> None:
    rows = [line for line in SIGN_IN.splitlines() if line.startswith("|") and f"`{feature.least}`" in line]
    people_only = [row for row in rows if row.rstrip("| ").endswith("people only")]
    assert rows
    assert feature.application or people_only


@pytest.mark.parametrize("flow", FLOWS)
def test_every_way_to_sign_in_is_told(flow: str) -> None:
    assert f"\n| `{flow}` |" in SIGN_IN


@pytest.mark.parametrize("page", sorted(DOCS.glob("**/*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_keys_of_the_configuration_that_are_shown_exist(page: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    ours = "\n".join(block for block in blocks if "[profile." in block)
    shown = set(re.findall(r"^([a-z_]+) = ", re.sub(r"\[(?:profile\.\w+\.)?limits\][^\[]*", "", ours), re.MULTILINE))
    assert shown <= {*TOP_KEYS, *PROFILE_KEYS}


@pytest.mark.parametrize("ending", ["backup-tui --demo", "pytest"])
def test_each_of_the_two_commands_is_one_line(ending: str) -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv ") and line.endswith(ending)]
    assert len(lines) == 1
    assert f"`uv run {ending}`" in README


def test_the_readme_is_two_screens() -> None:
    assert len(README.splitlines()) <= 120


def test_pictures_and_pages_that_are_named_exist() -> None:
    named = re.findall(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)", README)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("picture", sorted((DOCS / "pictures").glob("*.svg")), ids=lambda picture: picture.stem)
def test_a_picture_needs_no_other_server_and_is_shown(picture: Path) -> None:
    assert re.findall(r"https?://(?!www\.w3\.org)", picture.read_text(encoding="utf-8")) == []
    assert any(picture.name in page.read_text(encoding="utf-8") for page in DOCS.glob("**/*.md"))


def test_the_picture_of_the_readme_has_an_svg_beside_it() -> None:
    (named,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert (ROOT / named).read_bytes().startswith(b"\x89PNG")
    assert (ROOT / named).with_suffix(".svg").is_file()


def test_every_page_has_a_place_in_the_site() -> None:
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(page.relative_to(DOCS)) for page in DOCS.glob("**/*.md")]
    assert [page for page in pages if f": {page}\n" not in site and not page.startswith("decisions/")] == []


def test_the_newest_version_of_the_changelog_is_that_of_the_program() -> None:
    first = re.search(
        r"^## (\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert first is not None
    assert first[1] == __version__


def test_every_file_that_the_architecture_names_exists() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.(?:py|txt|md))?)`", text))
    assert len(named) > 40
    missing = [name for name in named if not ((ROOT / "backup_tui" / name).exists() or (ROOT / name).exists())]
    rooms = {path.name for path in (ROOT / "backup_tui").glob("*/*") if path.is_dir()}
    assert [name for name in missing if name.rstrip("/") not in rooms] == []
