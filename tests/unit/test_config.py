"""Specifies settings: their order, their checks with file, line and key, and what the demo and the token refuse."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from backup_tui import paths
from backup_tui.config import Flags, Settings, Token, load_settings
from backup_tui.config.file import ITEM_KEYS
from backup_tui.errors import ConfigError, LocalError, UsageError
from backup_tui.models.granular import ItemKeyForm


def load(tmp_path: Path, text: str | None = None, *, env: dict[str, str] | None = None, **flags: object) -> Settings:
    file = tmp_path / "config.toml"
    if text is not None:
        file.write_text(text)
    environ = {"BACKUP_TUI_STATE_DIR": str(tmp_path / "state"), "TZ": "Europe/Berlin", **(env or {})}
    return load_settings(Flags(**flags), environ, file)  # type: ignore[arg-type]


PROFILE = """
default_profile = "production"
tz = "Europe/Vienna"
lock_wait = 30

[profile.production]
graph_url = "https://graph.microsoft.com/v1.0"
read_only = true
word = "PRODUCTION"
colour = "red"
tenant = "contoso.com"

[profile.pilot]
api_version = "beta"
tz = "Asia/Tokyo"
"""


def test_without_anything_the_worldwide_service_is_asked_and_writing_is_on(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.graph_url == "https://graph.microsoft.com/v1.0"
    assert (settings.read_only, settings.token, settings.profile, settings.lock_wait) == (False, None, "", 10)
    assert not settings.bell
    assert (settings.tz, settings.tz_settled, settings.zone.key) == ("Europe/Berlin", True, "Europe/Berlin")
    assert settings.state_dir == tmp_path / "state"


def test_the_file_gives_the_default_profile(tmp_path: Path) -> None:
    settings = load(tmp_path, PROFILE)
    assert (settings.profile, settings.read_only, settings.word) == ("production", True, "PRODUCTION")
    assert (settings.colour, settings.tenant, settings.lock_wait) == ("red", "contoso.com", 30)
    assert settings.tz == "Europe/Vienna", "the file comes before TZ"


def test_flags_come_before_environment_before_file(tmp_path: Path) -> None:
    url = "BACKUP_TUI_GRAPH_URL"
    assert load(tmp_path, PROFILE, env={url: "http://127.0.0.1:1/v1.0"}).graph_url == "http://127.0.0.1:1/v1.0"
    both = load(tmp_path, PROFILE, env={url: "http://127.0.0.1:1/v1.0"}, graph_url="http://127.0.0.1:2/v1.0")
    assert both.graph_url == "http://127.0.0.1:2/v1.0"
    assert not load(tmp_path, PROFILE, env={"BACKUP_TUI_READ_ONLY": "0"}).read_only
    assert load(tmp_path, PROFILE, env={"BACKUP_TUI_READ_ONLY": "0"}, read_only=True).read_only
    assert load(tmp_path, PROFILE, profile="pilot").tz == "Asia/Tokyo"
    assert load(tmp_path, PROFILE, profile="pilot", tz="utc").tz == "UTC"
    assert load(tmp_path, PROFILE, lock_wait=0.5).lock_wait == 0.5
    assert load(tmp_path, "bell = true\n" + PROFILE).bell
    assert load(tmp_path, "bell = true\n", demo=True).bell


def test_api_version_counts_without_an_address_and_must_agree_with_one(tmp_path: Path) -> None:
    assert load(tmp_path, PROFILE, profile="pilot").graph_url == "https://graph.microsoft.com/beta"
    same = load(tmp_path, PROFILE, profile="pilot", graph_url="http://127.0.0.1:1/beta/")
    assert same.graph_url == "http://127.0.0.1:1/beta/"
    with pytest.raises(UsageError, match=r"--graph-url ends in v1.0, and api_version of the profile says beta"):
        load(tmp_path, PROFILE, profile="pilot", graph_url="http://127.0.0.1:1/v1.0")


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("\nlog_levle = 'info'", "line 2: log_levle", "Did you mean log_level?"),
        ("[profile.p]\ngraph_ulr = 'x'", "line 2: graph_ulr of profile p", "Did you mean graph_url?"),
        ("graph_url = 'x'", "line 1: graph_url", "[profile.NAME]"),
        ("[profile.p]\nread_only = 'yes'", "line 2: read_only of profile p", "true or false"),
        ("lock_wait = -1", "line 1: lock_wait", "seconds"),
        ("log_level = 'inf'", "line 1: log_level", "Did you mean info?"),
        ("[profile.p]\ncolour = 'mauve'", "line 2: colour of profile p", "red, orange"),
        ("[profile.p]\nword = 'MUCH TOO LONG A WORD'", "line 2: word of profile p", "shorter"),
        ('[profile.p]\nword = "a\\u001b"', "line 2: word of profile p", "word ="),
        ("tz = 'Europe/Berlim'", "line 1: tz", "Did you mean Europe/Berlin?"),
        ("[profile.p]\n\n'access_token' = 'x'", "line 3: access_token of profile p", "BACKUP_TUI_ACCESS_TOKEN"),
        ("profile = 'p'", "profile", "[profile.NAME]"),
        ("tz = ", "is not TOML", "A line looks like"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_key_and_way_out(tmp_path: Path, text: str, place: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert str(tmp_path / "config.toml") in caught.value.message
    assert place in caught.value.message
    assert why in caught.value.hint


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path)


def test_an_unknown_profile_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, PROFILE, profile="producton")
    assert caught.value.hint == "Did you mean production?"
    with pytest.raises(UsageError, match="Unknown profile"):
        load(tmp_path, profile="any")


@pytest.mark.parametrize(
    ("env", "flags"),
    [
        ({}, {"graph_url": "http://127.0.0.1:1/v1.0"}),
        ({"BACKUP_TUI_ACCESS_TOKEN": "secret"}, {}),
        ({"BACKUP_TUI_GRAPH_URL": "http://127.0.0.1:1/v1.0"}, {}),
        ({}, {"profile": "production"}),
    ],
)
def test_the_demo_refuses_what_belongs_to_a_real_service(
    tmp_path: Path, env: dict[str, str], flags: dict[str, object]
) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, PROFILE, env=env, demo=True, **flags)
    assert "secret" not in caught.value.sentences + caught.value.value


def test_the_demo_has_no_token_no_profile_and_no_folder_of_yours(tmp_path: Path) -> None:
    settings = load(tmp_path, PROFILE, demo=True)
    assert (settings.demo, settings.token, settings.profile, settings.state_dir) == (True, None, "", None)
    assert not settings.read_only


@pytest.mark.parametrize("given", ["abc.def", "  abc.def\n", "Bearer abc.def"])
def test_the_token_comes_from_the_environment(tmp_path: Path, given: str) -> None:
    settings = load(tmp_path, env={"BACKUP_TUI_ACCESS_TOKEN": given})
    assert settings.token == Token("abc.def")
    assert "abc" not in repr(settings)


@pytest.mark.parametrize("given", ["ab\ncd", "ab cd", "gehéim", "a\x1bb"])
def test_a_broken_token_is_refused_and_not_shown(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, env={"BACKUP_TUI_ACCESS_TOKEN": given})
    assert given not in caught.value.sentences + caught.value.value


def test_an_empty_token_is_none(tmp_path: Path) -> None:
    assert load(tmp_path, env={"BACKUP_TUI_ACCESS_TOKEN": "  "}).token is None


def test_a_misspelt_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, env={"BACKUP_TUI_READONLY": "1"})
    assert caught.value.hint == "Did you mean BACKUP_TUI_READ_ONLY?"
    with pytest.raises(ConfigError, match="BACKUP_TUI_READ_ONLY is 'maybe'"):
        load(tmp_path, env={"BACKUP_TUI_READ_ONLY": "maybe"})


def test_folders_are_made_for_this_user_alone(tmp_path: Path) -> None:
    folder = paths.ensure_private_dir(tmp_path / "a" / paths.APP)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    assert stat.S_IMODE(paths.ensure_private_dir(folder).stat().st_mode) == 0o700
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalError, match="cannot be used"):
        paths.ensure_private_dir(tmp_path / "file")
    with pytest.raises(LocalError, match="cannot be used"):
        paths.ensure_private_dir(tmp_path / "file" / "below")


def test_folders_follow_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    assert paths.state_dir({}) == tmp_path / "state" / "backup-tui"
    assert paths.state_dir({"BACKUP_TUI_STATE_DIR": str(tmp_path)}) == tmp_path
    assert paths.config_file() == tmp_path / "config" / "backup-tui" / "config.toml"


def test_a_folder_of_somebody_else_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    assert stat.S_IMODE(paths.ensure_private_dir(shared).stat().st_mode) == 0o1777


def test_the_command_for_events_is_a_list_of_words_of_the_profile_or_of_all(tmp_path: Path) -> None:
    top = 'on_event = ["/usr/bin/tell", "a b"]\n'
    assert load(tmp_path, top + PROFILE).on_event == ("/usr/bin/tell", "a b")
    settings = load(tmp_path, top + "[profile.p]\non_event = ['x']\ntwo_people = true\n", profile="p")
    assert (settings.on_event, settings.two_people) == (("x",), True)
    assert load(tmp_path, top + PROFILE).settled["on_event"].value == "/usr/bin/tell 'a b'"
    assert load(tmp_path, "notify = 'osc9'\nwindow_title = true\n").notify == "osc9"


def test_the_name_of_an_item_key_is_one_that_the_client_knows(tmp_path: Path) -> None:
    assert tuple(form.value for form in ItemKeyForm) == ITEM_KEYS
    assert load(tmp_path, PROFILE).item_key == ItemKeyForm.ID
    assert load(tmp_path, "[profile.p]\nitem_key = 'itemKey'\n", profile="p").item_key == ItemKeyForm.ITEM_KEY
    with pytest.raises(ConfigError, match="itemkey"):
        load(tmp_path, "[profile.p]\nitem_key = 'itemkey'\n", profile="p")


@pytest.mark.parametrize("given", ['"/usr/bin/tell"', "[]", "[1]", '[""]', '["a", "\\u0000"]'])
def test_a_command_for_events_that_is_no_list_of_words_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError, match="isn't a list of words") as refused:
        load(tmp_path, f"on_event = {given}\n")
    assert "no shell" in refused.value.hint
