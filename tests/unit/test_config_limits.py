"""Specifies the limits of the service as settings: by profile and for all, checked, shown, and obeyed by drafts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from backup_tui import cli
from backup_tui.config import Flags, Settings, load_settings
from backup_tui.config.limits import KNOWN_LIMITS, LIMITS, ServiceLimits
from backup_tui.errors import ConfigError

FILE = """
default_profile = "prod"

[limits]
sessions = 20
units_per_day = 50000

[profile.prod]
limits = { units = 500 }

[profile.pilot]
tenant = "contoso.com"

[profile.pilot.limits]
sessions = 3
"""


def load(tmp_path: Path, text: str, profile: str | None = None) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(Flags(profile=profile), {}, path)


def test_without_a_word_the_known_limits_hold(tmp_path: Path) -> None:
    assert load(tmp_path, "").limits == LIMITS == ServiceLimits()
    assert set(KNOWN_LIMITS) == set(ServiceLimits.__struct_fields__)


def test_a_profile_comes_before_the_file(tmp_path: Path) -> None:
    prod = load(tmp_path, FILE)
    assert (prod.limits.sessions, prod.limits.units, prod.limits.units_per_day) == (20, 500, 50_000)
    assert prod.settled["limits.sessions"].origin.words.endswith("config.toml, line 5")
    pilot = load(tmp_path, FILE, "pilot")
    assert (pilot.limits.sessions, pilot.limits.units) == (3, 1_000)
    assert pilot.settled["limits.sessions"].origin.words.endswith("config.toml, line 15")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[limits]\nunits_per_write = 51", "line 2: limits.units_per_write: 51 isn't a number from 1 to 50"),
        ("[limits]\nunits_per_search = 21", "from 1 to 20"),
        ("[limits]\nnames_per_bulk = 10_001", "from 1 to 10,000"),
        ("[limits]\nsessions = 0", "from 1 to 1,000"),
        ("[limits]\nsessions = 2.5", "from 1 to 1,000"),
        ("[limits]\nsessions = true", "from 1 to 1,000"),
        ("[limits]\nsesions = 3", "this key is unknown"),
        ("limits = 3", "limits are a separate section"),
        ("[profile.prod]\nlimits = 3", "limits are a separate section"),
    ],
)
def test_what_the_service_refuses_or_nobody_knows_is_refused_here(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, text)
    assert why in refused.value.message
    assert refused.value.hint


def test_each_limit_is_shown_with_where_it_is_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "backup-tui"
    folder.mkdir()
    (folder / "config.toml").write_text("[limits]\nunits = 100_000\n", encoding="utf-8")
    assert cli.main(["config", "show"]) == 0
    rows = [re.split(r" {2,}", line) for line in capsys.readouterr().out.splitlines()]
    assert ["limits.sessions", "25", "default, documented"] in rows
    assert ["limits.units_per_day", "10000", "default, preview page only"] in rows
    assert ["limits.units", "100000", "config.toml, line 2"] in rows
    assert cli.main(["config", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["settings"]
    assert shown["limits.units"]["value"] == 100_000
