"""The one way that every request takes, whatever it is: gate, token, try, verdict, record, and what follows."""

import asyncio
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct, field

from backup_tui.errors import BackupTuiError, OwnWords, PermissionDenied, ProtocolError, SignInError
from backup_tui.graph.address import ServiceAddress
from backup_tui.graph.answers import JudgedAnswer, judge, judge_failure
from backup_tui.graph.error_catalogue import Words
from backup_tui.graph.gate import Sleep, ThrottleGate, throttled
from backup_tui.graph.requests.call import Call
from backup_tui.graph.retry import STOP, Budget, Decision, RetryQuota, decide
from backup_tui.graph.wire import Exchanger, FailureKind, TokenSource, TransportFailure, WireAnswer, WireRequest
from backup_tui.models.calls import COLLECTED_CALLS, CallRecord, CallSink, Outcome
from backup_tui.models.clock import Clock
from backup_tui.models.text import safe_lines
from backup_tui.models.whoami import Token

RECORDED_BODY = 4000  # characters of an answer that are kept for Activity

_SHORTEST_TOKEN_TO_HIDE = 20


class RequestPipeline(Struct, eq=False):
    """Runs calls against one service; made and owned by `Client`. Deadlines are the seconds that one try may take, from
    the first byte of the connection to the last of the answer."""

    address: ServiceAddress
    transport: Exchanger
    tokens: TokenSource
    clock: Clock
    gate: ThrottleGate
    sink: CallSink
    words: Words
    user_agent: str
    read_deadline: float
    write_deadline: float
    budget: Budget
    sleep: Sleep
    jitter: Callable[[], float]
    _quota: RetryQuota = field(default_factory=RetryQuota)
    _refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _under_way: dict[int, tuple[datetime, str]] = field(default_factory=dict)

    __repr__ = object.__repr__  # not with what its parts hold

    def url_of(self, call: Call) -> str:
        return call.url or self.address.base_url + call.path

    @property
    def waiting(self) -> tuple[datetime, str] | None:
        """Since when the oldest call has no answer, and what it is; `None` when none is under way."""
        return min(self._under_way.values(), default=None)

    async def run(self, call: Call) -> object:
        """Runs a call to its end, within what may be repeated, and gives the parsed JSON of the answer. Returns `None`
        when the answer was empty.

        Raises:
            ServiceError: The service refused it.
            SignInError: It does not accept the sign-in, and no new one was available.
            Unreachable: Nothing was sent, or a read got no answer.
            ProtocolError: A read got something that is not Graph's answer.
            OutcomeUnknown: A change was sent and no trustworthy answer came.
        """
        return (await self._waited_for(call)).value

    async def as_sent(self, call: Call) -> str:
        """Runs a read, and returns the text of its answer unchanged. Raises as `run`."""
        return (await self._waited_for(call)).body.decode("utf-8", "replace")

    async def _waited_for(self, call: Call) -> JudgedAnswer:
        self._under_way[id(call)] = (self.clock.now(), call.what)
        try:
            return await self._run(call)
        finally:
            self._under_way.pop(id(call), None)

    async def _run(self, call: Call) -> JudgedAnswer:
        used, tries, refreshed = 0.0, 0, False
        fresh = call.mutating
        token: Token | None = None
        while True:
            tries += 1
            async with self.gate.turn(at_once=call.at_once):
                token = token or await self.tokens.token()
                began = self.clock.monotonic()
                verdict = await self._try(call, token, tries, fresh=fresh, left=self.budget.total - used)
                used += self.clock.monotonic() - began
                renewable = verdict.signed_out and not refreshed
                decision = STOP if renewable else self._decide(call, tries, verdict, used)
            if verdict.outcome is Outcome.DONE:
                self._quota.succeeded(after_retry=tries > 1)
                return verdict
            if renewable:
                # A refused token means that nothing was done, so even a change may be sent again with a new one.
                refreshed = True
                try:
                    token = await self._refreshed(token, verdict.claims)
                except SignInError as error:
                    error.sent = True
                    error.said = error.said or (verdict.error.said if verdict.error else None)
                    raise
                continue
            token = None
            if not decision.again:
                raise self._error_of(verdict)
            fresh = call.mutating or verdict.status == 503
            if decision.wait:
                await self.sleep(decision.wait)
                used += decision.wait

    def _decide(self, call: Call, tries: int, verdict: JudgedAnswer, used: float) -> Decision:
        decision = decide(call.request_class, tries, verdict, used, self.budget, self.jitter())
        if decision.park:
            # Within the turn: nobody slips through between the answer and the closed gate.
            self.gate.close_for(decision.park)
        elif verdict.status is not None:
            self.gate.went_well()
        if call.at_once and decision.park:
            return STOP
        timed_out = verdict.code == FailureKind.TIMEOUT.value
        if decision.again and not decision.park and not self._quota.take(timed_out=timed_out):
            return STOP
        return decision

    def _error_of(self, verdict: JudgedAnswer) -> BackupTuiError:
        if verdict.throttled:
            detail = verdict.note
            error = throttled(self.gate.until, request_id=verdict.request_id, detail=detail, code=verdict.code)
            error.said = verdict.error.said if verdict.error else None
            return error
        return verdict.error or ProtocolError("The service's answer cannot be read.")

    async def _refreshed(self, refused: Token, claims: str) -> Token:
        async with self._refreshing:
            current = await self.tokens.token()
            if current != refused:
                return current
            return await self.tokens.token(refresh=True, claims=claims)

    async def _try(self, call: Call, token: Token, number: int, *, fresh: bool, left: float) -> JudgedAnswer:
        own_id = str(uuid.uuid4())
        body = b"" if call.body is None else json.dumps(call.body, ensure_ascii=False).encode()
        headers = {
            "Accept": "application/json",
            "Prefer": "include-unknown-enum-members",
            "User-Agent": self.user_agent,
            "client-request-id": own_id,
            "return-client-request-id": "true",
        }
        if body:
            headers["Content-Type"] = "application/json"
        request = WireRequest(call.method, self.url_of(call), headers, body)
        # A change is given its whole time: cutting it short would only make its outcome unknown.
        deadline = self.write_deadline if call.mutating else min(self.read_deadline, max(1.0, left))
        record = partial(self._record, call, own_id, number, self.clock.now(), self.clock.monotonic(), body)
        answer: WireAnswer | None = None
        try:
            answer = await self.transport.exchange(request, token, fresh=fresh, deadline=deadline)
            answer = _without_token(answer, token)
            verdict = judge(call, answer, self.clock.now(), self.words)
        except TransportFailure as failure:
            verdict = judge_failure(call, failure, self.address.label)
        except asyncio.CancelledError:
            record(None, JudgedAnswer(Outcome.UNKNOWN, note="given up"))
            raise
        except SignInError as error:
            verdict = JudgedAnswer(Outcome.NOT_SENT, error=error, code=error.code, note=error.message)
            record(None, verdict)
            raise
        if verdict.error is not None:
            verdict.error.said = (verdict.error.said or OwnWords())._replace(client_request_id=own_id)
        if verdict.date is not None:
            self.clock.heard(verdict.date)
        record(answer, verdict)
        return verdict

    def _record(
        self,
        call: Call,
        own_id: str,
        number: int,
        started: datetime,
        began: float,
        body: bytes,
        answer: WireAnswer | None,
        verdict: JudgedAnswer,
    ) -> None:
        wait_until, text = None, answer.body.decode("utf-8", "replace") if answer is not None else ""
        if verdict.retry_after is not None and verdict.outcome is not Outcome.DONE:
            wait_until = self.clock.now() + timedelta(seconds=verdict.retry_after)
        record = CallRecord(
            id=own_id,
            what=call.what,
            method=call.method,
            path=call.path,
            started=started,
            milliseconds=round((self.clock.monotonic() - began) * 1000) if answer is not None else None,
            status=verdict.status,
            code=verdict.code,
            outcome=verdict.outcome,
            try_number=number,
            request_id=verdict.request_id,
            mutating=call.mutating,
            request_body=body.decode(),
            answer_body=safe_lines(text, RECORDED_BODY),
            answer_cut=len(text) > RECORDED_BODY,
            wait_until=wait_until,
            note=verdict.note,
            stranger=verdict.stranger,
            feature=call.operation.feature.id,
            denied=isinstance(verdict.error, PermissionDenied) and call.operation.tenant_wide,
        )
        self.sink(record)
        if (collected := COLLECTED_CALLS.get()) is not None:
            collected.append(record)


def _without_token(answer: WireAnswer, token: Token) -> WireAnswer:
    """An answer that repeats the token must not carry it into messages, records and screens."""
    value = token.reveal()
    secret = value.encode()
    repeated = secret in answer.body or any(value in header for header in answer.headers.values())
    if len(value) < _SHORTEST_TOKEN_TO_HIDE or not repeated:
        return answer
    headers = {name: header.replace(value, "[token]") for name, header in answer.headers.items()}
    return WireAnswer(answer.status, headers, answer.body.replace(secret, b"[token]"))
