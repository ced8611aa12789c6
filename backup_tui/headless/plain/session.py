"""The conversation of plain mode: a menu, questions, and what the commands print, one fact a line.

Nothing moves the cursor or is drawn over, and no color is used: a screen reader reads things in the order in which they
happened. Lines come from standard input, from a terminal or a file.
"""

import argparse
import asyncio
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from backup_tui.config import named_zone
from backup_tui.errors import BackupTuiError, LocalError, UsageError
from backup_tui.headless.arguments import dest, parse
from backup_tui.headless.formats import LINES, Style, style_of
from backup_tui.headless.options import global_options
from backup_tui.headless.output import Output
from backup_tui.headless.plain.jobs import COMMANDS_INSTEAD, JOBS, YES, Job, Question, Step
from backup_tui.headless.plain.lines import Lines
from backup_tui.headless.reading import LineReader
from backup_tui.headless.streams import put
from backup_tui.models.phrases import phrase_matches
from backup_tui.models.text import counted, safe
from backup_tui.restore.drafts.kept_forms import keep_zone, kept_zone
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import SessionRow

if TYPE_CHECKING:
    from backup_tui.config import Settings
    from backup_tui.workspace import Workspace

_AGAIN = (2, 5)  # exit codes of input that cannot be used, or names nothing: its questions are asked again

_HELP = (
    "Type the number of a job, or a command such as: sessions list --status running.",
    "help says more. menu shows the jobs again. quit leaves; restores continue.",
)

_MORE_HELP = (
    "In a job, an empty line takes the answer in brackets; without one it goes back to the menu.",
    "menu goes back and quit leaves, from every question. Ctrl+C stops what is being read or watched, never a restore.",
    "help COMMAND explains a command, help times how times are typed.",
    "Without --confirm, a command that changes something says its review and asks for the phrase.",
    "What is done with a command:",
)

_HERE_TOO = ("json", "output", "quiet", "verbose")
"""Global options that belong to one command; the others belong to the whole run."""


class Left(Exception):
    """The person leaves, or there is no more input."""

    def __init__(self, *, by_word: bool) -> None:
        self.by_word = by_word  # they typed it; otherwise the input ended


class Back(Exception):
    """The person goes back to the menu."""


async def converse(workspace: "Workspace", args: argparse.Namespace, out: Output) -> int:
    """Leads a person through the jobs until they leave. Returns 0, or 1 if the input ended in the middle of a job."""
    conversation = Conversation(workspace)
    args.on_interrupt = conversation.stop_command
    try:
        await conversation.greet()
        while True:
            await conversation.one_job()
    except Left as leaving:
        conversation.say("Restores continue. Goodbye.")
        return int(conversation.in_job and not leaving.by_word)
    except asyncio.CancelledError:
        put(sys.stdout, "\n")  # the signal came behind a question
        raise


