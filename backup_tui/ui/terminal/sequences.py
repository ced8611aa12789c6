"""Splits terminal input into keys, pastes and escape sequences; pure, so that every cut and pause can be tested.

A terminal answers queries, from this program or an earlier one, in the stream of keys. Over a slow line such an answer
arrives late and in pieces, and its letters would act as keys. So nothing that belongs to an escape sequence is ever a
key: a sequence is taken as a whole or, after a silence, dropped as far as it came.
"""

import os
import re
from codecs import getincrementaldecoder
from typing import Literal

from msgspec import Struct

ESC = "\x1b"

SEQUENCE_WITHIN = 2.0  # seconds of silence after which a sequence that is not whole is dropped, and keys are keys again

PASTE_WITHIN = 10.0  # seconds of silence after which a paste without its end counts as ended

REST_WITHIN = 1.0
"""Seconds after a key Esc in which what could be the rest of a sequence, cut after its first byte, is one."""

DOUBT_WITHIN = 0.5  # seconds for which a character that could begin such a rest is held

_LONGEST = 256  # characters of a control sequence that are kept; the longest key or mouse report has far fewer

_PASTE_BEGIN, _PASTE_END = f"{ESC}[200~", f"{ESC}[201~"

_WHOLE = (
    r"(?s)\x1b(?:"
    r"\[(?:\[.|M.{3}|[0-?]+[ -/]*[@-~]|[ -/]+[@-~]|[@-LN-Z\\-~])"  # the Linux console's F1; the oldest mouse; the rest
    r"|O[0-9;]*[@-~]"
    r"|[^\[\]OP_^X\x1b]"  # alt and a key
    r")"
)
_PART = r"(?s)\x1b(?:\[(?:\[|M.{0,2}|[0-?]*[ -/]*)|O[0-9;]*)?"
_STRING = r"\x1b[\]P_^X]"
_STRING_END = r"(?s)[\x07\x9c\udc9c\x18\x1a]|\x1b\\|(?=[\x03\x11]|\x1b[^\\])"
"""Its end; or what is none but ends it: ctrl+c and ctrl+q, which always lead out, and the next sequence."""
_UNSURE_KEY = r"\x1b\[\d+\$"  # rxvt's keys with shift: whole, unless they are the beginning of an answer
_PLAIN = r"[^\x1b\x80-\x9f\udc80-\udcff]+"

_C1 = {"\x9b": "[", "\x9d": "]", "\x90": "P", "\x9f": "_", "\x9e": "^", "\x98": "X", "\x8f": "O"}
"""What begins a sequence in one character, and what follows the escape otherwise."""

_LIKELY = {
    "[": "0123456789<=>?ABCDFHIMOZ",
    "]": "0123456789Ll",
    "P": "0123456789!$+>?",
    "_": "G",
    "^": "",
    "X": "",
    "O": "",
}
"""The characters with which an answer continues; after any other its first one was a key."""


def escape_after() -> float:
    """Seconds of silence after which an escape is the key Esc; `ESCDELAY` (milliseconds) as other programs read it."""
    given = os.environ.get("ESCDELAY", "")
    return min(int(given[:9]), 5_000) / 1_000 if given.isascii() and given.isdigit() else 0.25


class Token(Struct, frozen=True):
    """A piece of input that is whole."""

    # `text` (one key for each character), `escape` (the key), `sequence` or `paste`
    kind: Literal["text", "escape", "sequence", "paste"]
    text: str  # its characters; of a paste what was pasted


