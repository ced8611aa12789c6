"""Specifies what becomes of a kept sign-in that is not ours, not whole or not sane."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_files import files, mode
from scripted_authority import Authority, access, bench, granted

from backup_tui.errors import SignInError
from backup_tui.signin.cache.content import kept_grant, parse_entries
from backup_tui.signin.cache.encryption import CacheCipher
from backup_tui.signin.cache.file import FileTokenStore

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
