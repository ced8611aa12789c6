"""From the command line to a command or the screens, and back with an exit code.

Imported at every start, so it imports nothing heavy: settings, models, the service's client and the screens are
imported once the arguments show that they are needed.
"""

import os
import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.headless import streams

if TYPE_CHECKING:
    import argparse

    from backup_tui.config import Settings

SIGNAL_BASE = 128  # a process ended by a signal exits with 128 plus the number of the signal

GARBAGE_AFTER = 3.0  # seconds after the start of the process until garbage is collected


def main(argv: Sequence[str] | None = None) -> int:
    """Runs backup-tui. Returns the exit code: 0 done, 1 failed, 2 wrong usage or no terminal, 3 not signed in, 4 not
    permitted, 5 not found, 6 finished with some or all units failed, 7 outcome unknown, 8 throttled and gave up, 128
    plus the number of a signal. `argv`: the arguments without the program's name; the process's own if not given."""
    streams.secure()
    words = list(sys.argv[1:] if argv is None else argv)
    _forget_another_size()
    if argv is None:  # Only in a process of our own: garbage collection is a setting of the whole process.
        _collect_garbage_later()
    try:
        return _run(words)
    except BackupTuiError as error:
        return _tell(error, as_json=_wants_json(words))
    except KeyboardInterrupt:
        return SIGNAL_BASE + 2
    except BrokenPipeError:
        # The reader closed the pipe (`| head`).
        return SIGNAL_BASE + 13
    except Exception as error:
        return _fault(error)
    finally:
        streams.flush()


def _forget_another_size() -> None:
    """A terminal knows its size; `COLUMNS` and `LINES` can be stale."""
    if any(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr)):
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)


def _collect_garbage_later() -> None:
    """Collects no garbage at the start, when little of it exists: it took a tenth of the time to the first rows."""
    import gc
    from threading import Timer

    def begin() -> None:
        gc.freeze()
        gc.enable()

    gc.disable()
    timer = Timer(GARBAGE_AFTER, begin)
    timer.daemon = True
    timer.start()


_PLAIN: dict[tuple[str, ...], dict[str, bool]] = {(): {}, ("--demo",): {"demo": True}}
"""The words of most starts of the screens, and what they mean, which no parser need be built for."""


def _run(words: Sequence[str]) -> int:
    if (plain := _PLAIN.get(tuple(words))) is not None:
        return _screens(SimpleNamespace(**plain))
    from backup_tui.headless.arguments import parse

    try:
        args = parse(words)
    except SystemExit as leaving:  # argparse has printed --help or --version
        return int(leaving.code or 0)
    command = getattr(args, "run", None)
    if hasattr(args, "timeout") and command in (None, "simulator"):
        raise UsageError(
            "--timeout works only with a command that ends.",
            field="--timeout",
            certainty="Nothing was started.",
            hint="For example: backup-tui sessions list --timeout 30",
        )
    if command == "simulator":
        return _simulator(args)
    if hasattr(args, "plain_mode") and not hasattr(args, "run"):
        _refuse_options_of_commands(args, "json", "output", "quiet", "all_profiles")
        args.run, args.plain, args.header = "backup_tui.headless.plain.session:converse", False, ()
    if not hasattr(args, "run"):
        return _screens(args)
    from backup_tui.headless.runner import run_command

    return run_command(args, lambda: _logged(_settings(args)))


def _logged(settings: "Settings") -> "Settings":
    _start_log(settings)
    return settings


def _settings(args: "argparse.Namespace | SimpleNamespace") -> "Settings":
    from backup_tui.config import Flags, load_settings

    given = {name: getattr(args, name) for name in Flags.__struct_fields__ if hasattr(args, name)}
    return load_settings(Flags(**given))


def _start_log(settings: "Settings") -> None:
    from backup_tui.log_file import start_log

    start_log(settings.state_dir, settings.log_level)


def _screens(args: "argparse.Namespace | SimpleNamespace") -> int:
    _refuse_options_of_commands(args, "json", "output", "quiet", "verbose", "all_profiles")
    settings = _settings(args)
    if settings.keys:
        from backup_tui.ui.every_screen import check_keys

        check_keys(settings)
    need_terminal()
    _start_log(settings)
    if settings.demo and not settings.demo_sign_in and settings.replay is None:
        return _demo(settings)
    from backup_tui.ui.start import run_ui

    return run_ui(settings)


def _refuse_options_of_commands(args: "argparse.Namespace | SimpleNamespace", *names: str) -> None:
    if option := next((name for name in names if hasattr(args, name)), None):
        raise UsageError(
            f"--{option.replace('_', '-')} works only with a command.",
            field=f"--{option.replace('_', '-')}",
            certainty="Nothing was started.",
            hint="For example: backup-tui sessions list --json",
        )


def _demo(settings: "Settings") -> int:
    """The screens with a service that comes up in a process of its own, while this one imports them."""
    from backup_tui.workspace.demo_process import DemoProcess

    try:
        demo = DemoProcess(settings.scene)
    except OSError:  # Then it is made in this process, and the rows come a little later.
        demo = None
    try:
        from backup_tui.ui.start import run_ui

        return run_ui(settings, demo)
    finally:
        if demo is not None:
            demo.close()


def need_terminal() -> None:
    """Raises UsageError where the screens cannot be drawn."""
    commands = "Commands work without one: backup-tui sessions list, backup-tui --help."
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "The screens need a terminal, and this isn't one.", certainty="Nothing was started.", hint=commands
        )
    if os.name != "nt" and os.environ.get("TERM", "") in ("", "dumb", "unknown"):  # Windows sets no TERM
        raise UsageError(
            f"This terminal (TERM={os.environ.get('TERM', '')!r}) cannot move its cursor, which the screens need.",
            certainty="Nothing was started.",
            hint=f"Questions and lines instead: backup-tui --plain. {commands}",
        )
    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        raise UsageError(
            "The screens are drawn on stderr, which isn't a terminal.",
            certainty="Nothing was started.",
            hint="Do not redirect stderr (2>...).",
        )


def _simulator(args: "argparse.Namespace") -> int:
    from backup_tui.simulator.server import serve
    from backup_tui.simulator.settings import SCENES
    from backup_tui.simulator.settings import Settings as Simulated

    chosen: dict[str, Any] = {"units": SCENES[args.scene]} if args.scene else {}
    chosen |= {
        name: getattr(args, name)
        for name in ("scene", "units", "mostly", "seed", "speed", "page_forms", "full_service", "entra_policy")
        if getattr(args, name) is not None
    }
    return serve(args.host, args.port, Simulated(**chosen))


def _fault(error: Exception) -> int:
    """Reports an internal error as the screens do: a plain message, and a crash file without values."""
    from datetime import UTC, datetime

    from backup_tui.crash import crash_words, write_crash_file
    from backup_tui.paths import state_dir

    file = write_crash_file(state_dir(), error, datetime.now(UTC))
    streams.put(sys.stderr, crash_words(error, file) + "\n")
    return 1


def _wants_json(words: Sequence[str]) -> bool:
    """Whether a program reads the errors too, told from the words alone, since they may be what is wrong."""
    return any(
        word.startswith(("--json", "--output=json")) or (word.startswith("json") and before == "--output")
        for before, word in zip(("", *words), words, strict=False)
    )


def _tell(error: BackupTuiError, *, as_json: bool) -> int:
    from backup_tui.headless.formats import Style
    from backup_tui.headless.output import Output

    Output(sys.stdout, sys.stderr, Style("json" if as_json else "table")).finish(error)
    return error.exit_code
