"""A recording of what the service answered: written while the program runs, opened again without a tenant.

One JSON object a line: first who recorded it, then each answer with its request. Neither tokens nor headers of requests
are in it, and names of people and places are replaced (`redaction`), so it can be given to support.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from backup_tui.errors import LocalError, UsageError
from backup_tui.graph.redaction import Redactor
from backup_tui.graph.wire import Exchanger, Message, WireAnswer, WireRequest
from backup_tui.models.whoami import Token, WhoAmI
from backup_tui.private_files import open_private

FORMAT = 1
_HEADERS = ("date", "retry-after", "content-type", "request-id")
_NOT_RECORDED = {"error": {"code": "itemNotFound", "message": "This was not read while the recording was made."}}


class Recorder:
    """Writes a recording. `path`: a new file, readable by its owner only. `who`: who is signed in; ids and permissions
    are written, no name. Raises `LocalError`: the file exists, or cannot be written."""

    def __init__(self, path: Path, host: str, who: WhoAmI, version: str) -> None:
        try:
            self._file = os.fdopen(open_private(path, os.O_EXCL), "w", encoding="utf-8")
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
        self._redactor = Redactor(host, who.tenant if "." in who.tenant and who.tenant_id else "")
        said = {"tid": who.tenant_id, "oid": who.object_id, "scp": " ".join(sorted(who.scopes))}
        claims = {"upn": "recorded@example.com", **{name: value for name, value in said.items() if value}}
        self._write({"backupTuiRecording": FORMAT, "version": version, "claims": claims})

    def add(self, request: WireRequest, answer: WireAnswer) -> None:
        self._write(
            {
                "method": request.method,
                "target": self._redactor.text(_target(request.url)),
                "sent": self._tree(request.body),
                "status": answer.status,
                "headers": {name: answer.headers[name] for name in _HEADERS if name in answer.headers},
                "answer": self._tree(answer.body),
            }
        )

    def close(self) -> None:
        """Ends the recording."""
        self._file.close()

    def _tree(self, body: bytes) -> Any:
        try:
            return self._redactor.value(json.loads(body)) if body else None
        except ValueError:
            return self._redactor.text(body.decode("utf-8", "replace"))

    def _write(self, line: Mapping[str, object]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._file.flush()


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


class _Answer(Struct, frozen=True):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Replay:
    """Answers from a recording, as an application in this process: each in its turn, the last one from then on."""

    def __init__(self, path: Path) -> None:
        """Reads a recording whole. Raises `UsageError`: it cannot be read, or is none."""
        lines = _lines(path)
        first = next(lines, {})
        if first.get("backupTuiRecording") != FORMAT:
            raise _unreadable(path, "it is not a recording of this program")
        self.claims: Mapping[str, object] = first["claims"]  # who recorded it, as a token would say
        self._exact: dict[tuple[str, str, str], list[_Answer]] = defaultdict(list)
        self._near: dict[tuple[str, str], list[_Answer]] = defaultdict(list)
        for line in lines:
            body = line["answer"]
            answer = _Answer(line["status"], line["headers"], b"" if body is None else json.dumps(body).encode())
            self._exact[line["method"], line["target"], json.dumps(line["sent"])].append(answer)
            self._near[line["method"], line["target"].partition("?")[0]].append(answer)

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


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from _objects(file)
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from error
    except (ValueError, KeyError) as error:
        raise _unreadable(path, "it is damaged") from error


def _objects(file: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in file:
        value = json.loads(line)
        if not isinstance(value, dict):
            raise ValueError("not an object")
        yield value


def _unreadable(path: Path, reason: str) -> UsageError:
    hint = "Make one: backup-tui --record FILE, or any command with --record FILE."
    return UsageError(
        f"The recording {path} cannot be opened: {reason}.",
        field="--replay",
        value=str(path),
        certainty="Nothing was started.",
        hint=hint,
    )
