"""The terminal as Textual sees it: entered once, left once, and never waited for.

Replaces Textual's own driver for Unix, which waits forever for a terminal that does not read, never ends once a signal
starts it a second time, mistakes late answers of the terminal for keys, and continues without a terminal.
"""

import asyncio
import os
import select
import termios
import threading
import time
import tty
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size

from backup_tui.ui.terminal.job_control import JobControl
from backup_tui.ui.terminal.keys import KeyReader
from backup_tui.ui.terminal.sequences import SequenceReader
from backup_tui.ui.terminal.writer import TerminalWriter

if TYPE_CHECKING:
    from backup_tui.ui.leaving import Leaving

FALLBACK = (80, 24)  # columns and lines of a terminal that does not tell


def terminal_of(streams: Iterable[int]) -> int:
    """A descriptor of its own for the first of these streams that is a terminal, else for the first that is open.
    Raises `OSError`: none is open."""
    streams = tuple(streams)
    chosen = next((stream for stream in streams if os.isatty(stream)), streams[0])
    return os.dup(chosen)


def size_of(fd: int) -> tuple[int, int]:
    """Columns and lines of the terminal itself; `COLUMNS` and `LINES` may be those of another."""
    with suppress(OSError):
        columns, lines = os.get_terminal_size(fd)
        if columns > 0 and lines > 0:
            return columns, lines
    return FALLBACK


