"""A recording of what the service answered: written while the program runs, opened again without a tenant.

One JSON object a line: first who recorded it, then each answer with its request. Neither tokens nor headers of requests
are in it, and names of people and places are replaced (`redaction`), so it can be given to support.
"""

import errno
import json
import logging
import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from msgspec import Meta, Struct, convert

from backup_tui.errors import LocalError, UsageError
from backup_tui.graph.redaction import Redactor
from backup_tui.graph.wire import Exchanger, Message, WireAnswer, WireRequest
from backup_tui.models.whoami import Token, WhoAmI
from backup_tui.private_files import open_private

_LOG = logging.getLogger(__name__)

FORMAT = 1
_LONGEST_FIRST = 1_000_000
_HEADERS = ("date", "retry-after", "content-type", "request-id")
_NOT_RECORDED = {"error": {"code": "itemNotFound", "message": "This was not read while the recording was made."}}


class Recorder:
    """Writes a recording. `path`: a new file, readable by its owner only. `who`: who is signed in; ids and permissions
    are written, no name. Raises `LocalError`: the file exists, or cannot be written."""

    def __init__(self, path: Path, host: str, who: WhoAmI, version: str) -> None:
        self._redactor = Redactor(host, who.tenant if "." in who.tenant and who.tenant_id else "")
        said = {"tid": who.tenant_id, "oid": who.object_id, "scp": " ".join(sorted(who.scopes))}
        claims = {"upn": "recorded@example.com", **{name: value for name, value in said.items() if value}}
        try:
            self._file = os.fdopen(open_private(path, os.O_EXCL), "wb", buffering=0)
            self._write({"backupTuiRecording": FORMAT, "version": version, "claims": claims})
        except OSError as error:
            reason = (
                "it exists already" if isinstance(error, FileExistsError) else (error.strerror or str(error)).lower()
            )
            raise LocalError(
                f"The recording {path} cannot be written: {reason}.",
                certainty="Nothing was sent.",
                hint="Name another file.",
                code="RecordingUnwritable",
            ) from error

    def add(self, request: WireRequest, answer: WireAnswer) -> None:
        """Writes one answer. On a full disk the recording ends, and never what is recorded: a change was answered."""
        line = {
            "method": request.method,
            "target": self._redactor.text(_target(request.url)),
            "sent": self._tree(request.body),
            "status": answer.status,
            "headers": {name: answer.headers[name] for name in _HEADERS if name in answer.headers},
            "answer": self._tree(answer.body),
        }
        try:
            if not self._file.closed:
                self._write(line)
        except OSError as error:
            _LOG.warning("the recording ends here: %s", error.strerror or type(error).__name__)
            self.close()

    def close(self) -> None:
        """Ends the recording."""
        with suppress(OSError):
            self._file.close()

    def _tree(self, body: bytes) -> Any:
        try:
            return self._redactor.value(json.loads(body)) if body else None
        except (ValueError, RecursionError):
            return self._redactor.text(body.decode("utf-8", "replace"))

    def _write(self, line: Mapping[str, object]) -> None:
        """Adds a line in ASCII, as half of a character can be in an answer, but in no file."""
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        if self._file.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Recorded:
    """Sends requests as another does, and has each answer written."""

    def __init__(self, inner: Exchanger, recorder: Recorder) -> None:
        self._inner, self._recorder = inner, recorder

    async def exchange(self, request: WireRequest, token: Token, *, fresh: bool, deadline: float) -> WireAnswer:
        answer = await self._inner.exchange(request, token, fresh=fresh, deadline=deadline)
        self._recorder.add(request, answer)
        return answer

    async def drop_kept(self) -> None:
        await self._inner.drop_kept()

    async def aclose(self) -> None:
        await self._inner.aclose()
        self._recorder.close()


class _Head(Struct, frozen=True):
    backupTuiRecording: int = 0  # noqa: N815
    claims: Mapping[str, object] = {}


class _Line(Struct, frozen=True):
    method: str
    target: str
    status: Annotated[int, Meta(ge=100, le=599)]
    headers: Mapping[str, str]
    sent: Any = None
    answer: Any = None


class _Answer(Struct, frozen=True):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Replay:
    """Answers from a recording, as an application in this process: each in its turn, the last one from then on."""

    def __init__(self, path: Path) -> None:
        """Reads a recording whole. Raises `UsageError`: it cannot be read, or is none."""
        self.claims: Mapping[str, object] = {}  # who recorded it, as a token would say
        self._exact: dict[tuple[str, str, str], list[_Answer]] = defaultdict(list)
        self._near: dict[tuple[str, str], list[_Answer]] = defaultdict(list)
        try:
            self._take(path)
        except OSError as error:
            raise _unreadable(path, (error.strerror or str(error)).lower()) from error
        except (ValueError, RecursionError) as error:
            raise _unreadable(path, "it is damaged") from error

    def _take(self, path: Path) -> None:
        with path.open("rb") as file:
            first = file.readline(_LONGEST_FIRST)
            head = convert(json.loads(first) if first.startswith(b"{") else {}, _Head)
            if head.backupTuiRecording != FORMAT:
                raise _unreadable(path, "it is not a recording of this program")
            self.claims = head.claims
            # A last line without its end is of a program that was killed, or of a full disk: what is before it counts.
            for text in (text for text in file if text.endswith(b"\n")):
                line = convert(json.loads(text), _Line)
                body = b"" if line.answer is None else json.dumps(line.answer).encode()
                answer = _Answer(line.status, line.headers, body)
                self._exact[line.method, line.target, json.dumps(line.sent)].append(answer)
                self._near[line.method, line.target.partition("?")[0]].append(answer)

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Answers one request, as ASGI has it."""
        body = (await receive()).get("body", b"")
        query = unquote(scope["query_string"].decode())
        answer = self._answer(scope["method"], _without_version(scope["path"]), query, body)
        headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def _answer(self, method: str, path: str, query: str, body: bytes) -> _Answer:
        target = f"{path}?{query}" if query else path
        sent = json.dumps(json.loads(body)) if body else "null"
        # Times in a request are other ones now than they were: what was answered on this path is nearest.
        found = self._exact.get((method, target, sent)) or self._near.get((method, path))
        if not found:
            return _Answer(404, {"content-type": "application/json"}, json.dumps(_NOT_RECORDED).encode())
        return found.pop(0) if len(found) > 1 else found[0]


def _target(url: str) -> str:
    """Path and query below the version, decoded, as they are compared."""
    parts = urlsplit(url)
    path = _without_version(unquote(parts.path))
    return f"{path}?{unquote(parts.query)}" if parts.query else path


def _without_version(path: str) -> str:
    return path[path.find("/solutions") :] if "/solutions" in path else path


def _unreadable(path: Path, reason: str) -> UsageError:
    hint = "Make one: backup-tui --record FILE, or any command with --record FILE."
    return UsageError(
        f"The recording {path} cannot be opened: {reason}.",
        field="--replay",
        value=str(path),
        certainty="Nothing was started.",
        hint=hint,
    )
