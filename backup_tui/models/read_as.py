"""How a member of the service's objects is read: what is declared beside its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct


class ReadAs(Struct, frozen=True):
    """How a member is read, beside the type that it comes to.

    Attributes:
        convert: Makes the value out of what was sent; raises `ValueError` for what cannot be read.
        kind: The quick way that comes to the same, one of those in `quick`; empty when there is none.
        finished: What `convert` returns is not looked at again.
    """

    convert: Callable[[Any], object]
    kind: str = ""
    finished: bool = False
