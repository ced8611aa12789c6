"""From the bytes of an answer to a verdict: done with a value, or which error, and what is certain.

Graph's own answers are parsed strictly as JSON and read tolerantly as objects. Anything else, a proxy's page, half
a body, a redirect, is never taken for an empty list or for a success."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from backup_tui.errors import (
    BackupTuiError,
    OutcomeUnknown,
    OwnWords,
    ProtocolError,
    ServerFault,
    ServiceError,
    Throttled,
)
from backup_tui.graph.answer_errors import lost_answer, not_graph, redirect, signed_out, unfinished
from backup_tui.graph.challenge import claims_of
from backup_tui.graph.error_catalogue import ErrorMeaning, Words, best_code, meaning_of_status
from backup_tui.graph.gate import throttled
from backup_tui.graph.json_body import READ_ONLY_CERTAINTY, parse_json
from backup_tui.graph.requests.call import Call
from backup_tui.graph.retry import AttemptResult, Repeat, parse_retry_after, read_date, repeat_of_fault
from backup_tui.graph.wire import FailureKind, TransportFailure, WireAnswer
from backup_tui.models.calls import Outcome
from backup_tui.models.own_words import inner_of, message_of
from backup_tui.models.text import safe

_DETAIL = 400
_STRANGERS = {"notGraph": "a proxy or portal answers", "redirected": "it answers with a redirect"}


class JudgedAnswer(AttemptResult, frozen=True):
    """What one try came to. `value`: parsed JSON of a good answer, `None` when it was empty. `code`: the service's or
    our own short code of what went wrong. `claims`: what it demands of the next token, as JSON, or empty. `stranger`:
    what answered in the service's place, in plain words; empty when the service itself did, or nothing."""

    value: object = None
    body: bytes = b""
    error: BackupTuiError | None = None
    code: str = ""
    request_id: str | None = None
    date: datetime | None = None
    signed_out: bool = False
    claims: str = ""
    note: str = ""
    stranger: str = ""


def _head(body: bytes, limit: int = _DETAIL) -> str:
    return safe(body[: limit * 4].decode("utf-8", "replace"), limit)


def _is_json(content_type: str | None) -> bool:
    if content_type is None:
        return True
    kind = content_type.split(";", 1)[0].strip().lower()
    return kind in ("", "application/json", "text/json") or kind.endswith("+json")


def judge_failure(call: Call, failure: TransportFailure, host: str) -> JudgedAnswer:
    """Judges a try without a whole answer: its outcome is unknown if a byte of it may have been sent."""
    kind, code = failure.kind, failure.kind.value
    broken = kind in (FailureKind.PACKED_BADLY, FailureKind.NOT_HTTP)
    repeat = Repeat.NEVER if kind.pointless else Repeat.ONCE if broken else Repeat.BACKOFF
    outcome = Outcome.UNKNOWN if failure.sent else Outcome.NOT_SENT
    error = unfinished(call, failure, host)
    return JudgedAnswer(outcome, error=error, status=failure.status, code=code, repeat=repeat, note=failure.cause)


def judge(call: Call, answer: WireAnswer, now: datetime, words: Words) -> JudgedAnswer:
    """Judges a whole answer, of any status. `now` (UTC): the time for `Retry-After` and for an expired sign-in."""
    return _Judge(call, answer, now, words).verdict()


