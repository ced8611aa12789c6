"""Who is told of something, and until when."""

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Listeners(Generic[P]):
    """Those that are told of the changes of one thing."""

    def __init__(self) -> None:
        self._all: list[Callable[P, None]] = []

    def subscribe(self, listener: Callable[P, None]) -> Callable[[], None]:
        """Tells `listener` every change from now on; the answer ends that."""
        self._all.append(listener)
        return lambda: self.end(listener)

    def end(self, listener: Callable[P, None]) -> None:
        """Tells it no longer."""
        if listener in self._all:
            self._all.remove(listener)

    def tell(self, *args: P.args, **named: P.kwargs) -> None:
        """Tells all of them, in the order in which they came."""
        for listener in tuple(self._all):
            listener(*args, **named)
