"""Turns whole tokens into Textual's events. A sequence that is not a key, mouse event or answer to us gives none."""

import logging
import re

from textual import events
from textual.message import Message

from backup_tui.ui.terminal.sequences import ESC, Token
from backup_tui.ui.textual_internals import SequenceParser

log = logging.getLogger(__name__)

_TAKEN = (
    r"\x1b(?:"
    r"\[<\d{1,4};-?\d{1,5};-?\d{1,5}[Mm]"  # the mouse
    r"|\[\?2026;\d\$y"  # whether whole frames can be shown at once, which we ask
    # keys and focus; not R cursor, T mouse, c kind, g, n status, t window, x, y: answers
    r"|\[[\d:;]*[@-QSU-Zabdefh-ms^u~$]"
    r"|\[\[[A-E]"
    r"|O[\d;]*[@-~]"
    r"|[^\[O\udc80-\udcff]"  # alt and a key
    r")"
)


class KeyReader:
    """Makes events of tokens."""

    def __init__(self) -> None:
        self._parser = SequenceParser()

    def events(self, token: Token) -> list[Message]:
        if token.kind == "paste":
            return [events.Paste(_only_characters(token.text).replace("\x00", ""))]
        if token.kind == "escape":
            return [events.Key("escape", ESC)]
        if token.kind == "text":
            return self._parsed(token.text)
        if not re.fullmatch(_TAKEN, token.text):
            log.debug("sequence left out: %d characters", len(token.text))
            return []
        found = self._parsed(token.text)
        if not found and len(token.text) == 2:
            return [_with_alt(key) for key in self._parsed(token.text[1]) if isinstance(key, events.Key)]
        return found

    def _parsed(self, text: str) -> list[Message]:
        try:
            found = self._parser.parse(text)
        except (ArithmeticError, LookupError, ValueError):  # numbers that no terminal means: a character beyond all
            log.debug("sequence left out: it cannot be read", exc_info=True)
            self._parser = SequenceParser()
            return []
        return [one for one in found if not (isinstance(one, events.Key) and one.character and _bad(one.character))]


def _with_alt(key: events.Key) -> events.Key:
    """The same key with alt. It is not text: nobody who holds alt down types."""
    name = f"shift+{key.key.lower()}" if len(key.key) == 1 and key.key.isupper() else key.key
    return events.Key(f"alt+{name}", None)


def _only_characters(text: str) -> str:
    return "".join(character for character in text if not _bad(character))


def _bad(text: str) -> bool:
    """Whether it holds a byte that is not a character, or half of one."""
    return any("\ud800" <= character <= "\udfff" for character in text)
