"""Specifies how one signs in, as settings say it: flow, cloud, authority, secrets, and what is missing or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sign_in_profiles import HUSH, ID, app, load, profile, signing_in

from backup_tui.config import CLOUDS, FLOWS, Token, settings_of_profile
from backup_tui.config.sign_in import SignInSettings
from backup_tui.errors import BackupTuiError, ConfigError, SignInError, UsageError
from backup_tui.headless import options


def test_nothing_said_is_told_with_both_ways_and_the_readme(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.sign_in is None
    with pytest.raises(SignInError) as caught:
        settings.need_sign_in()
    assert (caught.value.code, caught.value.exit_code) == ("NoSignIn", 3)
    for way in ("--client-id", "backup-tui login", "BACKUP_TUI_ACCESS_TOKEN", "README"):
        assert way in caught.value.hint


def test_a_client_id_alone_means_the_device_code(tmp_path: Path) -> None:
    sign_in = signing_in(tmp_path, client_id=ID)
    assert sign_in == SignInSettings(flow="device-code", client_id=ID, cache_folder=tmp_path / "state" / "tokens")
    assert (sign_in.tenant, sign_in.authority) == ("organizations", "https://login.microsoftonline.com")
    assert (sign_in.scope, sign_in.cache) == ("https://graph.microsoft.com/.default", "memory")


def test_a_token_comes_before_the_profile_and_after_the_flag(tmp_path: Path) -> None:
    text, env = profile(client_id=ID, sign_in="browser"), {"BACKUP_TUI_ACCESS_TOKEN": "abc.def"}
    settings = load(tmp_path, text, env=env)
    assert (settings.need_sign_in().flow, settings.token) == ("token", Token("abc.def"))
    assert settings.settled["sign_in"].origin.words == "BACKUP_TUI_ACCESS_TOKEN"
    flagged = load(tmp_path, text, env=env, sign_in="device-code")
    assert (flagged.need_sign_in().flow, flagged.token) == ("device-code", None)
    assert signing_in(tmp_path, text).flow == "browser"


def test_each_value_comes_from_the_flag_before_the_variable_before_the_file(tmp_path: Path) -> None:
    text = profile(client_id="of-file", tenant="file.example", sign_in="browser", authority="http://127.0.0.1:1/f")
    env = {
        "BACKUP_TUI_CLIENT_ID": "of-variable",
        "BACKUP_TUI_TENANT": "variable.example",
        "BACKUP_TUI_SIGN_IN": "device-code",
        "BACKUP_TUI_AUTHORITY": "http://127.0.0.1:1/v",
    }
    found = [
        signing_in(tmp_path, text),
        signing_in(tmp_path, text, env=env),
        signing_in(
            tmp_path,
            text,
            env=env,
            client_id="of-flag",
            tenant="flag.example",
            sign_in="browser",
            authority="http://127.0.0.1:1/x",
        ),
    ]
    assert [one.client_id for one in found] == ["of-file", "of-variable", "of-flag"]
    assert [one.tenant for one in found] == ["file.example", "variable.example", "flag.example"]
    assert [one.flow for one in found] == ["browser", "device-code", "browser"]
    assert [one.authority[-1] for one in found] == ["f", "v", "x"]


def test_the_tenant_is_also_the_expected_one_unless_it_is_any(tmp_path: Path) -> None:
    assert load(tmp_path, client_id=ID, tenant="contoso.com").tenant == "contoso.com"
    any_one = load(tmp_path, client_id=ID, tenant="organizations")
    assert (any_one.tenant, any_one.need_sign_in().tenant) == ("", "organizations")
    with pytest.raises(ConfigError, match="neither a directory id"):
        load(tmp_path, client_id=ID, tenant="contoso.com/../evil")


@pytest.mark.parametrize("tenant", ["consumers", "Consumers", "9188040d-6c67-4b5b-b112-36a304b66dad"])
def test_the_tenant_of_personal_accounts_is_refused_with_the_way_out(tmp_path: Path, tenant: str) -> None:
    with pytest.raises(ConfigError, match="personal Microsoft accounts, which aren't supported") as caught:
        load(tmp_path, client_id=ID, tenant=tenant)
    assert caught.value.value == tenant
    assert "work or school account" in caught.value.hint


@pytest.mark.parametrize(
    ("keys", "lacks"),
    [
        ({"sign_in": "device-code"}, ["client_id"]),
        ({"sign_in": "browser"}, ["client_id"]),
        ({"sign_in": "certificate"}, ["client_id", "tenant", "certificate"]),
        ({"sign_in": "secret", "client_id": ID}, ["tenant", "BACKUP_TUI_CLIENT_SECRET", "--secret-fd"]),
        ({"sign_in": "federated", "client_id": ID, "tenant": "a.b"}, ["federated_token_file"]),
        ({"sign_in": "token"}, ["BACKUP_TUI_ACCESS_TOKEN"]),
    ],
)
def test_what_a_flow_lacks_is_told_when_it_is_needed_and_not_before(
    tmp_path: Path, keys: dict[str, object], lacks: list[str]
) -> None:
    settings = load(tmp_path, profile(**keys))
    with pytest.raises(SignInError) as caught:
        settings.need_sign_in()
    assert caught.value.code == "NoSignIn"
    assert all(name in caught.value.message for name in lacks), caught.value.message


@pytest.mark.parametrize("flow", ["managed-identity", "azure-cli"])
def test_flows_that_need_nothing(tmp_path: Path, flow: str) -> None:
    assert signing_in(tmp_path, sign_in=flow).flow == flow


def test_a_misspelt_flow_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, sign_in="device")
    assert caught.value.hint == "Did you mean device-code?"
    with pytest.raises(ConfigError, match=r"BACKUP_TUI_SIGN_IN") as of_variable:
        load(tmp_path, env={"BACKUP_TUI_SIGN_IN": "browsr"})
    assert of_variable.value.hint == "Did you mean browser?"
    with pytest.raises(UsageError, match="needs a flow"):
        load(tmp_path, sign_in="")


def test_the_help_text_names_the_flows_that_there_are() -> None:
    assert options.FLOWS == FLOWS


# -- clouds and addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["usgov-l4", "usgov-l5", "china"])
def test_a_national_cloud_is_refused_with_the_reason_unless_forced(tmp_path: Path, key: str) -> None:
    text = profile(client_id=ID, cloud=key)
    with pytest.raises(ConfigError, match="does not offer this service") as caught:
        load(tmp_path, text)
    assert "--force-cloud" in caught.value.hint
    for forced in (load(tmp_path, text, force_cloud=True), load(tmp_path, text + "cloud_forced = true\n")):
        cloud = CLOUDS[key]
        assert forced.graph_url == f"{cloud.graph}/v1.0"
        assert forced.cloud is cloud
        assert forced.need_sign_in().authority == cloud.authority
        assert forced.need_sign_in().scope == f"{cloud.graph}/.default"
        assert cloud.graph.removeprefix("https://") in forced.trusted_hosts


def test_the_cloud_follows_the_address_and_contradictions_are_refused(tmp_path: Path) -> None:
    url = "https://graph.microsoft.us/v1.0"
    found = load(tmp_path, client_id=ID, graph_url=url, trust_hosts=("graph.microsoft.us",))
    assert found.need_sign_in().scope == "https://graph.microsoft.us/.default"
    with pytest.raises(ConfigError, match="belongs to the"):
        load(tmp_path, profile(client_id=ID, cloud="global"), graph_url=url)
    with pytest.raises(ConfigError, match="belongs to the"):
        load(tmp_path, client_id=ID, graph_url="https://graph.microsoft.com/v1.0", authority=CLOUDS["china"].authority)
    with pytest.raises(ConfigError, match="unknown cloud") as caught:
        load(tmp_path, env={"BACKUP_TUI_CLOUD": "chin"})
    assert caught.value.hint == "Did you mean china?"


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ("https://login.microsoftonline.com/", "https://login.microsoftonline.com"),
        ("HTTPS://LOGIN.microsoftonline.com:443", "https://login.microsoftonline.com"),
        ("http://127.0.0.1:8365/_authority/", "http://127.0.0.1:8365/_authority"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("https://localhost:9443", "https://localhost:9443"),
    ],
)
def test_an_authority_that_is_known_or_this_machine(tmp_path: Path, given: str, settled: str) -> None:
    assert signing_in(tmp_path, client_id=ID, authority=given).authority == settled


@pytest.mark.parametrize(
    "given",
    [
        "https://login.microsoftonline.com.evil.example",
        "https://login.microsoftonline.com@evil.example",
        "https://login.microsoftonline.com:8443",
        "https://login.microsoftonline.com/contoso.com",
        "http://login.microsoftonline.com",
        "https://graph.microsoft.com",
        "http://login.example/a",
        "https://127.0.0.1/a?b",
        "https://127.0.0.1/a#b",
        "https://127.0.0.1\\@login.microsoftonline.com",
        "https://localhost.evil.example",
        "ftp://127.0.0.1",
        "login.microsoftonline.com",
        "https://[::1",
        "https://a b",
    ],
)
def test_any_other_authority_is_sent_nothing(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, client_id=ID, authority=given)
    assert caught.value.certainty == "Nothing was sent."


def test_an_authority_can_be_trusted_on_purpose_but_never_in_clear(tmp_path: Path) -> None:
    trust = ("login.example",)
    found = signing_in(tmp_path, client_id=ID, authority="https://login.example:8443/a", trust_hosts=trust)
    assert found.authority == "https://login.example:8443/a"
    with pytest.raises(ConfigError, match="without encryption"):
        load(tmp_path, client_id=ID, authority="http://login.example/a", trust_hosts=trust)


# -- the demo, profiles, polling --------------------------------------------------------------------------------------


def test_the_demo_signs_in_only_when_asked_to(tmp_path: Path) -> None:
    plain, asked = load(tmp_path, demo=True), load(tmp_path, demo=True, sign_in="")
    assert (plain.sign_in, plain.demo_sign_in) == (None, False)
    assert asked.demo_sign_in
    assert asked.need_sign_in().authority.startswith("http://127.0.0.1")
    assert (asked.need_sign_in().flow, asked.need_sign_in().cache_folder) == ("device-code", None)


@pytest.mark.parametrize(
    "flags",
    [
        {"client_id": ID},
        {"tenant": "contoso.com"},
        {"sign_in": "browser"},
        {"authority": "http://127.0.0.1"},
        {"secret_fd": 0},
        {"force_cloud": True},
    ],
)
def test_the_demo_refuses_a_real_sign_in(tmp_path: Path, flags: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="--demo"):
        load(tmp_path, demo=True, **flags)


def test_the_demo_names_all_variables_that_stand_in_its_way_at_once(tmp_path: Path) -> None:
    env = {"BACKUP_TUI_CLIENT_ID": ID, "BACKUP_TUI_CLIENT_SECRET": HUSH}
    with pytest.raises(UsageError) as caught:
        load(tmp_path, env=env, demo=True)
    assert "env -u BACKUP_TUI_CLIENT_ID -u BACKUP_TUI_CLIENT_SECRET backup-tui --demo" in caught.value.hint
    assert HUSH not in caught.value.sentences + caught.value.value


TWO = """
[profile.one]
client_id = "one"
tenant = "one.example"
poll_seconds = 20

