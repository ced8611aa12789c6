"""Specifies a kept sign-in that two processes use at once, and the key store of the operating system."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kept_files import files
from scripted_authority import CANARY, Authority, access, bench

from backup_tui.errors import SignInError
from backup_tui.signin.cache.choosing import token_store_of
from backup_tui.signin.cache.encryption import CacheCipher
from backup_tui.signin.cache.file import FileTokenStore

HOLDER = """
import fcntl, os, sys, time
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


# -- two at once ------------------------------------------------------------------------------------------------


@pytest.fixture
def held() -> Any:
    """Lets another process hold a lock; gives the process."""
    holders = []

    def hold(lock: Path) -> subprocess.Popen[bytes]:
        holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE)
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        return holder

    yield hold
    for holder in holders:
        holder.kill()
        if holder.stdout is not None:
            holder.stdout.close()
        holder.wait(10)


async def test_while_another_process_holds_it_the_sign_in_is_kept_in_memory(
    place: Authority, kept: Any, held: Any
) -> None:
    async with bench(place, **kept) as on:
        await on.sign()
    (file,) = files(kept["cache_folder"])
    before = file.read_bytes()
    lock = file.with_name(file.name + ".lock")
    holder = held(lock)
    shelf = FileTokenStore(kept["cache_folder"], file.name, CacheCipher("none", b"", "x"), patience=0)
    assert shelf.load() is None
    assert any("Another instance" in each and "memory only" in each for each in shelf.notices)
    shelf.save("{}")
    assert file.read_bytes() == before
    with pytest.raises(SignInError) as caught:
        shelf.remove()
    assert caught.value.code == "CacheUnusable"
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    # The lock died with its holder: nobody has to delete anything.
    assert lock.exists()
    async with bench(place, **kept) as on:
        assert (await on.sign_in.token()).reveal() == access(1)
        assert not any("Another instance" in each for each in on.sign_in.notices)


WRITER = """
import sys
from pathlib import Path
from backup_tui.signin.cache.file import FileTokenStore
from backup_tui.signin.cache.encryption import CacheCipher, Unsealable
shelf = FileTokenStore(Path(sys.argv[1]), "sign-in.json", CacheCipher("key", b"k" * 32, "me"))
print("ready", flush=True)
number = 0
while True:
    number += 1
    shelf.load()
    shelf.save('{"AppMetadata": {}}' + " " * (number % 5000))
"""


def test_a_process_that_is_killed_while_writing_leaves_a_whole_file(tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    for _ in range(2):
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE) for _ in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
        shelf = FileTokenStore(folder, "sign-in.json", CacheCipher("key", b"k" * 32, "me"))
        while shelf.load() is None and not shelf.notices:
            pass
        for writer in writers:
            writer.kill()
            writer.wait(10)
            if writer.stdout is not None:
                writer.stdout.close()
        after = FileTokenStore(folder, "sign-in.json", CacheCipher("key", b"k" * 32, "me"), patience=0)
        assert (after.load() or "").startswith('{"AppMetadata": {}}')
        assert after.notices == ()
    assert list(folder.glob("*.aside-*")) == []


# -- the operating system's key store ------------------------------------------------------------------------------


class Store:
    """A key store of msal-extensions in memory."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.text: str | None = None
        self.fails = fails

    def load(self) -> str:
        from msal_extensions.persistence import PersistenceNotFound

        if self.fails:
            raise self.fails
        if self.text is None:
            raise PersistenceNotFound
        return self.text

    def save(self, text: str) -> None:
        if self.fails:
            raise self.fails
        self.text = text


@pytest.fixture
def in_store(kept: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    store = Store()
    monkeypatch.setattr("msal_extensions.build_encrypted_persistence", lambda location: store)
    return store, kept | {"cache": "os"}


async def test_the_key_store_keeps_a_sign_in_and_forgets_it(place: Authority, in_store: Any) -> None:
    store, options = in_store
    async with bench(place, **options) as on:
        await on.sign()
        assert on.sign_in.notices == ()
    async with bench(place, **options) as on:
        assert (await on.sign_in.token()).reveal() == access(1)
        assert await on.sign_in.forget() is True
        assert store.text == ""
        assert await on.sign_in.forget() is False
    async with bench(place, **options) as on:
        with pytest.raises(SignInError):
            await on.sign_in.token()


async def test_a_key_store_that_refuses_costs_only_the_keeping(place: Authority, in_store: Any) -> None:
    store, options = in_store
    store.fails = RuntimeError(f"locked {CANARY}")
    async with bench(place, **options) as on:
        await on.sign()
        (notice,) = on.sign_in.notices
        assert "memory only" in notice
        assert CANARY not in notice
        with pytest.raises(SignInError) as caught:
            await on.sign_in.forget()
        assert caught.value.code == "CacheUnusable"


async def test_garbage_in_the_key_store_is_told_and_replaced(place: Authority, in_store: Any) -> None:
    store, options = in_store
    store.text = "{"
    async with bench(place, **options) as on:
        await on.sign()
        assert "damaged" in on.sign_in.notices[0]
    async with bench(place, **options) as on:
        assert (await on.sign_in.token()).reveal() == access(1)


async def test_without_a_key_store_it_is_said_what_helps(
    place: Authority, kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(location: str) -> object:
        raise ImportError("Unable to import module 'gi'")

    monkeypatch.setattr("msal_extensions.build_encrypted_persistence", none)
    async with bench(place, **kept | {"cache": "os"}) as on:
        await on.sign()
        (notice,) = on.sign_in.notices
    assert "memory only" in notice
    assert "token_cache = file" in notice


async def test_without_the_extra_it_is_said_how_to_install_it(
    place: Authority, kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "msal_extensions", None)
    from scripted_authority import sign_in_settings

    shelf = token_store_of(sign_in_settings(place, **kept | {"cache": "os"}))
    assert "backup-tui[keychain]" in shelf.notices[0]


async def test_an_application_keeps_nothing_on_disk(place: Authority, kept: Any) -> None:
    async with bench(place, "secret", **kept) as on:
        await on.sign_in.token()
        assert await on.sign_in.forget() is True
    assert not kept["cache_folder"].exists()
