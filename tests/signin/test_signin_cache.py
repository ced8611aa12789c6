"""Specifies what is kept of a sign-in on disk: for its owner only, whole, encrypted, never in the way."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from kept_files import files, mode
from scripted_authority import CANARY, Authority, access, bench, granted, refused

from backup_tui.config.token import Secret
from backup_tui.errors import SignInError
from backup_tui.signin.cache.choosing import CREDENTIAL
from backup_tui.signin.cache.encryption import CacheCipher, Unsealable


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
async def test_a_sign_in_outlives_the_program_in_a_file_of_its_owner_alone(
    place: Authority, kept: Any, umask: int
) -> None:
    before = os.umask(umask)
    try:
        async with bench(place, **kept) as on:
            await on.sign()
            assert "not encrypted" in on.sign_in.notices[0]
    finally:
        os.umask(before)
    (file,) = files(kept["cache_folder"])
    assert (mode(file), mode(kept["cache_folder"])) == (0o600, 0o700)
    asked = len(place.asked)
    async with bench(place, **kept) as on:
        assert (await on.sign_in.token()).reveal() == access(1)
        assert len(place.asked) == asked, "a kept token needs nobody"
        place.tokens = [granted(2)]
        assert (await on.sign_in.token(refresh=True)).reveal() == access(2)
    async with bench(place, **kept) as on:
        assert (await on.sign_in.token()).reveal() == access(2)


async def test_logging_out_removes_what_logging_in_kept(place: Authority, kept: Any) -> None:
    async with bench(place, **kept) as on:
        await on.sign()
    async with bench(place, **kept) as on:
        assert await on.sign_in.forget() is True
        assert files(kept["cache_folder"]) == []
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
        assert caught.value.code == "NoSignIn"
        assert await on.sign_in.forget() is False
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in kept["cache_folder"].iterdir())


async def test_logging_out_of_memory_says_whether_somebody_was_signed_in(place: Authority) -> None:
    async with bench(place) as on:
        assert await on.sign_in.forget() is False
        await on.sign()
        assert await on.sign_in.forget() is True
        with pytest.raises(SignInError):
            await on.sign_in.token()


async def test_an_instance_that_still_runs_does_not_bring_back_what_another_one_removed(
    place: Authority, kept: Any
) -> None:
    async with bench(place, **kept) as first, bench(place, **kept) as second:
        await first.sign()
        await second.sign_in.token()
        await second.sign_in.forget()
        with pytest.raises(SignInError) as caught:
            await first.sign_in.token(refresh=True)
        assert caught.value.code == "NoSignIn"
    assert files(kept["cache_folder"]) == []


async def test_two_instances_take_up_what_the_other_one_renewed(place: Authority, kept: Any) -> None:
    place.tokens = [granted(1), granted(2), granted(3)]
    async with bench(place, **kept) as first, bench(place, **kept) as second:
        await first.sign()
        await second.sign_in.token(refresh=True)
        await first.sign_in.token(refresh=True)
    assert [each.form.get("refresh_token", "")[:9] for each in place.token_calls] == ["", "refresh-1", "refresh-2"]


async def test_whoever_signs_in_takes_the_place_of_the_one_before(place: Authority, kept: Any) -> None:
    async with bench(place, **kept) as on:
        await on.sign()
        place.tokens = [granted(2, client_info="eyJ1aWQiOiJ1c2VyLTIiLCJ1dGlkIjoidCJ9")]
        await on.sign()
    (file,) = files(kept["cache_folder"])
    entries = json.loads(json.loads(file.read_text())["content"])
    assert len(entries["Account"]) == len(entries["RefreshToken"]) == len(entries["AccessToken"]) == 1


async def test_a_sign_in_that_fails_leaves_the_one_before(place: Authority, kept: Any) -> None:
    async with bench(place, **kept) as on:
        await on.sign()
        place.tokens = [refused("authorization_declined")]
        with pytest.raises(SignInError):
            await on.sign()
        assert (await on.sign_in.token()).reveal() == access(1)
    async with bench(place, **kept) as on:
        assert (await on.sign_in.token()).reveal() == access(1)


@pytest.fixture(params=["key file", "passphrase", "systemd"])
def key(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Options that give a key, each in its way."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    if request.param == "passphrase":
        return {"cache_passphrase": Secret("correct horse battery staple")}
    file = tmp_path / CREDENTIAL
    file.write_bytes(bytes(range(32)))
    file.chmod(0o600)
    if request.param == "key file":
        return {"cache_key_file": file}
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    return {}


async def test_with_a_key_nothing_stands_in_clear(place: Authority, kept: Any, key: Any) -> None:
    async with bench(place, **kept, **key) as on:
        await on.sign()
        assert on.sign_in.notices == ()
    (file,) = files(kept["cache_folder"])
    data = file.read_bytes()
    assert CANARY.encode() not in data
    assert b"ada@contoso.com" not in data
    async with bench(place, **kept, **key) as on:
        assert (await on.sign_in.token()).reveal() == access(1)


async def test_what_stood_in_clear_is_encrypted_once_a_key_is_given(
    place: Authority, kept: Any, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.delenv("CREDENTIALS_DIRECTORY", raising=False)
        async with bench(place, **kept) as on:
            await on.sign()
    async with bench(place, **kept, **key) as on:
        await on.sign_in.token()
    (file,) = files(kept["cache_folder"])
    assert CANARY.encode() not in file.read_bytes()


async def test_another_key_puts_the_file_aside_and_the_sign_in_goes_on(place: Authority, kept: Any) -> None:
    async with bench(place, **kept, cache_passphrase=Secret("one passphrase")) as on:
        await on.sign()
    async with bench(place, **kept, cache_passphrase=Secret("another passphrase")) as on:
        with pytest.raises(SignInError):
            await on.sign_in.token()
        assert "moved to" in on.sign_in.notices[0]
        await on.sign()
    aside = next(kept["cache_folder"].glob("*.aside-1"))
    assert mode(aside) == 0o600
    async with bench(place, **kept, cache_passphrase=Secret("another passphrase")) as on:
        assert (await on.sign_in.token()).reveal() == access(1)
        assert await on.sign_in.forget()
    assert not aside.exists()


async def test_without_the_key_an_encrypted_file_is_left_alone(place: Authority, kept: Any) -> None:
    async with bench(place, **kept, cache_passphrase=Secret("one passphrase")) as on:
        await on.sign()
    (file,) = files(kept["cache_folder"])
    before = file.read_bytes()
    async with bench(place, **kept) as on:
        await on.sign()
        assert any("no key was given" in each for each in on.sign_in.notices)
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"", b"short", b"   \n" * 20])
async def test_a_key_that_cannot_be_one_never_leads_to_a_file_in_clear(
    place: Authority, kept: Any, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    async with bench(place, **kept, cache_key_file=file) as on:
        await on.sign()
        assert "memory only" in on.sign_in.notices[0]
    assert not kept["cache_folder"].exists()


def test_a_file_of_another_sign_in_does_not_open(tmp_path: Path) -> None:
    mine, other = CacheCipher("key", b"k" * 32, "mine"), CacheCipher("key", b"k" * 32, "other")
    assert mine.open(mine.close("{}")) == ("{}", True)
    with pytest.raises(Unsealable):
        mine.open(other.close("{}"))


def test_no_two_writings_share_a_nonce() -> None:
    seal = CacheCipher("key", b"k" * 32, "mine")
    assert len({json.loads(seal.close("{}"))["nonce"] for _ in range(50)}) == 50


def test_a_seal_does_not_show_its_secret() -> None:
    assert CANARY not in repr(CacheCipher("passphrase", f"p-{CANARY}".encode(), "mine"))