class _Judge:
    """One answer being looked at; holds what every branch needs."""

    def __init__(self, call: Call, answer: WireAnswer, now: datetime, words: Words) -> None:
        self._call = call
        self._answer = answer
        self._words = words
        self._now = now
        headers = answer.headers
        request_id = headers.get("request-id") or headers.get("x-ms-request-id")
        self._request_id = safe(request_id, 80) if request_id else None
        self._date = read_date(headers.get("date"))
        self._retry_after = parse_retry_after(headers.get("retry-after"), self._date, now)

    def verdict(self) -> JudgedAnswer:
        status = self._answer.status
        if 200 <= status < 300:
            return self._good()
        if 300 <= status < 400 or status < 200:
            return self._broken(redirect(self._answer), Repeat.NEVER)
        error = self._error_object()
        if status == 401:
            # Whatever the body says: nothing is done for a caller who is not let in.
            code = best_code(self._call.operation, error or {}, status)[0]
            return self._verdict(
                Outcome.REJECTED,
                error=signed_out(self._now, code=code, request_id=self._request_id),
                code=code or "InvalidAuthenticationToken",
                repeat=Repeat.NEVER,
                signed_out=True,
                claims=claims_of(self._answer.headers.get("www-authenticate")),
            )
        if error is None and status not in (429, 509):
            fault = not_graph(self._answer) if self._answer.body else None
            return self._without_error_object(fault)
        return self._refused(error or {})

    def _good(self) -> JudgedAnswer:
        body = self._answer.body
        if not body.strip():
            return self._verdict(Outcome.DONE)
        if not _is_json(self._answer.headers.get("content-type")):
            return self._broken(not_graph(self._answer), Repeat.NEVER)
        try:
            value = parse_json(body)
        except ProtocolError as error:
            return self._broken(error, Repeat.NEVER if error.code == FailureKind.TOO_LARGE.value else Repeat.ONCE)
        if isinstance(value, Mapping) and "id" not in value and "value" not in value:
            error_object = value.get("error")
            if isinstance(error_object, Mapping) and error_object.get("code"):
                return self._refused(error_object)
        return self._verdict(Outcome.DONE, value=value, body=body)

    def _error_object(self) -> Mapping[str, Any] | None:
        if not self._answer.body.strip() or not _is_json(self._answer.headers.get("content-type")):
            return None
        try:
            value = parse_json(self._answer.body)
        except ProtocolError:
            return None
        error = value.get("error") if isinstance(value, Mapping) else None
        return error if isinstance(error, Mapping) else None

    def _refused(self, error: Mapping[str, Any]) -> JudgedAnswer:
        status, operation = self._answer.status, self._call.operation
        code, row = best_code(operation, error, status)
        known = row is not None
        meaning = row or meaning_of_status(status, code)
        detail = message_of(error)
        certainly_not = known or 400 <= status < 500 or status == 509
        outcome = meaning.outcome if certainly_not else Outcome.UNKNOWN
        if self._call.mutating and outcome is Outcome.UNKNOWN:
            return self._verdict(Outcome.UNKNOWN, error=self._lost(code), code=code, note=detail, repeat=Repeat.NEVER)
        repeat = repeat_of_fault(status) if status >= 500 or status == 408 else Repeat.NEVER
        return self._verdict(
            Outcome.REJECTED,
            error=self._service_error(meaning, code, detail),
            code=code or f"http{status}",
            repeat=repeat,
            note=detail,
        )

    def _without_error_object(self, fault: ProtocolError | None) -> JudgedAnswer:
        """4xx or 5xx without a word of Graph: from something in between, or from a failing front end."""
        status = self._answer.status
        repeat = repeat_of_fault(status) if status >= 500 or status == 408 else Repeat.NEVER
        if fault is not None and not _is_json(self._answer.headers.get("content-type")):
            return self._broken(fault, repeat)
        code = f"http{status}"
        if self._call.mutating:
            return self._verdict(Outcome.UNKNOWN, error=self._lost(code), code=code, repeat=Repeat.NEVER)
        meaning = meaning_of_status(status)
        error = self._service_error(meaning, code, _head(self._answer.body))
        return self._verdict(Outcome.REJECTED, error=error, code=code, repeat=repeat)

    def _broken(self, error: ProtocolError, repeat: Repeat) -> JudgedAnswer:
        """An answer that is not Graph's: an error for a read, an unknown outcome for a change."""
        error.request_id = self._request_id
        lost, code = self._call.mutating, error.code
        return self._verdict(
            Outcome.UNKNOWN if lost else Outcome.REJECTED,
            error=self._lost(code) if lost else error,
            code=code,
            note=error.message,
            repeat=Repeat.NEVER if lost else repeat,
            stranger=_STRANGERS.get(code, ""),
        )

    def _lost(self, code: str) -> OutcomeUnknown:
        return lost_answer(self._call, code=code, request_id=self._request_id)

    def _service_error(self, meaning: ErrorMeaning, code: str, detail: str) -> ServiceError:
        if meaning.error is Throttled:
            return throttled(None, request_id=self._request_id, detail=detail, code=code)
        operation, target = self._call.operation, self._call.target

        def fill(text: str) -> str:
            return self._words.fill(text, operation, target)

        # ServerFault promises to be about reads; a change with a known 5xx code was judged before.
        certainty = meaning.certainty
        if meaning.error is ServerFault and not self._call.mutating:
            certainty = READ_ONLY_CERTAINTY
        return meaning.error(
            fill(meaning.message),
            status=self._answer.status,
            detail=detail,
            certainty=fill(certainty),
            hint=fill(meaning.hint),
            code=code or meaning.code or f"http{self._answer.status}",
            request_id=self._request_id,
        )

    def _own_words(self) -> OwnWords:
        said = self._error_object()
        text = said is None and (self._answer.headers.get("content-type") or "").lower().startswith("text/plain")
        return OwnWords(
            _head(self._answer.body) if text else message_of(said or {}),
            inner_of(said or {}),
            self._request_id or "",
            date=self._date,
            status=self._answer.status,
        )

    def _verdict(
        self, outcome: Outcome, *, error: BackupTuiError | None = None, repeat: Repeat = Repeat.BACKOFF, **members: Any
    ) -> JudgedAnswer:
        if error is not None:
            error.said = self._own_words()
        status, wait = self._answer.status, self._retry_after
        own = JudgedAnswer(outcome, status, wait, repeat, error=error, request_id=self._request_id, date=self._date)
        return replace(own, **members)
