"""A sign-in that renews itself: early, once for all who ask, and with patience during an outage of the authority."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, cast

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.config.sign_in import PERSON_FLOWS
from backup_tui.errors import SignInError
from backup_tui.models.prompts import Prompt
from backup_tui.models.whoami import Token
from backup_tui.signin import codes
from backup_tui.signin.cache.content import EARLY
from backup_tui.signin.error_catalogue import catalogue
from backup_tui.signin.error_context import again, off_by
from backup_tui.signin.flows.lazy_flow import LazyFlow
from backup_tui.signin.flows.redirect import RedirectPage
from backup_tui.signin.grants import Grant
from backup_tui.signin.worker import Job, Worker

if TYPE_CHECKING:
    from backup_tui.signin.flows.browser import BrowserFlow
    from backup_tui.signin.flows.device_code import DeviceCodeFlow

LATE = 30.0  # seconds before its end from which on a token is no longer handed out while it is being renewed

_FIRST_WAIT = 2.0
_LONGEST_WAIT = 60.0
"""Seconds between two tries during an outage of the authority: what it stopped continues soon after its end."""
_LONGEST_WAIT_FOR_PERSON = 300.0  # seconds between two tries after a refusal, which hardly ever changes on its own
_MOST_DOUBLINGS = 10
_LONGEST_POLL = 60.0


def pause_after(tries: int, error: SignInError) -> float:
    """Seconds until the authority is asked again. `tries`: how many tries in a row have failed, 1 or more. `error`: how
    the last one failed."""
    doubled = _FIRST_WAIT * 2.0 ** min(tries - 1, _MOST_DOUBLINGS)
    longest = _LONGEST_WAIT_FOR_PERSON if error.needs_person else _LONGEST_WAIT
    return max(min(doubled, longest), error.wait or 0.0)


class _Held(Struct, frozen=True):
    """A token with its end on two clocks: one that stops while the machine sleeps, one that can be set."""

    token: Token
    until: float
    until_wall: float
    early: float  # seconds before its end at which it is renewed
    late: float  # seconds before its end from which on it is no longer handed out meanwhile


class _Failed(Struct, frozen=True):
    """The last try failed."""

    error: SignInError  # how
    not_before: float  # when the authority is asked again, on the monotonic clock
    times: int  # how many tries in a row have failed


class RenewingSignIn:
    """Holds the token of one flow; `sleep` waits between two looks."""

    def __init__(self, lazy: LazyFlow, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.flow = lazy.context.settings.flow
        self.interactive = self.flow in PERSON_FLOWS
        self._lazy = lazy
        self._worker = Worker(lazy.ready, lazy.abort, lazy.close)
        self._facts = lazy.context.facts
        self._clock = lazy.context.clock
        self._wall = lazy.context.wall
        self._sleep = sleep
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._failed: _Failed | None = None
        self._refused = False
        self._demanded = ""
        self._flight: Job[Grant] | None = None
        self._flight_claims = ""

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know about where the sign-in is kept, and about this machine's clock."""
        off = off_by(self._facts.skew())
        clock = (f"This machine's clock is wrong{off}; times shown follow the service's clock.",) if off else ()
        return (*self._lazy.notices, *clock)

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        self._hear()
        held = self._held
        self._refused = self._refused or refresh
        if held is not None and not refresh and not claims:
            left = self._left(held)
            if left > held.early:
                return held.token
            if left > held.late:
                # Still good: nobody has to wait while it is renewed.
                if self._may_try() and not self._flying():
                    self._start("")
                return held.token
        error: SignInError | None = None
        try:
            return await self._renewed(claims)
        except SignInError as refused:
            error = again(refused)
        if held is not None and not refresh and not claims and not error.needs_person and self._alive(held):
            return held.token
        if refresh and error.needs_person and self._held is held:
            self._held = None  # The service refused it; there is no use in sending it again.
        raise error

    def renew_now(self) -> None:
        """A person wants another try now: a wait of our own is over, one that the authority asked for is not."""
        with self._lock:
            if self._failed is not None and not self._failed.error.wait:
                self._failed = replace(self._failed, not_before=self._clock.monotonic())

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        wanted = claims or self._demanded
        self._failed = None
        if not self.interactive:
            return await self._renewed(wanted)
        grant: Grant | None = None
        try:
            grant = await (self._by_browser if self.flow == "browser" else self._by_code)(show, wanted)
        except SignInError as refused:
            error = again(refused)
        # Raised outside of the handler: the frames that it comes from hold what the browser brought.
        if grant is None:
            raise error
        self._take(grant)
        self._hear()
        return grant.token

    async def forget(self) -> bool:
        if self._flight is not None:
            self._worker.give_up(self._flight)  # Nobody waits for an answer that nobody wants any longer.
        self._held = self._failed = None
        return await self._worker.run(self._forgotten)

    async def aclose(self) -> None:
        self._lazy.cancel()
        await self._worker.aclose()

    # -- with a person -----------------------------------------------------------------------------------------

    async def _by_code(self, show: Callable[[Prompt], None], claims: str) -> Grant:
        def steps() -> "DeviceCodeFlow":
            return cast("DeviceCodeFlow", self._lazy.steps)

        asked = await self._worker.run(lambda: steps().begin(claims))
        end = self._clock.monotonic() + asked.lasts
        self._hear()
        show(asked.prompt)
        wait, refused = asked.interval, None
        while refused is None:
            await self._sleep(min(wait, max(end - self._clock.monotonic(), 0.0)))
            if self._clock.monotonic() >= end:
                raise self._facts.error(catalogue().meanings["expired"])
            try:
                grant = await self._worker.run(lambda: steps().look(asked, claims))
            except SignInError as error:
                # The line or the authority may fail for a while; the code stays good meanwhile.
                refused = error if error.needs_person else None
                wait = max(min(2 * wait, _LONGEST_POLL), error.wait or 0.0)
            else:
                if grant is not None:
                    return grant
                wait = asked.interval
        raise refused

    async def _by_browser(self, show: Callable[[Prompt], None], claims: str) -> Grant:
        def steps() -> "BrowserFlow":
            return cast("BrowserFlow", self._lazy.steps)

        async with RedirectPage(self._lazy.context.settings.redirect_port) as page:
            asked = await self._worker.run(lambda: steps().begin(page.port, claims))
            self._hear()
            page.expect(str(asked.flow.get("state", "")))  # so that nobody else's answer is taken for ours
            show(asked.prompt)
            answer: Mapping[str, str] = {}
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(asked.lasts):
                    answer = await page.answer()
            if not answer:
                raise self._facts.error(catalogue().meanings["late"])
            return await self._worker.run(lambda: steps().finish(asked, answer))

    # -- without one -------------------------------------------------------------------------------------------

    async def _renewed(self, claims: str) -> Token:
        if not self._flying() or (claims and claims != self._flight_claims):
            failed = self._failed
            if failed is not None and not self._may_try():
                raise again(failed.error)
            self._start(claims)
        flight = self._flight
        assert flight is not None
        grant = await flight.result()
        self._hear()
        return grant.token

    def _flying(self) -> bool:
        return self._flight is not None and not self._flight.future.done()

    def _start(self, claims: str) -> None:
        force = self._refused or self._held is not None or bool(claims)
        self._flight_claims = claims
        self._flight = self._worker.submit(lambda: self._fetch(force, claims))

    def _fetch(self, force: bool, claims: str) -> Grant:
        """In the thread: asks for a token, and writes down what came of it even when nobody waits for it any longer."""
        try:
            grant = self._lazy.steps.silent(force=force, claims=claims)
        except SignInError as error:
            self._note(error, claims)
            raise
        self._take(grant)
        return grant

    def _forgotten(self) -> bool:
        """In the thread, so after whatever was being renewed."""
        removed = self._lazy.steps.forget()
        with self._lock:
            self._held = self._failed = None
            self._demanded = ""
        return removed

    def _take(self, grant: Grant) -> None:
        now, wall, lasts = self._clock.monotonic(), self._wall(), grant.lasts
        # One that was given with little life left is not asked for again with each use.
        early, late = min(EARLY, lasts / 2), min(LATE, lasts / 4)
        with self._lock:
            self._held = _Held(grant.token, now + lasts, wall + lasts, early, late)
            self._failed = None
            self._refused = False
            self._demanded = ""

    def _note(self, error: SignInError, claims: str) -> None:
        if error.code == codes.CANCELLED or (error.code == codes.NO_SIGN_IN and self.interactive):
            return  # Nobody was asked, so nobody needs to be spared.
        with self._lock:
            times = self._failed.times + 1 if self._failed is not None else 1
            self._failed = _Failed(again(error), self._clock.monotonic() + pause_after(times, error), times)
            self._demanded = error.claims or claims or self._demanded

    def _may_try(self) -> bool:
        failed = self._failed
        return failed is None or self._clock.monotonic() >= failed.not_before

    def _left(self, held: _Held) -> float:
        """Seconds that a token is surely good for: whichever clock says less."""
        return min(held.until - self._clock.monotonic(), held.until_wall - self._wall())

    def _alive(self, held: _Held) -> bool:
        """Whether a token may still be good: by either clock; the service decides."""
        return max(held.until - self._clock.monotonic(), held.until_wall - self._wall()) > 0

    def _hear(self) -> None:
        date = self._lazy.take_date()
        if date is not None:
            self._clock.heard(date)
