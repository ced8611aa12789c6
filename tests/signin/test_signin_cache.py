"""Specifies what is kept of a sign-in on disk: for its owner only, whole, locked, encrypted, never in the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_authority import CANARY, Authority, access, bench, granted, refused

from backup_tui.config.token import Secret
from backup_tui.errors import SignInError
from backup_tui.signin.cache.choosing import CREDENTIAL, token_store_of
from backup_tui.signin.cache.content import kept_grant, parse_entries
from backup_tui.signin.cache.encryption import CacheCipher, Unsealable
from backup_tui.signin.cache.file import FileTokenStore

HOLDER = """
import fcntl, os, sys, time
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix == ".json")


@pytest.fixture
def kept(tmp_path: Path, place: Authority) -> Any:
    """Options of a sign-in that is kept in a file."""
    return {"cache": "file", "cache_folder": tmp_path / "state" / "tokens"}


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


# -- encryption --------------------------------------------------------------------------------------------------


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


# -- what is not ours, not whole or not sane ------------------------------------------------------------------------


async def spoilt(place: Authority, kept: Any, spoil: Any) -> tuple[tuple[str, ...], Path]:
    """Signs in, spoils the file, and looks what the next run makes of it; it can sign in in any case."""
    async with bench(place, **kept) as on:
        await on.sign()
    (file,) = files(kept["cache_folder"])
    spoil(file)
    async with bench(place, **kept) as on:
        with contextlib.suppress(SignInError):
            await on.sign_in.token()
        assert (await on.sign()).reveal() == access(1)
        return on.sign_in.notices, file


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"{}", b"\x00" * 100, b"{" * 10_000, b"x" * 5_000_000, "ü".encode("latin-1")],
)
async def test_a_damaged_file_is_put_aside(place: Authority, kept: Any, content: Any) -> None:
    notices, file = await spoilt(place, kept, lambda path: path.write_bytes(content))
    aside = next(file.parent.glob("*.aside-1"))
    assert aside.read_bytes() == content
    assert mode(aside) == 0o600
    assert any(str(aside) in each for each in notices)


@pytest.mark.parametrize("inner", ["null", "[]", '{"AccessToken": 5}', '{"RefreshToken": {"a": {"secret": 5}}}', "{"])
async def test_content_that_msal_would_stumble_over_is_put_aside(place: Authority, kept: Any, inner: str) -> None:
    def spoil(path: Path) -> None:
        path.write_text(json.dumps(json.loads(path.read_text()) | {"content": inner}))

    notices, file = await spoilt(place, kept, spoil)
    assert any("moved to" in each for each in notices)
    assert next(file.parent.glob("*.aside-1")).exists()


async def test_a_file_of_another_version_is_put_aside(place: Authority, kept: Any) -> None:
    notices, _ = await spoilt(
        place, kept, lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 2}))
    )
    assert any("moved to" in each for each in notices)


async def test_a_file_and_a_folder_that_were_open_to_others_are_closed(place: Authority, kept: Any) -> None:
    def spoil(path: Path) -> None:
        path.chmod(0o644)
        path.parent.chmod(0o755)

    notices, file = await spoilt(place, kept, spoil)
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    assert sum("readable by other users" in each for each in notices) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_a_file_of_somebody_else_is_put_aside_and_not_read(place: Authority, kept: Any) -> None:
    notices, file = await spoilt(place, kept, lambda path: os.chown(path, 65534, 65534))
    assert any("belongs to another user" in each for each in notices)
    assert file.stat().st_uid == os.geteuid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
async def test_a_folder_of_somebody_else_is_not_used(place: Authority, kept: Any) -> None:
    kept["cache_folder"].mkdir(parents=True)
    os.chown(kept["cache_folder"], 65534, 65534)
    async with bench(place, **kept) as on:
        await on.sign()
        assert any("belongs to another user" in each for each in on.sign_in.notices)
    assert list(kept["cache_folder"].iterdir()) == []