[profile.two]
client_id = "two"
"""


def test_another_profile_takes_nothing_of_the_first_ones_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_TUI_STATE_DIR", str(tmp_path / "state"))
    one = load(tmp_path, TWO, profile="one", tenant="flag.example", tz="Asia/Tokyo", read_only=True)
    assert (one.tenant, one.profiles) == ("flag.example", ("one", "two"))
    two = settings_of_profile(one, "two")
    assert (two.profile, two.tenant, two.need_sign_in().client_id) == ("two", "", "two")
    assert (two.tz, two.read_only) == ("Asia/Tokyo", True)
    assert settings_of_profile(two, "one").tenant == "one.example"
    with pytest.raises(UsageError, match="Unknown profile"):
        settings_of_profile(one, "three")


def test_the_profile_can_come_from_a_variable(tmp_path: Path) -> None:
    assert load(tmp_path, TWO, env={"BACKUP_TUI_PROFILE": "two"}).profile == "two"
    with pytest.raises(UsageError) as caught:
        load(tmp_path, TWO, env={"BACKUP_TUI_PROFILE": "twoo"})
    assert caught.value.hint == "Did you mean two?"


def test_polling_is_a_setting_of_the_profile(tmp_path: Path) -> None:
    assert load(tmp_path, TWO).poll_seconds == 5
    assert load(tmp_path, TWO, profile="one").poll_seconds == 20


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("poll_seconds = 4", "from 5 to 300"),
        ("poll_seconds = 301", "from 5 to 300"),
        ("poll_seconds = true", "from 5 to 300"),
        ("redirect_port = 1.5", "from 0 to 65535"),
        ("redirect_port = 70000", "from 0 to 65535"),
        ("sign_in = 'device'", "device-code"),
        ("cloud = 'goverment'", "It is one of global"),
        ("token_cache = 'files'", "Did you mean file?"),
        ("cloud_forced = 1", "true or false"),
        ("client_id = 'a b'", "cannot contain spaces"),
        ("certificate = ''", "PATH"),
        ("cliend_id = 'a'", "Did you mean client_id?"),
        ("lock_wait = 5", "to the top of the file"),
    ],
)
def test_a_wrong_key_of_a_profile_is_refused_with_its_line(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f"[profile.p]\n{line}\n")
    assert f"line 2: {line.split(maxsplit=1)[0]} of profile p" in caught.value.message
    assert why in caught.value.hint


def test_every_error_of_the_settings_is_one_of_ours(tmp_path: Path) -> None:
    """A folder where a file belongs, a path with a zero byte: no traceback for the person."""
    (tmp_path / "folder").mkdir()
    for value in ("folder", "a\\u0000b"):
        with pytest.raises(BackupTuiError):
            load(tmp_path, profile(**app(sign_in="secret")) + f'secret_file = "{value}"\n')