class SequenceReader:
    """Cuts input into tokens. The time is handed in, in seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._escape_after = escape_after()
        self._decode = getincrementaldecoder("utf-8")("surrogateescape").decode
        self._pending = ""
        self._since = 0.0
        self._in_string = False
        self._paste: list[str] | None = None
        self._escaped_at = float("-inf")
        self._doubt: str | None = None  # what is a key after all if no sequence follows

    def feed(self, data: bytes, now: float) -> list[Token]:
        """Takes what was read; bytes that are no UTF-8 are left out, and cut characters wait for their rest."""
        self._pending += self._decode(data)
        self._since = now
        tokens: list[Token] = []
        while self._pending and self._step(tokens, now):
            pass
        return tokens

    @property
    def deadline(self) -> float | None:
        """When `tick` is to be called unless something comes before; None while nothing is waited for."""
        if self._paste is not None:
            return self._since + PASTE_WITHIN
        if self._in_string:
            return self._since + SEQUENCE_WITHIN
        if not self._pending:
            return None
        if self._doubt is not None and len(self._pending) <= 3:
            return self._since + DOUBT_WITHIN
        return self._since + (self._escape_after if self._pending == ESC else SEQUENCE_WITHIN)

    def tick(self, now: float) -> list[Token]:
        """Decides on what is not whole, once its time is over."""
        if self.deadline is None or now < self.deadline:
            return []
        pending, self._pending = self._pending, ""
        doubt, self._doubt = self._doubt, None
        if self._paste is not None:
            pasted, self._paste = [*self._paste, pending], None
            return [Token("paste", "".join(pasted))]
        if self._in_string:
            self._in_string = False
            return []
        if pending == ESC:
            self._escaped_at = now
            return [Token("escape", ESC)]
        if doubt is not None and len(pending) <= 3:
            held = doubt if len(pending) == 2 else "" if doubt else pending[2:]
            return [Token("text", held)] if held else []
        return [Token("sequence", pending)] if re.fullmatch(_UNSURE_KEY, pending) else []

    def _step(self, tokens: list[Token], now: float) -> bool:
        """Takes one piece off what is pending; whether there may be another."""
        if self._paste is not None:
            return self._step_paste(self._paste, tokens)
        if self._in_string:
            return self._step_string()
        rest = self._pending
        if rest[0] != ESC:
            return self._step_plain(tokens, now)
        if self._doubt is not None:
            if len(rest) == 2:
                return False
            if rest[2] not in _LIKELY.get(rest[1], ""):
                tokens += [Token("text", self._doubt)] if self._doubt else []
                self._pending, self._doubt = rest[2:], None
                return True
            if len(rest) == 3 and not self._doubt and not re.match(_WHOLE, rest):
                return False
            self._doubt = None
        if re.match(_STRING, rest):
            self._pending, self._in_string = rest[2:], True
        elif rest.startswith(_PASTE_BEGIN):
            self._pending, self._paste = rest[len(_PASTE_BEGIN) :], []
        elif whole := re.match(_WHOLE, rest):
            self._pending = rest[whole.end() :]
            tokens.append(Token("sequence", whole[0]))
        elif rest.startswith(ESC + ESC):
            self._pending = rest[1:]
            tokens.append(Token("escape", ESC))
        elif re.fullmatch(_PART, rest):
            if len(rest) > _LONGEST:
                self._pending = rest[:2] + "?"  # still within it, and known not to be a key
            return False
        else:
            broken = re.match(_PART, rest)
            self._pending = rest[broken.end() if broken else 1 :]
        return bool(self._pending)

    def _step_plain(self, tokens: list[Token], now: float) -> bool:
        rest, escaped_at = self._pending, self._escaped_at
        self._escaped_at = float("-inf")
        if rest[0] in "[]P_" and now - escaped_at <= REST_WITHIN:
            self._pending, self._doubt = ESC + rest, rest[0]
        elif plain := re.match(_PLAIN, rest):
            self._pending = rest[plain.end() :]
            tokens.append(Token("text", plain[0]))
        else:
            character = chr(ord(rest[0]) - 0xDC00) if rest[0] >= "\udc80" else rest[0]
            self._pending = rest[1:]
            if character in _C1:
                self._pending, self._doubt = ESC + _C1[character] + rest[1:], ""
        return bool(self._pending)

    def _step_string(self) -> bool:
        end = re.search(_STRING_END, self._pending)
        if end is None:
            self._pending = ESC if self._pending.endswith(ESC) else ""
            return False
        self._pending, self._in_string = self._pending[end.end() :], False
        return True

    def _step_paste(self, paste: list[str], tokens: list[Token]) -> bool:
        before, end, after = self._pending.partition(_PASTE_END)
        if end:
            tokens.append(Token("paste", "".join([*paste, before])))
            self._pending, self._paste = after, None
            return True
        cut = before.rfind(ESC, max(0, len(before) - len(_PASTE_END) + 1))
        cut = len(before) if cut < 0 else cut
        paste.append(before[:cut])
        self._pending = before[cut:]
        return False