@pytest.mark.parametrize("what", ["file", "folder", "lock"])
async def test_nothing_is_read_or_written_through_a_link(
    place: Authority, kept: Any, tmp_path: Path, what: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    if what == "folder":
        elsewhere.mkdir()
        kept["cache_folder"].parent.mkdir(parents=True)
        kept["cache_folder"].symlink_to(elsewhere)
    else:
        async with bench(place, **kept) as on:
            await on.sign()
        (file,) = files(kept["cache_folder"])
        target = file if what == "file" else file.with_name(file.name + ".lock")
        elsewhere.write_bytes(file.read_bytes() if what == "file" else b"")
        target.unlink()
        target.symlink_to(elsewhere)
    before = sorted(elsewhere.iterdir()) if what == "folder" else elsewhere.read_bytes()
    place.tokens = [granted(5)]
    async with bench(place, **kept) as on:
        with pytest.raises(SignInError):
            await on.sign_in.token()
        await on.sign()
        assert any("link" in each and "memory only" in each for each in on.sign_in.notices)
        assert (await on.sign_in.token()).reveal() == access(5)
    assert (sorted(elsewhere.iterdir()) if what == "folder" else elsewhere.read_bytes()) == before


async def test_a_pipe_in_its_place_holds_nobody(place: Authority, kept: Any) -> None:
    def spoil(path: Path) -> None:
        path.unlink()
        os.mkfifo(path)

    notices, _ = await spoilt(place, kept, spoil)
    assert any("is not a file" in each for each in notices)


async def test_a_disk_that_takes_nothing_costs_only_the_keeping(
    place: Authority, kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    async with bench(place, **kept) as on:
        await on.sign()
        assert any("no space left" in each for each in on.sign_in.notices)
        assert (await on.sign_in.token()).reveal() == access(1)
    assert [path.name for path in kept["cache_folder"].iterdir() if not path.name.endswith(".lock")] == []


@given(content=st.binary(max_size=400), whole=st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_in_the_file_can_end_the_program(tmp_path_factory: Any, content: Any, whole: Any) -> None:
    folder = tmp_path_factory.mktemp("tokens")
    path = folder / "sign-in.json"
    path.write_bytes(content if whole else CacheCipher("none", b"", "me").close("{}")[: len(content)])
    shelf = FileTokenStore(folder, path.name, CacheCipher("none", b"", "me"), patience=0)
    text = shelf.load()
    if parse_entries(text or "{}") is None:
        shelf.spoiled()
    shelf.save('{"AppMetadata": {}}')
    again = FileTokenStore(folder, path.name, CacheCipher("none", b"", "me"), patience=0)
    assert again.load() == '{"AppMetadata": {}}'


NAMES = [
    "secret",
    "client_id",
    "environment",
    "home_account_id",
    "expires_on",
    "cached_at",
    "username",
    "authority_type",
    "realm",
    "target",
]
KINDS = ["AccessToken", "RefreshToken", "Account", "IdToken", "AppMetadata", "Other"]
VALUES = st.sampled_from(["x", "12", "x", "1790000000", "", "-5", "99999999999999", "1e5", 5, None, ["x"]])
NUMBERS = st.sampled_from(["12", "1790000000", "-5", None])
ENTRIES = st.fixed_dictionaries(
    {**dict.fromkeys(NAMES, VALUES), "credential_type": st.sampled_from([*KINDS[:4], *KINDS[:4], None, ["x"]])}
)
NEARLY = st.fixed_dictionaries(
    {
        **dict.fromkeys(NAMES, st.just("x")),
        "expires_on": NUMBERS,
        "cached_at": NUMBERS,
        "credential_type": st.sampled_from([*KINDS[:4], None]),
    }
)
"""As msal writes them, but for a value or two: most of what is drawn from all values is refused at once."""


@given(
    st.dictionaries(
        st.sampled_from(KINDS),
        st.dictionaries(st.sampled_from("ab"), st.one_of(ENTRIES, NEARLY), max_size=1),
        max_size=2,
    )
)
@settings(deadline=None)
def test_what_counts_as_a_sign_in_can_be_used_by_msal(entries: Any) -> None:
    import msal

    text = json.dumps(entries)
    if parse_entries(text) is None:
        return
    cache = msal.SerializableTokenCache()
    cache.deserialize(text)
    for kind in KINDS:
        list(cache.search(kind, query={"environment": "x"}))
    kept_grant(entries, "x", 0.0)


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
