"""Specifies what holds when two things happen at once: renewing, signing out, another instance, another person."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from scripted_authority import CODE, PENDING, Asked, Authority, Reply, access, bench, for_app, granted

from backup_tui.errors import SignInError
from backup_tui.signin.renewing import pause_after

DOWN = Reply(503, b"busy")
BOB = {"client_info": "eyJ1aWQiOiJ1c2VyLTIiLCJ1dGlkIjoidCJ9"}


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    """Options of a sign-in that is kept in a file."""
    return {"cache": "file", "cache_folder": tmp_path / "state" / "tokens"}


def kept_text(folder: Path) -> str:
    (file,) = folder.glob("*.json")
    return str(json.loads(file.read_text())["content"])


async def test_signing_out_while_a_renewal_is_under_way_leaves_nobody_signed_in(place: Authority, kept: Any) -> None:
    place.tokens = [granted(1), granted(2)]
    async with bench(place, **kept) as on:
        await on.sign()
        place.waiting.clear()
        place.hold.clear()
        renewing = asyncio.create_task(on.sign_in.token(refresh=True))
        await asyncio.to_thread(place.waiting.wait, 10)
        async with asyncio.timeout(5):
            assert await on.sign_in.forget() is True, "nobody waits for an authority in order to sign out"
        place.hold.set()
        await asyncio.gather(renewing, return_exceptions=True)
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
        assert caught.value.code == "NoSignIn"
    assert list(kept["cache_folder"].glob("*.json")) == []


async def test_a_renewal_does_not_take_the_place_of_who_signed_in_meanwhile_elsewhere(
    place: Authority, kept: Any
) -> None:
    loop = asyncio.get_running_loop()
    async with bench(place, **kept) as ada, bench(place, **kept) as bob:

        def while_bob_signs_in(_: Asked) -> dict[str, object]:
            asyncio.run_coroutine_threadsafe(bob.sign(), loop).result(10)
            return granted(2)

        place.tokens = [granted(1), while_bob_signs_in, granted(3, **BOB)]
        await ada.sign()
        assert (await ada.sign_in.token(refresh=True)).reveal() == access(2)
        assert "refresh-3" in kept_text(kept["cache_folder"])
        assert "refresh-2" not in kept_text(kept["cache_folder"])


async def test_whoever_signs_in_is_kept_even_where_another_instance_signed_out_meanwhile(
    place: Authority, kept: Any
) -> None:
    place.tokens = [granted(1), dict(PENDING), granted(2)]
    async with bench(place, **kept) as first, bench(place, **kept) as second:
        await first.sign()
        shown = asyncio.Event()
        signing = asyncio.create_task(first.sign_in.ask(lambda prompt: shown.set()))
        await shown.wait()
        await second.sign_in.forget()
        await signing
    async with bench(place, **kept) as third:
        assert (await third.sign_in.token()).reveal() == access(2)


async def test_an_authority_that_is_down_for_a_day_is_still_tried_again(place: Authority) -> None:
    place.tokens = [DOWN]
    async with bench(place, "secret") as on:
        for _ in range(15):
            on.pass_time(300)
            with pytest.raises(SignInError) as caught:
                await on.sign_in.token()
            assert not caught.value.needs_person
        place.tokens = [for_app(2)]
        on.pass_time(61)
        assert (await on.sign_in.token()).reveal() == access(2)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 2), (2, 4), (5, 32), (6, 60), (5000, 60)])
def test_the_pause_between_two_tries_grows_up_to_a_minute(tries: int, seconds: float) -> None:
    down = SignInError("The authority is down.", needs_person=False)
    assert pause_after(tries, down) == seconds


@pytest.mark.parametrize("lasts", [20, 60, 240, 299])
async def test_tokens_that_last_for_less_than_the_usual_margin_are_not_renewed_with_each_use(
    place: Authority, lasts: int
) -> None:
    place.tokens = [for_app(number, lasts) for number in range(1, 20)]
    async with bench(place, "secret") as on:
        for _ in range(10):
            await on.sign_in.token()
        await on.after_renewing()
        assert len(place.token_calls) == 2
        on.pass_time(lasts * 0.6)
        await on.sign_in.token()
        await on.after_renewing()
        assert len(place.token_calls) == 4, "about half of its life is over"


async def test_looking_for_a_code_ends_with_the_code_however_long_the_authority_asks_to_wait(place: Authority) -> None:
    place.code = dict(CODE, expires_in=60)
    place.tokens = [Reply(429, {}, {"Retry-After": "3600"})]
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
        assert caught.value.code == "CodeExpired"
        assert on.clock.monotonic() <= 61


async def test_signing_out_removes_what_a_killed_process_left_half_written(place: Authority, kept: Any) -> None:
    async with bench(place, **kept) as on:
        await on.sign()
    (file,) = kept["cache_folder"].glob("*.json")
    (kept["cache_folder"] / f"{file.name}.4711.new").write_text(file.read_text())
    async with bench(place, **kept) as on:
        assert await on.sign_in.forget() is True
    assert [path.name for path in kept["cache_folder"].iterdir() if not path.name.endswith(".lock")] == []


@pytest.mark.parametrize("umask", [0o000, 0o022])
async def test_folders_that_are_made_for_a_kept_sign_in_are_closed_to_others_on_the_way(
    place: Authority, tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        async with bench(place, cache="file", cache_folder=tmp_path / "new" / "state" / "tokens") as on:
            await on.sign()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*") if path.is_dir()}
    assert modes == {"state": 0o700, "tokens": 0o700}


async def test_signing_out_removes_a_file_that_was_kept_with_other_settings(place: Authority, kept: Any) -> None:
    async with bench(place, **kept) as on:
        await on.sign()
    async with bench(place, **{**kept, "cache": "memory"}) as on:
        assert await on.sign_in.forget() is True
        assert await on.sign_in.forget() is False
    assert list(kept["cache_folder"].glob("*.json")) == []


async def test_signing_out_does_not_reach_through_a_link(place: Authority, tmp_path: Path, kept: Any) -> None:
    async with bench(place, **kept) as on:
        await on.sign()
    elsewhere = tmp_path / "elsewhere"
    kept["cache_folder"].rename(elsewhere)
    kept["cache_folder"].symlink_to(elsewhere)
    async with bench(place, **kept) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.forget()
    assert caught.value.code == "CacheUnusable"
    assert list(elsewhere.glob("*.json")) != []
