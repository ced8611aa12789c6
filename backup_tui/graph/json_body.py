"""Reads the JSON of an answer within limits: strictly, and nothing in it can be written that hurts later."""

import json
import re
from typing import Any, NoReturn

import msgspec

from backup_tui.errors import ProtocolError
from backup_tui.graph.unpacking import MOST_OBJECTS, MOST_VALUES, holds_too_much, without_collector
from backup_tui.graph.wire import FailureKind

READ_ONLY_CERTAINTY = "Nothing was changed: this was only a read."  # what is certain of a read, whatever came of it

_LONE_SURROGATE = re.compile(rb"\\[uU][dD][89a-fA-F]")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    return value


def _parsed(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)  # half the time, and stricter: what it takes, the other takes as the same
    except (msgspec.DecodeError, RecursionError):
        value: object = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    # Half of a surrogate pair is legal JSON, and cannot be written to a terminal, a file or a request.
    return _without_surrogates(value) if _LONE_SURROGATE.search(body) else value


def parse_json(body: bytes) -> object:
    """Parses an answer's body. Raises `ProtocolError`: it is not JSON, or JSON made to hurt: too deep, too many
    objects, constants that are not numbers, bad UTF-8."""
    if holds_too_much(body):
        raise ProtocolError(
            f"The service's answer was refused: it has more than {MOST_OBJECTS:,} objects or {MOST_VALUES:,} values.",
            certainty=READ_ONLY_CERTAINTY,
            hint="Check the network on the way to the service: Microsoft Graph does not answer like this.",
            code=FailureKind.TOO_LARGE.value,
        )
    try:
        with without_collector():
            return _parsed(body)
    except RecursionError:
        reason = "it is nested too deeply"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except ValueError:
        reason = "it breaks off or is malformed"
    raise ProtocolError(
        f"The service's answer cannot be read: {reason}.",
        certainty=READ_ONLY_CERTAINTY,
        hint="Reading it again is safe. If this repeats, something on the way alters the answers.",
        code="answerMalformed",
    )
