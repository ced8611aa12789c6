"""How a member of the service's objects is read: what is declared beside its type."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct


class ReadAs(Struct, frozen=True):
    """How a member is read, beside its type. `convert`: raises `ValueError` for what cannot be read. `kind`: the way of
    those in `quick` that comes to the same, or empty. `finished`: what `convert` returns is not looked at again."""

    convert: Callable[[Any], object]
    kind: str = ""
    finished: bool = False
