"""Specifies what the bytes of a terminal mean: keys, pastes, the mouse; and that its answers are never keys.

Time is a number here, so that every cut and every pause can be tried.
"""

from __future__ import annotations

from typing import Any

import pytest
from textual import events
from textual.message import Message

from backup_tui.ui.terminal.keys import KeyReader
from backup_tui.ui.terminal.sequences import SequenceReader


class Line:
    """A line from the terminal, with its own clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self._reader, self._keys = SequenceReader(), KeyReader()

    def send(self, *pieces: bytes, pause: float = 0.0) -> list[Message]:
        """What comes of these pieces with a pause after each."""
        found: list[Message] = []
        for piece in pieces:
            tokens = self._reader.feed(piece, self.now)
            tokens += self.wait(pause)
            found += [event for token in tokens for event in self._keys.events(token)]
        return found

    def wait(self, seconds: float) -> list[Any]:
        tokens: list[Any] = []
        end = self.now + seconds
        while (deadline := self._reader.deadline) is not None and deadline <= end:
            tokens += self._reader.tick(max(deadline, self.now))
        self.now = end
        return tokens

    def silence(self) -> list[Message]:
        """What comes after a long silence."""
        return [event for token in self.wait(60) for event in self._keys.events(token)]


@pytest.fixture
def line() -> Line:
    return Line()


def names(found: list[Message]) -> list[str]:
    return [event.key for event in found if isinstance(event, events.Key)]


def one_by_one(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


ANSWERS = {
    "its name (DCS)": b"\x1bP>|XTerm(398)D\x1b\\",
    "a setting (DCS)": b"\x1bP1$r0;4;38:5:3m\x1b\\",
    "a capability (DCS)": b"\x1bP1+r524742=382F382F38\x1b\\",
    "a capability it lacks (DCS)": b"\x1bP0+r544e\x1b\\",
    "its unit id (DCS)": b"\x1bP!|00000000\x1b\\",
    "its background (OSC)": b"\x1b]11;rgb:1e1e/1e1e/DADA\x1b\\",
    "its foreground (OSC, BEL)": b"\x1b]10;rgb:ffff/ffff/ffff\x07",
    "a palette entry (OSC)": b"\x1b]4;1;rgb:cd/00/PD\x07",
    "the clipboard (OSC)": b"\x1b]52;c;" + b"QUQyUEQ=" * 40 + b"\x07",
    "its title (OSC)": b"\x1b]lreview 123 offboard\x1b\\",
    "graphics (APC)": b"\x1b_Gi=31;OK\x1b\\",
    "a private message (PM)": b"\x1b^AD12345q\x1b\\",
    "a string (SOS)": b"\x1bXAD12345q\x1b\\",
    "what it is (DA1)": b"\x1b[?62;22;52c",
    "what it is, more (DA2)": b"\x1b[>41;354;0c",
    "it is well (DSR)": b"\x1b[0n",
    "the cursor (CPR)": b"\x1b[24;80R",
    "the cursor, first line": b"\x1b[1;2R",
    "a mode (DECRPM)": b"\x1b[?2048;0$y",
    "an ANSI mode": b"\x1b[4;2$y",
    "the size of the window": b"\x1b[8;24;80t",
    "resized in band": b"\x1b[48;24;80;480;800t",
    "resized to nothing": b"\x1b[48;0;0;0;0t",
    "dark or light": b"\x1b[?997;1n",
    "kitty's flags": b"\x1b[?25u",
    "parameters (DECREPTPARM)": b"\x1b[3;1;1;128;128;1;0x",
    "graphics attributes": b"\x1b[?1;0;1024S",
    "what nobody knows": b"\x1b[=1;2!z",
    "what nobody knows, long": b"\x1b[" + b"1;" * 400 + b"1v",
    "DCS in one byte": b"\x90>|AD12(3)\x9c",
    "OSC in one character": "\u009d11;rgb:0/0/D\u009c".encode(),
    "DA1 in one byte": b"\x9b?62;22c",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_is_no_key_whole_and_cut_and_byte_by_byte(answer: bytes) -> None:
    assert names(Line().send(answer, b"j")) == ["j"]
    for place in range(2, len(answer)):
        assert names(Line().send(answer[:place], answer[place:], b"j", pause=0.4)) == ["j"], place
    for pause in (0.0, 0.02, 0.2):
        assert names(Line().send(*one_by_one(answer), b"j", pause=pause)) == ["j"], pause


@pytest.mark.parametrize("answer", [one for one in ANSWERS.values() if one[1:2] in b"[]P_"])
def test_cut_after_its_first_byte_an_answer_is_at_most_the_key_esc(answer: bytes) -> None:
    assert names(Line().send(answer[:1], answer[1:], b"j", pause=0.6)) == ["escape", "j"]
    assert names(Line().send(*one_by_one(answer), b"j", pause=0.45)) == ["escape", "j"]


@pytest.mark.parametrize(
    "cut", [b"\x1b[?62;2", b"\x1b]11;rgb:DAPD", b"\x1bP>|xterm", b"\x1bO", b"\x1b_Gi=1", b"\x1b[<0;3"]
)
def test_what_never_ends_is_dropped_and_keys_are_keys_again(line: Line, cut: bytes) -> None:
    assert line.send(cut) == line.silence() == []
    assert names(line.send(b"j", b"D", b"\r")) == ["j", "D", "enter"]


@pytest.mark.parametrize("key", [b"\x03", b"\x11"])
def test_the_ways_out_work_within_what_never_ends(line: Line, key: bytes) -> None:
    assert names(line.send(b"\x1b]11;rgb:", key)) == [{b"\x03": "ctrl+c", b"\x11": "ctrl+q"}[key]]


def test_an_arrow_within_what_never_ends_is_an_arrow(line: Line) -> None:
    assert names(line.send(b"\x1bP1$r", b"\x1b[A", b"j")) == ["up", "j"]


def test_esc_works_quickly_and_twice(line: Line) -> None:
    assert line.send(b"\x1b") == []
    assert names(line.send(b"", pause=0.3)) == ["escape"]
    assert names(line.send(b"\x1b\x1b", pause=0.3)) == ["escape", "escape"]


def test_esc_waits_as_long_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCDELAY", "20")
    assert names(Line().send(b"\x1b", pause=0.03)) == ["escape"]
    monkeypatch.setenv("ESCDELAY", "soon")
    assert names(Line().send(b"\x1b", pause=0.3)) == ["escape"]


@pytest.mark.parametrize("key", ["j", "P", "]", "_", "[", "4"])
def test_a_key_soon_after_esc_is_that_key(line: Line, key: str) -> None:
    expected = {"]": "right_square_bracket", "_": "underscore", "[": "left_square_bracket"}.get(key, key)
    found = line.send(b"\x1b", key.encode(), pause=0.3) + line.silence()
    assert names(found) == ["escape", expected]


KEYS = {
    b"\x1b[A": "up",
    b"\x1bOB": "down",
    b"\x1b[1;5C": "ctrl+right",
    b"\x1b[5~": "pageup",
    b"\x1b[3$": "shift+delete",
    b"\x1b[Z": "shift+tab",
    b"\x1b[[A": "f1",
    b"\x1bOR": "f3",
    b"\x1b[15;2~": "f17",
    b"\x1b[27u": "escape",
    b"\x1b[97;5u": "ctrl+a",
    b"\x1b[68;2;68u": "D",
    b"\x1bD": "alt+shift+d",
    b"\x1bx": "alt+x",
    b"\x1b\x7f": "ctrl+w",
    b"\x7f": "backspace",
    b"\x00": "ctrl+@",
    "é".encode(): "é",
}


@pytest.mark.parametrize(("sent", "key"), KEYS.items(), ids=KEYS.values())
def test_keys_are_keys_whole_and_cut(sent: bytes, key: str) -> None:
    whole = Line()
    found = names(whole.send(sent) + whole.silence())
    pieces = Line()
    assert names(pieces.send(*one_by_one(sent), pause=0.1) + pieces.silence()) == found
    assert len(found) == 1
    assert key in (found[0], found[0].replace("shift+f5", "f17")) or found[0].startswith("latin_small")


def test_alt_and_a_key_is_no_text(line: Line) -> None:
    (key,) = line.send(b"\x1bD")
    assert isinstance(key, events.Key)
    assert not key.is_printable


def test_mouse_focus_and_whole_frames_are_heard_through_cuts(line: Line) -> None:
    sent = b"\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<65;1;1M\x1b[I\x1b[O\x1b[?2026;2$y"
    found = line.send(*one_by_one(sent), pause=0.2)
    kinds = [type(one).__name__ for one in found]
    wanted = ["MouseDown", "MouseUp", "MouseScrollDown", "AppFocus", "AppBlur", "TerminalSupportsSynchronizedOutput"]
    assert kinds == wanted
    assert isinstance(found[0], events.MouseDown)
    assert (found[0].x, found[0].y) == (9, 4)


@pytest.mark.parametrize(
    "mouse", [b"\x1b[M !!", b"\x1b[M#\xff\xfe", b"\x1b[<0;99999999999999999999;1M", b"\x1b[<0;0;0M"]
)
def test_a_mouse_that_tells_nonsense_presses_no_key(line: Line, mouse: bytes) -> None:
    assert names(line.send(*one_by_one(mouse), b"j", pause=0.1)) == ["j"]


def test_a_paste_is_one_however_it_is_cut(line: Line) -> None:
    text = "D\x1b[A é\n[201~"
    sent = f"\x1b[200~{text}\x1b[201~j".encode()
    whole = line.send(sent)
    assert [type(one).__name__ for one in whole] == ["Paste", "Key"]
    assert isinstance(whole[0], events.Paste)
    assert whole[0].text == text
    pieces = Line().send(*one_by_one(sent), pause=0.2)
    assert [getattr(one, "text", getattr(one, "key", "")) for one in pieces] == [text, "j"]


def test_a_paste_without_its_end_comes_all_the_same(line: Line) -> None:
    assert line.send(b"\x1b[200~adele.vance@contoso.com") == []
    (paste,) = line.silence()
    assert isinstance(paste, events.Paste)
    assert paste.text == "adele.vance@contoso.com"
    assert names(line.send(b"j")) == ["j"]


BAD = {
    "a byte that is never one": b"\xff",
    "another": b"\xfe\xfe",
    "a lone continuation": b"\x80",
    "the last continuation": b"\xbf",
    "overlong": b"\xc0\xaf",
    "half of a pair": b"\xed\xa0\x80",
    "beyond all": b"\xf5\x80\x80\x80",
    "cut after two of three": b"\xe2\x82",
    "cut after three of four": b"\xf0\x9f\x98",
    "Latin-1": "é".encode("latin-1"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bytes_that_are_no_text_are_left_out(bad: bytes) -> None:
    assert names(Line().send(bad, b"j")) == ["j"]
    assert names(Line().send(b"k" + bad + b"j")) == ["k", "j"]
    assert names(Line().send(b"\x1b[200~" + bad + b"\x1b[201~", b"j")) == ["j"]
    assert names(Line().send(b"\x1b[" + bad, b"j", pause=3)) == ["j"]


@pytest.mark.parametrize("byte", range(0x80, 0x100))
def test_no_byte_keeps_the_next_key_away_for_long(line: Line, byte: int) -> None:
    assert names(line.send(bytes([byte]), pause=0.6) + line.send(b"3j", pause=1.0)) == ["3", "j"]


@pytest.mark.parametrize(
    "key", [b"\x1b[1114112u", b"\x1b[99999999999u", b"\x1b[55296u", b"\x1b[0;;55296u", b"\x1b[;;;;;u"]
)
def test_a_key_that_is_no_character_is_none(line: Line, key: bytes) -> None:
    assert names(line.send(key, b"j"))[-1:] == ["j"]
    assert all(one.character < "\ud800" for one in line.send(key) if isinstance(one, events.Key) and one.character)


def test_characters_cut_between_their_bytes_are_whole(line: Line) -> None:
    found = line.send(*one_by_one("é€😀".encode()), pause=0.5)
    assert [one.character for one in found if isinstance(one, events.Key)] == ["é", "€", "😀"]