def let_go_of_terminal() -> None:
    """Points the standard streams at nothing: a write to a terminal that is gone would fail, or block the end."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    if nothing > 2:
        os.close(nothing)


LEAVE_WITHIN = 0.5  # seconds that a terminal gets to take the last bytes; one that does not read is left without them

END_WITHIN = 2.0
"""Seconds after a signal at which the process ends even if something hangs; the journal is on the disk at any time."""

AHEAD = 200  # events that may wait for the program; a flood of more must not keep it from hearing anything else

PAUSE = 0.02

_MOUSE = (1000, 1003, 1015, 1006)
_KITTY_KEYS = 0b11001  # unmistakable escapes, all keys as sequences, with their text

_ALTERNATE = "\x1b[?1049h"
_MODES = "\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"  # cursor off; tell focus; mark pastes; do not wrap lines
_MODES_OFF = "\x1b[?2004l\x1b[?7h"
_LEAVE = "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"  # kitty's keys belong to the screen that is left, so they go first
_SYNC_QUESTION = "\x1b[?2026$p"


class Host(Protocol):
    """What the driver needs of the app."""

    terminal: "TerminalDriver | None"  # the driver itself, once there is one

    @property
    def leaving(self) -> "Leaving":
        """Told of signals that end the program, and of a terminal that is gone."""
        ...

    @property
    def message_queue_size(self) -> int:
        """How many events wait for the program."""
        ...

    def redraw(self) -> None:
        """Draws everything again."""
        ...

    def report(self, error: Exception) -> None:
        """Turns a fault in reading into words."""
        ...


class TerminalDriver(Driver):
    """Reads keys from the terminal and writes frames to it.

    Args:
        app: The program; its `leaving` is told of signals that end it and of a terminal that is gone.
        debug: As Textual hands it over; not used.
        mouse: Whether the terminal is to send what the mouse does.
        size: Columns and lines; None takes those of the terminal, whatever the environment says.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        self._in, self._out = terminal_of((0,)), terminal_of((1, 2, 0))
        super().__init__(app, debug=debug, mouse=mouse, size=size or size_of(self._out))
        self._program = cast("Host", app)
        self._wants_mouse = mouse
        self._outside = ("", "")
        self._running = asyncio.get_running_loop()
        self._writer = TerminalWriter(self._out, self._gone_from_thread, self._repaint_from_thread)
        self._job = JobControl(self._running, self._leave, self._enter_again, self._continued, self._resized)
        self._wake_read, self._wake_write = os.pipe()
        self._reading: threading.Thread | None = None
        self._before: list[Any] | None = None
        self._entered = False
        self._closed = False
        self._ends = False
        self._program.terminal = self

    @property
    def can_suspend(self) -> bool:
        """`ctrl+z` works."""
        return True

    # -- what Textual calls ---------------------------------------------------------------------------------

    def write(self, data: str) -> None:
        """Takes a part of a frame. It never waits: a terminal that is behind gets a whole new frame later."""
        self._writer.write(data)

    def show_outside(self, sequence: str, over: str) -> None:
        """Shows something outside of the screens, such as in the task bar. `sequence`: what shows it; empty takes it
        away. `over`: what takes it away; sent, too, whenever the terminal is left, however that comes."""
        self._outside = (sequence, over if sequence else "")
        if self._entered:
            self._writer.control(sequence or over)

    def start_application_mode(self) -> None:
        """Enters: signals first, so that none finds the terminal changed and nobody there to change it back."""
        if self._entered or self._closed:
            return
        self._program.leaving.listen()
        self._job.start()
        with suppress(termios.error):
            self._before = termios.tcgetattr(self._in)
        self._enter()
        if self._reading is None:
            self._reading = threading.Thread(target=self._keep_reading, name="terminal-input", daemon=True)
            self._reading.start()
        self._resized()

    def disable_input(self) -> None:
        """Keys are no longer read, and what was typed meanwhile does not reach the shell."""
        if self._reading is not None and self._reading.is_alive():
            os.write(self._wake_write, b"x")
            self._reading.join(LEAVE_WITHIN)
        self._reading = None
        with suppress(termios.error):
            termios.tcflush(self._in, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        self._job.stop()
        self.disable_input()
        if not self._leave():
            let_go_of_terminal()  # whatever is printed after the screens would hang as the last frame does

    def close(self) -> None:
        """Leaves if nobody has, and lets the threads end."""
        if self._closed:
            return
        self.stop_application_mode()
        self._closed = True
        self._writer.end()

    def _restore(self) -> None:
        if self._before is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(self._in, termios.TCSANOW, self._before)

    def end_for_sure(self, code: int) -> None:
        """Ends the process with this exit code in any case, should something hang on the way out."""
        if self._ends:
            return
        self._ends = True

        def last_resort() -> None:
            time.sleep(END_WITHIN)
            self._leave()
            os._exit(code)

        threading.Thread(target=last_resort, name="last-resort", daemon=True).start()

    # -- modes ----------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        self._set_raw()
        self._entered = True
        modes = self._mouse_modes("h") + _MODES + f"\x1b[>{_KITTY_KEYS}u"
        self._writer.control(_ALTERNATE + modes + _SYNC_QUESTION + self._outside[0])

    def _set_raw(self) -> None:
        if self._before is None:
            return
        raw = [*self._before]
        raw[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        raw[tty.IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        raw[tty.CC] = [*raw[tty.CC]]
        raw[tty.CC][termios.VMIN] = 1
        with suppress(termios.error):
            termios.tcsetattr(self._in, termios.TCSANOW, raw)

    def _leave(self) -> bool:
        """Gives the terminal back, once; False when it did not take it."""
        if not self._entered:
            return not self._writer.is_gone
        self._entered = False
        self._writer.control(self._outside[1] + _MODES_OFF + self._mouse_modes("l") + _LEAVE)
        taken = self._writer.finish(LEAVE_WITHIN)
        self._restore()
        return taken

    def _enter_again(self) -> None:
        """Back from the background."""
        if self._closed or self._entered:
            return
        with suppress(termios.error):
            self._before = termios.tcgetattr(self._in)
        self._enter()
        self._repaint()

    def _continued(self) -> None:
        """Somebody sent SIGCONT: the modes may be another program's, but they are entered only once."""
        if not self._entered:
            return
        self._set_raw()
        self._writer.control(f"\x1b[?47h{self._mouse_modes('h')}{_MODES}\x1b[={_KITTY_KEYS};1u")
        self._repaint()

    def _mouse_modes(self, letter: str) -> str:
        return "".join(f"\x1b[?{mode}{letter}" for mode in _MOUSE) if self._wants_mouse else ""

    # -- news for the app -----------------------------------------------------------------------------------

    def _resized(self) -> None:
        size = Size(*size_of(self._out))
        self.send_message(events.Resize(size, size))

    def _repaint(self) -> None:
        self._resized()
        self._program.redraw()

    def _repaint_from_thread(self) -> None:
        self._tell(self._repaint)

    def _gone_from_thread(self) -> None:
        self._tell(self._program.leaving.on_line_gone)

    def _tell(self, news: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended, so nobody needs the news
            self._running.call_soon_threadsafe(news)

    # -- input ----------------------------------------------------------------------------------------------

    def _keep_reading(self) -> None:
        """Runs in a thread; a fault in reading must not leave a program that no longer hears a key."""
        while True:
            try:
                return self._read()
            except OSError:
                return self._gone_from_thread()
            except Exception as error:
                self._tell(partial(self._program.report, error))

    def _read(self) -> None:
        """Reads until it is woken, or until the terminal is gone."""
        reader, keys = SequenceReader(), KeyReader()
        while True:
            now = time.monotonic()
            wait = None if reader.deadline is None else max(0.0, reader.deadline - now)
            if self._program.message_queue_size > AHEAD:  # what is typed meanwhile waits in the terminal
                listen_to, wait = [self._wake_read], PAUSE
            else:
                listen_to = [self._in, self._wake_read]
            ready = select.select(listen_to, [], [], wait)[0]
            if self._wake_read in ready:
                os.read(self._wake_read, 1)
                return
            if ready:
                data = self._read_some()
                if data is None:
                    self._gone_from_thread()
                    return
                tokens = reader.feed(data, time.monotonic())
            elif len(listen_to) == 1:
                continue
            else:
                tokens = reader.tick(time.monotonic())
            for token in tokens:
                for event in keys.events(token):
                    self.process_message(event)

    def _read_some(self) -> bytes | None:
        """What has come; None when the terminal is gone. The end of input in a terminal that exists is not an end."""
        try:
            data = os.read(self._in, 1024)
            if not data:
                termios.tcgetattr(self._in)
        except BlockingIOError:
            return b""
        except (OSError, termios.error):
            return None
        return data
