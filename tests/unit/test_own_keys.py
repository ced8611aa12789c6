"""Specifies `[keys]`: how a key is written, which keys are not to be had, and the line that is named."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key  # what the terminal's parser calls a character

from backup_tui.config import Flags, load_settings
from backup_tui.config.keys import read_key, written_key
from backup_tui.errors import ConfigError, UsageError

CHARACTERS = sorted(set(string.printable[:94]) - {"@"})


def settings_of(folder: Path, *lines: str) -> dict[str, tuple[str, ...]]:
    file = folder / "config.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return dict(load_settings(Flags(demo=True), {}, file).keys)


def key_or_refusal(text: str) -> tuple[str | None, UsageError | None]:
    try:
        return read_key(text), None
    except UsageError as error:
        return None, error


@given(st.sampled_from(CHARACTERS))
def test_a_character_is_the_key_that_a_terminal_reports_for_it(character: str) -> None:
    assert read_key(character) == _character_to_key(character)
    assert written_key(read_key(character)) == character


@given(st.text(max_size=8))
def test_whatever_is_written_is_a_key_or_is_refused_with_what_to_write(text: str) -> None:
    key, refused = key_or_refusal(text)
    assert (key is None) == (refused is not None)
    if key is not None:
        assert read_key(written_key(key)) == key
    if refused is not None:
        assert refused.message
        assert 'Write a key such as "e"' in refused.hint


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ctrl+A", "ctrl+a"),
        ("Ctrl+a", "ctrl+a"),
        ("alt+e", "alt+e"),
        ("alt+E", "alt+shift+e"),
        ("shift+e", "E"),
        ("esc", "escape"),
        ("PgDn", "pagedown"),
        ("F5", "f5"),
        ("Home", "home"),
    ],
)
def test_keys_are_written_as_the_screens_show_them(written: str, key: str) -> None:
    assert read_key(written) == key


@pytest.mark.parametrize("written", ["ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h"])
def test_a_key_that_terminals_cannot_tell_from_another_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="terminals send the same"):
        read_key(written)


def test_a_command_has_one_key_or_several(tmp_path: Path) -> None:
    read = settings_of(tmp_path, "[keys]", 'review = "ctrl+a"', 'refresh = ["f5", "r", "f5"]')
    assert read == {"review": ("ctrl+a",), "refresh": ("f5", "r")}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('review = "ctrl+"', "isn't a key"),
        ('review = "@"', "begins the name of a list file"),
        ("review = 5", "neither a key nor a list of keys"),
        ("review = []", "neither a key nor a list of keys"),
        ('review = "ctrl+c"', "ctrl[+]c always quits"),
        ('review = "ctrl+q"', "ctrl[+]q always quits"),
        ('review = "esc"', "esc always goes back"),
        ('review = "ctrl+z"', "ctrl[+]z always suspends"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigError, match=f"config.toml, line 4: keys.review: .*{why}") as refused:
        settings_of(tmp_path, "bell = true", "[keys]", 'sort = "S"', line)
    assert refused.value.exit_code == 2
    assert refused.value.hint


def test_keys_are_a_section(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="keys are a separate section"):
        settings_of(tmp_path, 'keys = "a"')
