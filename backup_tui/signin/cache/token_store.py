"""Where a person's sign-in is kept between two runs, if it is."""

from typing import Protocol


class TokenStore(Protocol):
    """Keeps one text. What goes wrong with keeping becomes a notice, never the end of a sign-in."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know about it."""
        ...

    def load(self) -> str | None:
        """What is kept, when it is not what was loaded or saved last by this process; `None` for nothing new."""
        ...

    def save(self, text: str, *, replacing: bool = False) -> None:
        """Keeps a text in the place of the last one.

        Args:
            replacing: Somebody has just signed in, and takes the place of whoever is kept there. Otherwise nothing is
                written where another instance has changed or removed what was loaded: its word is the newer one.
        """
        ...

    def spoiled(self) -> None:
        """What was loaded last cannot be used: it is put aside."""
        ...

    def remove(self) -> bool:
        """Removes what is kept; says whether there was something. Raises SignInError if it cannot be removed."""
        ...


class MemoryTokenStore:
    """Keeps nothing: a sign-in ends with the program. `notices` say why, where something else was asked for."""

    def __init__(self, *notices: str) -> None:
        self.notices = notices

    def load(self) -> str | None:
        return None

    def save(self, text: str, *, replacing: bool = False) -> None:
        """Keeps nothing."""

    def spoiled(self) -> None:
        """There is nothing that could be."""

    def remove(self) -> bool:
        return False
