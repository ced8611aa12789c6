"""Every way out of the program; each restores the terminal."""

import asyncio
import signal
from contextlib import suppress
from typing import Protocol

from textual import events

from backup_tui.operating_system import ENDING
from backup_tui.ui.frame.commands import key_name
from backup_tui.ui.program import Program

AGAIN_WITHIN = 5.0  # seconds within which the second press of a key that leaves when pressed twice counts


class EndsForSure(Protocol):
    """A terminal that ends the process even when the program hangs."""

    def end_for_sure(self, code: int) -> None:
        """Ends it soon, whatever else happens, with this exit code."""
        ...


class LeavableProgram(Program, Protocol):
    """What leaving needs of the app besides what screens use."""

    message: str  # what the message line says

    @property
    def terminal(self) -> EndsForSure | None:
        """Where it is shown; None without a terminal of ours."""
        ...

    def action_suspend_process(self) -> None: ...


class Leaving:
    """Keys and signals that end the program or send it to the background."""

    def __init__(self, program: LeavableProgram) -> None:
        self._program = program
        self._asked, self._said = "", ""
        self._asked_at = float("-inf")
        self._now = 0.0
        self.is_near = False  # a signal has come; keys that are still waiting are no longer for this program
        self._begun = False
        self._ends_with: int | None = None

    def takes(self, event: events.Key) -> bool:
        """Whether the key is one that works everywhere, in dialogs and on the smallest terminal too."""
        key, self._now = event.key, event.time
        if key != self._asked:
            self._forget()
        if key == "ctrl+q":
            self.leave(0)
        elif key == "ctrl+c" or (key == self._program.back_key and self._program.too_small):
            self.ask(key)
        elif key == "ctrl+z":
            self._program.action_suspend_process()
        else:
            return False
        return True

    def ask(self, key: str) -> None:
        """Leaves when the key comes a second time, else says that it would."""
        if self._asked == key and self._now - self._asked_at <= AGAIN_WITHIN:
            self.leave(0)
            return
        self._asked, self._asked_at = key, self._now
        self._said = self._program.workspace.continuing_words
        self._program.say(f"Press {key_name(key)} again to quit. {self._said}")

    def _forget(self) -> None:
        """Another key was pressed: the message about the first one no longer holds."""
        if self._asked and self._program.message.endswith(self._said):
            self._program.say("")
        self._asked = ""

    def leave(self, code: int) -> None:
        """Ends the program with this exit code and a word about what continues without it."""
        words = self._program.workspace.parting_words()
        self._program.exit(code, return_code=code, message=words or None)

    def listen(self) -> None:
        """Hears the signals that end the program from now on, however busy the event loop is."""
        loop = asyncio.get_running_loop()

        def heard(name: str, code: int) -> None:
            self._prepare(code)
            with suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(self.on_signal, name, code)

        for name, code in ENDING.items():
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_frame, name=name, code=code: heard(name, code))

    def on_signal(self, name: str, code: int) -> None:
        self._prepare(code)
        if name == "SIGHUP":
            self._program.workspace.line_dropped()
        if self._begun:
            self._program.exit(code, return_code=code)
        elif self._ends_with is None:
            self._ends_with = code

    def _prepare(self, code: int) -> None:
        self.is_near = True
        if self._program.terminal is not None:
            self._program.terminal.end_for_sure(code)

    def begun(self) -> None:
        """The first screen is there: before it, an end would be a fault of its own."""
        self._begun = True
        if self._ends_with is not None:
            self._program.exit(self._ends_with, return_code=self._ends_with)

    def on_line_gone(self) -> None:
        self.on_signal("SIGHUP", ENDING["SIGHUP"])
