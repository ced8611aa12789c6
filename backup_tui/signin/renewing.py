"""A sign-in that renews itself: early, once for all who ask, and with patience when the authority is in trouble."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol, cast

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.errors import SignInError
from backup_tui.models.clock import Clock
from backup_tui.models.prompts import Prompt
from backup_tui.models.whoami import Token
from backup_tui.signin import codes
from backup_tui.signin.cache.content import EARLY
from backup_tui.signin.error_catalogue import catalogue
from backup_tui.signin.error_context import ErrorContext, again, off_by
from backup_tui.signin.flows.flow import CodeFlow, Flow, PageFlow, UserPrompt
from backup_tui.signin.flows.redirect import RedirectPage
from backup_tui.signin.grants import Grant
from backup_tui.signin.worker import Job, Worker

LATE = 30.0
"""Seconds before its end from which on a token is no longer handed out while it is being renewed."""

_FIRST_WAIT = 2.0
_LONGEST_WAIT = 60.0
"""Seconds between two tries while the authority is in trouble: what was stopped by it goes on soon after its end."""
_LONGEST_WAIT_FOR_PERSON = 300.0
"""Seconds between two tries after a refusal, which hardly ever changes by itself."""
_MOST_DOUBLINGS = 10
_LONGEST_POLL = 60.0


class _HttpClient(Protocol):
    def take_date(self) -> datetime | None: ...


class _Held(Struct, frozen=True):
    """A token with its end on two clocks: one that stands still while the machine sleeps, one that may be put.

    Attributes:
        early: Seconds before its end at which it is renewed.
        late: Seconds before its end from which on it is no longer handed out meanwhile.
    """

    token: Token
    until: float
    until_wall: float
    early: float
    late: float


class _Failed(Struct, frozen=True):
    """The last try failed.

    Attributes:
        error: How.
        not_before: When the authority is asked again, on the monotonic clock.
        times: How many tries in a row have failed.
    """

    error: SignInError
    not_before: float
    times: int


class RenewingSignIn:
    """Holds the token of one flow.

    Args:
        flow: The name of the flow.
        steps: What the flow does.
        worker: Does it in a thread.
        door: Hears what time it is.
        facts: For the sentences.
        clock: Is told what time it is; measures waits.
        wall: This machine's clock, seconds since 1970.
        sleep: Waits between two looks.
        interactive: Whether a person can be asked.
    """

    def __init__(
        self,
        flow: str,
        steps: Flow,
        worker: Worker,
        door: _HttpClient | None,
        facts: ErrorContext,
        clock: Clock,
        *,
        interactive: bool,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.flow = flow
        self.interactive = interactive
        self._steps = steps
        self._worker = worker
        self._door = door
        self._facts = facts
        self._clock = clock
        self._wall = wall
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
        clock = (f"This machine's clock is wrong{off}; times here go by the service's.",) if off else ()
        return (*self._steps.notices, *clock)

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        """A token without asking anybody.

        Args:
            refresh: The service has just refused the last one.
            claims: What the service demands of it.

        Raises:
            SignInError: There is none without a person, or the authority does not give one now.
        """
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
        """A token of whoever signs in now.

        Args:
            show: Shows what the person has to do.
            claims: What the service demands of it; when empty, what was demanded last.

        Raises:
            SignInError: Nobody signed in, or it was refused.
        """
        wanted = claims or self._demanded
        self._failed = None
        if not self.interactive:
            return await self._renewed(wanted)
        grant: Grant | None = None
        try:
            if self.flow == "browser":
                grant = await self._by_browser(cast(PageFlow, self._steps), show, wanted)
            else:
                grant = await self._by_code(cast(CodeFlow, self._steps), show, wanted)
        except SignInError as refused:
            error = again(refused)
        # Raised outside of the handler: the frames that it comes from hold what the browser brought.
        if grant is None:
            raise error
        self._take(grant)
        self._hear()
        return grant.token

    async def forget(self) -> bool:
        """Removes everything that is kept, here and on disk.

        Raises:
            SignInError: It could not be removed.
        """
        if self._flight is not None:
            self._worker.give_up(self._flight)  # Nobody waits for an answer that nobody wants any more.
        self._held = self._failed = None
        return await self._worker.run(self._forgotten)

    async def aclose(self) -> None:
        """Gives up what is under way; what is kept stays kept."""
        self._steps.cancel()
        await self._worker.aclose()

    # -- with a person -----------------------------------------------------------------------------------------

    async def _by_code(self, steps: CodeFlow, show: Callable[[Prompt], None], claims: str) -> Grant:
        asked = await self._worker.run(lambda: steps.begin(claims))
        end = self._clock.monotonic() + asked.lasts
        self._hear()
        show(asked.prompt)
        wait, refused = asked.interval, None
        while refused is None:
            await self._sleep(min(wait, max(end - self._clock.monotonic(), 0.0)))
            if self._clock.monotonic() >= end:
                raise self._facts.error(catalogue().meanings["expired"])
            try:
                grant = await self._worker.run(lambda: steps.look(asked, claims))
            except SignInError as error:
                # The line or the authority may be in trouble for a while; the code stays good meanwhile.
                refused = error if error.needs_person else None
                wait = max(min(2 * wait, _LONGEST_POLL), error.wait or 0.0)
            else:
                if grant is not None:
                    return grant
                wait = asked.interval
        raise refused

    async def _by_browser(self, steps: PageFlow, show: Callable[[Prompt], None], claims: str) -> Grant:
        async with RedirectPage(steps.port) as page:
            asked: UserPrompt = await self._worker.run(lambda: steps.begin(page.port, claims))
            self._hear()
            page.expect(steps.state_of(asked))
            show(asked.prompt)
            answer: Mapping[str, str] = {}
            try:
                async with asyncio.timeout(asked.lasts):
                    answer = await page.answer()
            except TimeoutError:
                answer = {}
            if not answer:
                raise self._facts.error(catalogue().meanings["late"])
            return await self._worker.run(lambda: steps.finish(asked, answer))

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
        """In the thread: asks for a token, and writes down what came of it even when nobody waits for it any more."""
        try:
            grant = self._steps.silent(force=force, claims=claims)
        except SignInError as error:
            self._note(error, claims)
            raise
        self._take(grant)
        return grant

    def _forgotten(self) -> bool:
        """In the thread, so after whatever was being renewed."""
        removed = self._steps.forget()
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
            doubled = _FIRST_WAIT * 2.0 ** min(times - 1, _MOST_DOUBLINGS)
            longest = _LONGEST_WAIT_FOR_PERSON if error.needs_person else _LONGEST_WAIT
            wait = max(min(doubled, longest), error.wait or 0.0)
            self._failed = _Failed(again(error), self._clock.monotonic() + wait, times)
            self._demanded = error.claims or claims or self._demanded

    def _may_try(self) -> bool:
        failed = self._failed
        return failed is None or self._clock.monotonic() >= failed.not_before

    def _left(self, held: _Held) -> float:
        """Seconds that a token is surely good for: whichever clock says less."""
        return min(held.until - self._clock.monotonic(), held.until_wall - self._wall())

    def _alive(self, held: _Held) -> bool:
        """Whether a token may still be good: either clock says so, and the service judges."""
        return max(held.until - self._clock.monotonic(), held.until_wall - self._wall()) > 0

    def _hear(self) -> None:
        date = self._door.take_date() if self._door is not None else None
        if date is not None:
            self._clock.heard(date)