class Conversation:
    """Asks and answers in an open workspace."""

    def __init__(self, workspace: "Workspace") -> None:
        self._ws = workspace
        self._typed = LineReader(sys.stdin)
        self._jobs = [job for job in JOBS if not (job.changes and workspace.read_only)]
        self._running: asyncio.Future[int] | None = None
        self._began = 0
        self.in_job = False  # a job has begun and not ended

    async def greet(self) -> None:
        """Says where the person is and what needs them, then the menu."""
        who, mode = self._ws.who, "read-only" if self._ws.read_only else "write"
        demo = " Nothing here is real." if self._ws.settings.demo else ""
        self.say(f"backup-tui, {who.tenant}, {who.user_label}, {mode}.{demo}")
        await self._choose_zone()
        try:
            await self._ws.loader.load(fresh.SESSIONS)
        except BackupTuiError as error:
            self.say(f"The restores could not be read: {error.message}")
        else:
            rows = sorted(self._ws.store.sessions.values(), key=lambda row: row.id)
            self.say(*(_running_words(row) for row in rows if row.running))
            drafts = sum(row.state.value == "draft" for row in rows)
            failed = sum(bool(row.failed) for row in rows)
            self.say(f"{counted(drafts, 'draft')} to review, {counted(failed, 'restore')} with failed units.")
        self.menu()

    async def _choose_zone(self) -> None:
        """Asks in which zone times are typed if nobody has said so and the machine only says UTC; says which it is."""
        try:
            chosen = None if self._ws.settings.tz_settled else await kept_zone(self._ws.context.journal)
            if chosen is not None:
                self._ws.zone = named_zone(chosen)
            elif not self._ws.settings.tz_settled and sys.stdin.isatty():
                self._ws.zone = await self._asked_zone()
                await keep_zone(self._ws.context.journal, self._ws.zone.key)
        except LocalError as error:
            self.say(error.message)
        self.say(f"Times are typed and shown in {self._ws.zone.key}; another zone: --tz.")

    async def _asked_zone(self) -> ZoneInfo:
        while True:
            typed = await self._line("In which zone do you type times, for example Europe/Berlin? [UTC]")
            try:
                return named_zone(typed or "UTC")
            except UsageError as error:
                self.say(f"{error.message} {error.hint}".strip())

    def menu(self) -> None:
        """Says the jobs, one a line."""
        self.say("", *(f"{number}. {job.title}" for number, job in enumerate(self._jobs, 1)), *_HELP)

    async def one_job(self) -> None:
        """Asks what to do, and does it. Raises `Left` at the end."""
        try:
            typed = await self._line("What to do")
        except Back:
            typed = "menu"
        if typed in ("", "menu", "?"):
            self.menu()
        elif typed == "help":
            self.say(_HELP[0], *_MORE_HELP, *COMMANDS_INSTEAD)
        elif typed.isdecimal():
            if 1 <= int(typed) <= len(self._jobs):
                await self._run_job(self._jobs[int(typed) - 1])
            else:
                self.say(f"There is no job {typed}; 1 to {len(self._jobs)} are.")
        else:
            await self._run_typed(typed)

    async def _run_typed(self, typed: str) -> None:
        try:
            words = shlex.split(typed)
        except ValueError as error:
            self.say(f"This line cannot be split: {error}.")
        else:
            await self._run(words)

    async def _run_job(self, job: Job) -> None:
        self.say(job.title)
        answers: dict[str, str] = {}
        self._began, self.in_job = len(self._ws.sent), True
        with tempfile.TemporaryDirectory(prefix="backup-tui-") as folder:
            try:
                for step in job.steps:
                    if not await self._step(step, answers, Path(folder)):
                        break
            except Back:
                self.say("Back at the menu.", *self._sent())
            except (Left, asyncio.CancelledError) as leaving:
                put(sys.stdout, "\n" if isinstance(leaving, asyncio.CancelledError) else "")
                self.say("This job is not finished.", *self._sent())
                raise
        self.in_job = False

    def _sent(self) -> Sequence[str]:
        """What the job, or the command that was typed, has sent so far."""
        sent = self._ws.sent[self._began :]
        return [f"Sent: {line}." for line in sent] or ["Nothing was sent."]

    async def _step(self, step: Step, answers: dict[str, str], folder: Path) -> bool:
        """Asks and runs; again after input that cannot be used. Returns whether the job continues."""
        while True:
            for question in step.ask:
                earlier = answers.get(question.name, "") if len(step.ask) > 1 else ""
                answers[question.name] = await self._answer(question, earlier, folder)
                if question.choices == YES and answers[question.name] == "no":
                    return False
            code, kept = await self._run(_filled(step.command, answers))
            if step.keep:
                found = re.search(step.keep_from, kept.first) if step.keep_from else None
                answers[step.keep] = found[1] if found else kept.last
            if code in _AGAIN and step.ask:
                keeps = "; an empty line keeps the earlier answer" if len(step.ask) > 1 else ""
                self.say(f"Asked again{keeps}; menu goes back.")
                continue
            return code == 0 or code in step.also

    async def _answer(self, question: Question, before: str, folder: Path) -> str:
        if question.lines:
            return await self._list(question, folder)
        default = before or question.default
        choices = f" ({', '.join(question.choices)})" if question.choices else ""
        shown = f" [{default}]" if default else " [none]" if question.optional else ""
        while True:
            typed = await self._line(f"{question.text}{choices}{shown}")
            if not typed and not default and not question.optional:
                raise Back
            answer = typed or default
            if not question.choices or answer in question.choices:
                return answer
            near = [choice for choice in question.choices if choice.startswith(answer.casefold())]
            if len(near) == 1:
                return near[0]
            self.say(f"{answer!r} is none of: {', '.join(question.choices)}.")

    async def _agreed(self, phrase: str) -> bool:
        """Whether the person types the phrase of the review that was just said; an empty line is a no."""
        while typed := await self._line(f"Type: {phrase}\nAn empty line means no"):
            if phrase_matches(typed, phrase):
                return True
            self.say(f'You typed "{typed[:80]}".')
        return False

    async def _list(self, question: Question, folder: Path) -> str:
        self.say(f"{question.text}. An empty line ends the list.")
        lines: list[str] = []
        while typed := await self._line(f"Name {len(lines) + 1}"):
            if typed.startswith("@") and not lines:
                return os.path.abspath(os.path.expanduser(typed[1:].strip()))  # noqa: ASYNC240
            lines.append(typed)
        if not lines:
            raise Back
        file = folder / "names.txt"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(file)

    def stop_command(self) -> bool:
        """Stops the command that runs, for Ctrl+C; False where none does."""
        return self._running is not None and self._running.cancel()

    async def _run(self, words: Sequence[str]) -> tuple[int, Lines]:
        """Runs one command in this workspace, and returns its exit code and what it printed on stdout."""
        kept = Lines(sys.stdout, self._ws.zone)
        out = Output(kept, kept, LINES)  # type: ignore[arg-type]
        before = len(self._ws.sent)
        if not self.in_job:
            self._began = before
        try:
            args = parse(list(words[1:] if words[:1] == ["backup-tui"] else words))
            if args.run in ("help", "simulator") or not hasattr(args, "header"):
                raise UsageError.unsent("This does not work in plain mode.", "command", " ".join(words))
            _refuse_options_of_the_start(args, words)
            style = _in_lines(args)
            kept = Lines(sys.stdout, self._ws.zone, as_is=style.format != "lines")
            told = Lines(sys.stdout, self._ws.zone)
            out = Output(kept, told, style, args.header)  # type: ignore[arg-type]
            out.sent = lambda: self._ws.sent[before:]
            out.ask = self._agreed
            self._running = asyncio.ensure_future(self._command(args, out))
            code = await self._running
            out.finish()
        except SystemExit:  # a help text was printed
            return 0, kept
        except BackupTuiError as error:
            out.finish(error)
            return error.exit_code, kept
        except asyncio.CancelledError:
            if self._running is None or not self._running.cancelled() or _being_cancelled():
                raise
            self.say("", "Stopped. Running restores continue.", *self._sent())
            return 130, kept
        finally:
            self._running = None
        return code, kept

    async def _command(self, args: argparse.Namespace, out: Output) -> int:
        module, _, name = args.run.partition(":")
        command: Callable[..., Awaitable[int]] = getattr(import_module(module), name)
        if hasattr(args, "takes_ids"):
            from backup_tui.headless.ids import expand_ids

            await expand_ids(self._ws, args)
        first: Callable[[], Settings] | Workspace = (lambda: self._ws.settings) if args.plain else self._ws
        return await command(first, args, out)

    async def _line(self, question: str) -> str:
        """One line that was typed. Raises `Left` at the end of the input and for `quit`, `Back` for `menu`."""
        Lines(sys.stdout, self._ws.zone).ask(question)
        try:
            typed = await self._typed.line()
        except OSError:  # the terminal is gone, or there never was any input
            typed = ""
        if not typed:
            self._put("\n")
            raise Left(by_word=False)
        answer = typed.strip()
        if not sys.stdin.isatty():
            self._put(f"{answer}\n")  # so that a log shows what was asked and answered
        if answer in ("q", "quit", "exit"):
            raise Left(by_word=True)
        if answer == "menu":
            raise Back
        return answer

    def say(self, *lines: str) -> None:
        """Says each line. Raises `BrokenPipeError`: nobody reads them any longer."""
        Lines(sys.stdout, self._ws.zone).say(*(safe(line, 2_000) for line in lines))

    def _put(self, text: str) -> None:
        if put(sys.stdout, text) is not None:
            raise BrokenPipeError


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _refuse_options_of_the_start(args: argparse.Namespace, words: Sequence[str]) -> None:
    """Raises UsageError for an option that chooses the tenant or the settings: here it would change nothing."""
    for option in global_options([]):
        name = option.words.split()[0]
        if dest(option) not in _HERE_TOO and hasattr(args, dest(option)):
            hint = f"Leave with quit, then: backup-tui {shlex.join(words)}"
            raise UsageError.unsent(f"{name} works only when backup-tui is started.", name, hint=hint)


def _in_lines(args: argparse.Namespace) -> Style:
    """The form of a command's output: lines, unless it names another one."""
    style = style_of(args)
    return replace(style, format="lines") if style.format == "table" else style


def _filled(command: str, answers: Mapping[str, str]) -> list[str]:
    words: list[str] = []
    for word in command.split():
        if not word.startswith("{"):
            words.append(word)
        elif value := answers.get(word.strip("{}"), ""):
            words.append(value)
        elif words and words[-1].startswith("--"):
            words.pop()
    return words


def _running_words(row: SessionRow) -> str:
    service = row.service.label if row.service else "A restore"
    done = f"{row.completed or 0:,} of {row.total:,} done" if row.total is not None else "running"
    return f"{service} {row.id[:8]}: {done}, {row.failed or 0:,} failed."
