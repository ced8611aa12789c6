"""Specifies what README.md promises in a form that a machine can hold it to: its two commands, keys and pictures."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from backup_tui.config import FLOWS, PROFILE_KEYS, TOP_KEYS
from backup_tui.models.features import FEATURES, Feature

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def keys() -> ModuleType:
    """`screenshots/keys.py`."""
    spec = importlib.util.spec_from_file_location("keys", ROOT / "screenshots" / "keys.py")
    assert spec is not None
    assert spec.loader is not None
    keys = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keys)
    return keys


def test_the_key_tables_are_those_of_the_commands(keys: ModuleType) -> None:
    assert keys.with_keys(README) == README, "run: python screenshots/keys.py"


def test_the_page_of_all_keys_is_that_of_the_commands(keys: ModuleType) -> None:
    assert keys.every_key() == keys.KEYS.read_text(encoding="utf-8"), "run: python screenshots/keys.py"


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_the_permission_of_every_feature_is_told(feature: Feature) -> None:
    rows = [line for line in README.splitlines() if line.startswith("|") and f"`{feature.least}`" in line]
    people_only = [row for row in rows if row.rstrip("| ").endswith("people only")]
    assert rows
    assert feature.application or people_only


@pytest.mark.parametrize("flow", FLOWS)
def test_every_way_to_sign_in_is_told(flow: str) -> None:
    assert f"\n| `{flow}` |" in README


@pytest.mark.parametrize("key", sorted(set(re.findall(r"^([a-z_]+) = ", README, re.MULTILINE))))
def test_keys_of_the_configuration_that_are_shown_exist(key: str) -> None:
    assert key in {*TOP_KEYS, *PROFILE_KEYS}


@pytest.mark.parametrize("ending", ["backup-tui --demo", "pytest"])
def test_each_of_the_two_commands_is_one_line(ending: str) -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv ") and line.endswith(ending)]
    assert len(lines) == 1


def test_pictures_and_pages_that_are_named_exist() -> None:
    named = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_file_that_the_architecture_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.(?:py|txt|md))?)`", text))
    assert len(named) > 40
    missing = [name for name in named if not ((ROOT / "backup_tui" / name).exists() or (ROOT / name).exists())]
    rooms = {path.name for path in (ROOT / "backup_tui").glob("*/*") if path.is_dir()}
    assert [name for name in missing if name.rstrip("/") not in rooms] == []
