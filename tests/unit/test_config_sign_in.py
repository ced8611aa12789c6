"""Specifies how one signs in, as settings say it: flow, cloud, authority, secrets, and what is missing or refused."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from backup_tui.config import CLOUDS, FLOWS, Flags, Secret, Settings, Token, load_settings, settings_of_profile
from backup_tui.config.sign_in import SignInSettings
from backup_tui.errors import BackupTuiError, ConfigError, SignInError, UsageError
from backup_tui.headless import arguments, options

ID = "11112222-3333-4444-5555-666677778888"
HUSH = "hush-9f3c-canary"


def load(tmp_path: Path, text: str | None = None, *, env: dict[str, str] | None = None, **flags: object) -> Settings:
    file = tmp_path / "config.toml"
    if text is not None:
        file.write_text(text)
    environ = {"BACKUP_TUI_STATE_DIR": str(tmp_path / "state"), "TZ": "UTC", **(env or {})}
    return load_settings(Flags(**flags), environ, file)  # type: ignore[arg-type]


def signing_in(tmp_path: Path, text: str | None = None, **given: object) -> SignInSettings:
    return load(tmp_path, text, **given).need_sign_in()  # type: ignore[arg-type]


def profile(**keys: object) -> str:
    lines = [f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in keys.items()]
    return "\n".join(['default_profile = "p"', "[profile.p]", *lines]) + "\n"


def private(path: Path, text: str = HUSH + "\n", mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


# -- which flow ------------------------------------------------------------------------------------------------------


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


# -- secrets ---------------------------------------------------------------------------------------------------------


def app(**keys: object) -> dict[str, object]:
    return {"client_id": ID, "tenant": "contoso.com", **keys}


def test_a_client_secret_from_the_variable_a_file_or_a_descriptor(tmp_path: Path) -> None:
    named = private(tmp_path / "s")
    reading, writing = os.pipe()
    os.write(writing, HUSH.encode() + b"\n")
    os.close(writing)
    ways = [
        load(tmp_path, profile(**app(sign_in="secret")), env={"BACKUP_TUI_CLIENT_SECRET": HUSH}),
        load(tmp_path, profile(**app(sign_in="secret", secret_file="s"))),
        load(tmp_path, profile(**app(sign_in="secret")), env={"BACKUP_TUI_SECRET_FILE": str(named)}),
        load(tmp_path, profile(**app(sign_in="secret")), secret_fd=reading),
    ]
    assert [way.need_sign_in().secret for way in ways] == [Secret(HUSH)] * 4
    assert all(HUSH not in repr(way) for way in ways)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(reading)


def test_a_descriptor_that_cannot_be_read_or_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--secret-fd 999"):
        load(tmp_path, profile(**app(sign_in="secret")), secret_fd=999)
    for own in (1, 2):
        with pytest.raises(UsageError, match=f"--secret-fd {own}: this program prints there"):
            load(tmp_path, profile(**app(sign_in="secret")), secret_fd=own)
        os.fstat(own)  # still open
    with pytest.raises(UsageError, match="--secret-fd works only with --sign-in secret"):
        load(tmp_path, profile(**app()), secret_fd=999)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o620, 0o602, 0o777])
def test_a_secret_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    private(tmp_path / "s", mode=mode)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, profile(**app(sign_in="secret", secret_file="s")))
    assert "config.toml, line 6" in caught.value.message
    assert f"{mode:04o}" in caught.value.message
    assert "chmod 600" in caught.value.hint


def test_a_file_of_the_own_group_is_private_enough(tmp_path: Path) -> None:
    private(tmp_path / "s", mode=0o440)
    assert signing_in(tmp_path, profile(**app(sign_in="secret", secret_file="s"))).secret == Secret(HUSH)


@pytest.mark.parametrize("content", ["", "\n", "two\nlines\n", "\x00"])
def test_a_file_without_one_secret_is_refused(tmp_path: Path, content: str) -> None:
    private(tmp_path / "s", content)
    with pytest.raises(ConfigError, match=r"config\.toml, line 6"):
        load(tmp_path, profile(**app(sign_in="secret", secret_file="s")))


def test_a_secret_written_where_its_file_belongs_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, profile(**app(sign_in="secret", secret_file=HUSH)))
    assert HUSH not in caught.value.sentences + caught.value.value + repr(caught.value.__cause__)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("key", "instead"),
    [
        ("client_secret", "BACKUP_TUI_CLIENT_SECRET"),
        ("certificate_password", "certificate_password_file"),
        ("cache_passphrase", "BACKUP_TUI_CACHE_PASSPHRASE"),
        ("access-token", "BACKUP_TUI_ACCESS_TOKEN"),
    ],
)
def test_a_secret_in_the_file_is_refused_with_where_it_belongs(tmp_path: Path, key: str, instead: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f'[profile.p]\n"{key}" = "{HUSH}"\n')
    assert "never read from this file" in caught.value.message
    assert instead in caught.value.hint
    assert HUSH not in caught.value.sentences


@pytest.mark.parametrize(
    "option",
    ["--client-secret", "--token", "--password", "--secret-fd", "--client_secret", "--clientSecret", "--accesstoken"],
)
@pytest.mark.parametrize("joined", [True, False])
def test_a_secret_as_an_argument_is_refused_and_not_shown(option: str, joined: bool) -> None:
    words = [f"{option}={HUSH}"] if joined else [option, HUSH]
    with pytest.raises(UsageError) as caught:
        arguments.build_parser().parse_args([*words, "sessions", "list"])
    assert HUSH not in caught.value.sentences + caught.value.value


def test_the_certificate_and_its_password(tmp_path: Path) -> None:
    private(tmp_path / "app.pem", "key")
    private(tmp_path / "pw")
    keys = app(sign_in="certificate", certificate="app.pem", certificate_password_file="pw")
    found = signing_in(tmp_path, profile(**keys))
    assert (found.certificate, found.certificate_password) == (tmp_path / "app.pem", Secret(HUSH))
    (tmp_path / "app.pem").chmod(0o644)
    with pytest.raises(ConfigError, match="other users of this machine"):
        load(tmp_path, profile(**keys))
    (tmp_path / "app.pem").unlink()
    with pytest.raises(ConfigError, match=r"line 6: the file cannot be read \(No such file"):
        load(tmp_path, profile(**keys))


def test_the_federated_flow_takes_what_azure_sets_after_what_is_ours(tmp_path: Path) -> None:
    env = {"AZURE_TENANT_ID": "azure.example", "AZURE_CLIENT_ID": "azure", "AZURE_FEDERATED_TOKEN_FILE": "/run/token"}
    found = signing_in(tmp_path, profile(sign_in="federated"), env=env)
    assert (found.tenant, found.client_id, found.token_file) == ("azure.example", "azure", Path("/run/token"))
    ours = signing_in(tmp_path, profile(sign_in="federated", tenant="ours.example"), env=env)
    assert (ours.tenant, ours.client_id) == ("ours.example", "azure")
    assert load(tmp_path, profile(client_id=ID), env=env).tenant == "", "another flow does not look at them"


def test_the_kept_sign_in(tmp_path: Path) -> None:
    private(tmp_path / "key", "k")
    text = profile(client_id=ID, token_cache="file", token_cache_key_file="key")
    found = signing_in(tmp_path, text, env={"BACKUP_TUI_CACHE_PASSPHRASE": HUSH})
    assert (found.cache, found.cache_key_file, found.cache_passphrase) == ("file", tmp_path / "key", Secret(HUSH))
    in_memory = signing_in(tmp_path, text, env={"BACKUP_TUI_TOKEN_CACHE": "memory", "BACKUP_TUI_CACHE_PASSPHRASE": "x"})
    assert (in_memory.cache, in_memory.cache_passphrase) == ("memory", None)
    with pytest.raises(ConfigError, match="unknown token cache"):
        load(tmp_path, text, env={"BACKUP_TUI_TOKEN_CACHE": "disk"})


def test_secrets_do_not_tell_themselves() -> None:
    secret = Secret(HUSH)
    assert HUSH not in f"{secret} {secret!r} {[secret]} {secret:>40}"
    assert secret != Token(HUSH)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)


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
