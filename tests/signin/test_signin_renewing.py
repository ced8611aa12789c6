"""Specifies how a token is renewed: early, once for all who ask, and with patience."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from scripted_authority import Authority, Reply, access, bench, for_app, granted, refused

from backup_tui.errors import SignInError

DOWN = Reply(503, b"<h1>Our services are not available</h1>", {"Content-Type": "text/html"})


async def test_one_request_however_many_ask(place: Authority) -> None:
    place.tokens = [for_app(1)]
    async with bench(place, "secret") as on:
        tokens = await asyncio.gather(*(on.sign_in.token() for _ in range(20)))
    assert {each.reveal() for each in tokens} == {access(1)}
    assert len(place.token_calls) == 1


async def test_twenty_who_were_refused_share_one_new_token(place: Authority) -> None:
    place.tokens = [for_app(1), for_app(2)]
    async with bench(place, "secret") as on:
        await on.sign_in.token()
        tokens = await asyncio.gather(*(on.sign_in.token(refresh=True) for _ in range(20)))
    assert {each.reveal() for each in tokens} == {access(2)}
    assert len(place.token_calls) == 2


async def test_somebody_who_stops_waiting_leaves_it_to_the_others(place: Authority) -> None:
    async with bench(place, "secret") as on:
        place.tokens = [for_app(1)]
        place.waiting.clear()
        place.hold.clear()
        first, second = (asyncio.create_task(on.sign_in.token()) for _ in range(2))
        await asyncio.to_thread(place.waiting.wait, 10)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        place.hold.set()
        assert (await second).reveal() == access(1)


async def test_a_token_is_used_until_five_minutes_before_its_end_and_then_renewed_beside(place: Authority) -> None:
    place.tokens = [for_app(1), for_app(2), for_app(3)]
    async with bench(place, "secret") as on:
        await on.sign_in.token()
        on.pass_time(3600 - 301)
        assert (await on.sign_in.token()).reveal() == access(1)
        assert len(place.token_calls) == 1
        on.pass_time(2)
        place.hold.clear()
        # The authority holds its answer back, and nobody waits for it: the old one is still good.
        async with asyncio.timeout(5):
            assert (await on.sign_in.token()).reveal() == access(1)
            assert (await on.sign_in.token()).reveal() == access(1)
        place.hold.set()
        await on.after_renewing()
        assert (await on.sign_in.token()).reveal() == access(3)
    assert len(place.token_calls) == 3, "the second one came meanwhile, once"


async def test_just_before_its_end_a_new_one_is_waited_for(place: Authority) -> None:
    place.tokens = [for_app(1), for_app(2)]
    async with bench(place, "secret") as on:
        await on.sign_in.token()
        on.pass_time(3600 - 20)
        assert (await on.sign_in.token()).reveal() == access(2)


@pytest.mark.parametrize("trouble", [DOWN, Reply(200, b"<html>portal</html>"), Reply(429, {}), "unreachable"])
async def test_while_the_authority_is_in_trouble_a_good_token_goes_on_being_used(
    place: Authority, trouble: Any
) -> None:
    place.tokens = [for_app(1)]
    async with bench(place, "secret") as on:
        await on.sign_in.token()
        place.tokens = [
            trouble if isinstance(trouble, Reply) else Reply(302, b"", {"Location": "https://evil.example/"})
        ]
        on.pass_time(3600 - 20)
        for _ in range(10):
            assert (await on.sign_in.token()).reveal() == access(1)
        assert len(place.token_calls) == 2, "it backs off"
        on.pass_time(21)
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
        assert not caught.value.needs_person
        assert caught.value.code in ("AuthorityUnreachable", "AuthorityUnreadable")
        # It comes back by itself.
        place.tokens = [for_app(2)]
        on.pass_time(300)
        assert (await on.sign_in.token()).reveal() == access(2)


@pytest.mark.parametrize(
    ("answer", "last"),
    [
        pytest.param(DOWN, (60, 60, 60, 60, 60), id="a minute where it passes by itself"),
        pytest.param(refused("invalid_client", 7000215), (64, 128, 256, 300, 300), id="five after a refusal"),
    ],
)
async def test_waits_between_tries_grow_and_have_an_end(place: Authority, answer: Any, last: Any) -> None:
    place.tokens = [answer]
    async with bench(place, "secret") as on:
        for wait in (2, 4, 8, 16, 32, *last):
            calls = len(place.asked)
            for _ in range(3):
                with pytest.raises(SignInError):
                    await on.sign_in.token()
            assert len(place.token_calls) <= 10
            assert len(place.asked) - calls <= 2
            on.pass_time(wait - 1)
            with pytest.raises(SignInError):
                await on.sign_in.token()
            assert len(place.asked) - calls <= 2, "too early"
            on.pass_time(1)


async def test_a_wait_that_the_authority_asks_for_is_kept(place: Authority) -> None:
    place.tokens = [Reply(429, {}, {"Retry-After": "120"})]
    async with bench(place, "secret") as on:
        for seconds in (0, 60, 59):
            on.pass_time(seconds)
            with pytest.raises(SignInError):
                await on.sign_in.token()
        assert len(place.token_calls) == 1
        place.tokens = [for_app(2)]
        on.pass_time(2)
        assert (await on.sign_in.token()).reveal() == access(2)


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_clock_that_is_put_makes_a_token_end_no_later(place: Authority, hours: int) -> None:
    place.tokens = [for_app(1), for_app(2)]
    async with bench(place, "secret") as on:
        await on.sign_in.token()
        on.wall[0] += hours * 3600
        # Put back, the other clock counts on; put on, the token may have ended while the machine slept.
        expected = access(1) if hours < 0 else access(2)
        assert (await on.sign_in.token()).reveal() == expected
        on.pass_time(3600 - 20)
        assert (await on.sign_in.token()).reveal() == access(2)


async def test_a_machine_that_slept_asks_and_goes_on_with_the_old_one_where_nobody_answers(place: Authority) -> None:
    place.tokens = [for_app(1), DOWN]
    async with bench(place, "secret") as on:
        await on.sign_in.token()
        on.wall[0] += 3 * 3600
        assert (await on.sign_in.token()).reveal() == access(1), "one clock says so, and the service judges"


async def test_a_wrong_clock_is_told(place: Authority) -> None:
    place.ahead = timedelta(hours=3)
    async with bench(place, "secret") as on:
        assert on.sign_in.notices == ()
        await on.sign_in.token()
        (notice,) = on.sign_in.notices
    assert "3 h 0 min behind" in notice


@pytest.mark.parametrize("minutes", [-4, 4])
async def test_a_clock_that_is_a_little_off_is_not(place: Authority, minutes: int) -> None:
    place.ahead = timedelta(minutes=minutes)
    async with bench(place, "secret") as on:
        await on.sign_in.token()
        assert on.sign_in.notices == ()


async def test_a_refused_token_is_not_taken_up_again(place: Authority) -> None:
    place.tokens = [granted(1), refused("invalid_grant", 50173, "bad_token")]
    async with bench(place) as on:
        await on.sign()
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token(refresh=True)
        assert (caught.value.code, caught.value.needs_person) == ("Revoked", True)
        for _ in range(5):
            with pytest.raises(SignInError):
                await on.sign_in.token()
        assert len(place.token_calls) == 2, "no storm"
        on.pass_time(600)
        with pytest.raises(SignInError):
            await on.sign_in.token()
        place.tokens = [granted(3)]
        assert (await on.sign()).reveal() == access(3)
        assert (await on.sign_in.token()).reveal() == access(3)


async def test_what_the_service_demands_reaches_the_authority(place: Authority) -> None:
    place.tokens = [granted(1), granted(2)]
    claims = '{"access_token": {"nbf": {"essential": true, "value": "17"}}}'
    async with bench(place) as on:
        await on.sign()
        assert (await on.sign_in.token(refresh=True, claims=claims)).reveal() == access(2)
    sent = place.token_calls[-1].form
    assert sent["grant_type"] == "refresh_token"
    assert '"nbf": {"essential": true, "value": "17"}' in sent["claims"]
    assert "CP1" in sent["claims"]


@pytest.mark.parametrize("demanded_by", ["the service", "the authority"])
async def test_a_demand_that_needs_the_person_is_met_when_the_person_signs_in(
    place: Authority, demanded_by: str
) -> None:
    claims = '{"access_token": {"acrs": {"essential": true, "value": "c1"}}}'
    own = {"claims": claims} if demanded_by == "the authority" else {}
    place.tokens = [granted(1), refused("interaction_required", 50076, "basic_action", **own)]
    async with bench(place) as on:
        await on.sign()
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token(refresh=True, claims="" if own else claims)
        assert caught.value.code == "MfaRequired"
        place.tokens = [granted(2)]
        await on.sign()
    assert '"acrs": {"essential": true, "value": "c1"}' in place.of("/devicecode")[-1].form["claims"]
    assert '"acrs"' in place.token_calls[-1].form["claims"]


async def test_a_refresh_token_that_is_replaced_is_the_one_that_is_used_next(place: Authority) -> None:
    place.tokens = [granted(1), granted(2), granted(3)]
    async with bench(place) as on:
        await on.sign()
        await on.sign_in.token(refresh=True)
        await on.sign_in.token(refresh=True)
    used = [each.form["refresh_token"][:9] for each in place.token_calls[1:]]
    assert used == ["refresh-1", "refresh-2"]


def test_one_event_loop_after_another_may_use_it(place: Authority) -> None:
    place.tokens = [for_app(1), for_app(2)]
    made = []

    async def first() -> None:
        async with bench(place, "secret") as on:
            made.append(on)
            await on.sign_in.token()

    async def second() -> None:
        on = made[0]
        assert (await on.sign_in.token()).reveal() == access(1)
        assert (await on.sign_in.token(refresh=True)).reveal() == access(2)
        await on.sign_in.aclose()

    asyncio.run(first())
    asyncio.run(second())


async def test_closing_ends_a_request_that_hangs_and_whoever_waits_is_told(place: Authority) -> None:
    async with bench(place, "secret") as on:
        place.waiting.clear()
        place.hold.clear()
        waiting = asyncio.create_task(on.sign_in.token())
        await asyncio.to_thread(place.waiting.wait, 10)
        async with asyncio.timeout(5):
            await on.sign_in.aclose()
            with pytest.raises(SignInError) as caught:
                await waiting
    assert caught.value.code == "Cancelled"


@pytest.mark.parametrize("lasts", ["3600", 3600.5, None, "soon", -5, 1e400, [], True, 10**12])
async def test_a_life_that_makes_no_sense_ends_nothing(place: Authority, lasts: Any) -> None:
    place.tokens = [for_app(1, lasts)]
    async with bench(place, "secret") as on:
        code = ""
        try:
            token = await on.sign_in.token()
        except SignInError as error:
            code = error.code
        assert code == "AuthorityUnreadable" or token.reveal() == access(1)


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 5}, {"access_token": "a\nb"}, [], 7, None])
async def test_an_answer_without_a_token_is_none(place: Authority, body: Any) -> None:
    place.tokens = [Reply(200, body)]
    async with bench(place, "secret") as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
    assert caught.value.code == "AuthorityUnreadable"


async def test_whoever_has_put_it_right_and_tries_again_does_not_wait_for_our_own_patience(place: Authority) -> None:
    place.tokens = [refused("invalid_client", 7000215)]
    async with bench(place, "secret") as on:
        for wait in (2, 4, 4):
            with pytest.raises(SignInError):
                await on.sign_in.token()
            on.pass_time(wait)
        place.tokens = [for_app(1)]
        with pytest.raises(SignInError):
            await on.sign_in.token()
        on.sign_in.renew_now()
        assert (await on.sign_in.token()).reveal() == access(1)


async def test_a_wait_that_the_authority_asks_for_is_kept_by_whoever_is_in_a_hurry_too(place: Authority) -> None:
    place.tokens = [Reply(429, {}, {"Retry-After": "120"})]
    async with bench(place, "secret") as on:
        for _ in range(3):
            with pytest.raises(SignInError):
                await on.sign_in.token()
            on.sign_in.renew_now()
        assert len(place.token_calls) == 1
