"""Specifies where the secrets of a sign-in come from, and that none is shown or taken from a place that others read."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path

import pytest
from sign_in_profiles import HUSH, ID, app, load, private, profile, signing_in

from backup_tui.config import Secret, Token
from backup_tui.errors import ConfigError, UsageError
from backup_tui.headless import arguments


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
