"""The conversation of plain mode: a menu, questions, and what the commands print, one fact a line.

Nothing moves the cursor or is drawn over, and no color is used: a screen reader reads things in the order in which they
happened. Lines come from standard input, from a terminal or a file.
"""

import argparse
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.headless.arguments import parse
from backup_tui.headless.formats import LINES, Style, style_of
from backup_tui.headless.output import Output
from backup_tui.headless.plain.jobs import JOBS, YES, Job, Question, Step
from backup_tui.headless.reading import LineReader
from backup_tui.headless.streams import put
from backup_tui.models.text import counted, safe
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import SessionRow

if TYPE_CHECKING:
    from backup_tui.config import Settings
    from backup_tui.workspace import Workspace

_AGAIN = (2, 5)
"""Exit codes of input that cannot be used, or names nothing: its questions are asked again."""

_HELP = (
    "Type the number of a job, or a command such as: sessions list --status running.",
    "help COMMAND explains one. menu shows the jobs again. quit leaves; restores continue.",
    "In a job, an empty line takes the answer in brackets; without one it goes back to the menu.",
)


class Left(Exception):
    """The person leaves, or there is no more input."""


class Back(Exception):
    """The person goes back to the menu."""


class _Kept:
    """Standard output that remembers the last line."""

    def __init__(self) -> None:
        self.last = ""
        self.encoding = getattr(sys.stdout, "encoding", "utf-8")

    def write(self, text: str) -> int:
        lines = [line for line in text.splitlines() if line.strip()]
        self.last = lines[-1].strip() if lines else self.last
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


async def converse(workspace: "Workspace", args: argparse.Namespace, out: Output) -> int:
    """Leads a person through the jobs until they leave. Returns the exit code: 0."""
    conversation = Conversation(workspace)
    await conversation.greet()
    try:
        while True:
            await conversation.one_job()
    except Left:
        put(sys.stdout, "Restores continue. Goodbye.\n")
    return 0


class Conversation:
    """Asks and answers in an open workspace."""

    def __init__(self, workspace: "Workspace") -> None:
        self._ws = workspace
        self._typed = LineReader(sys.stdin)
        self._jobs = [job for job in JOBS if not (job.changes and workspace.read_only)]

    async def greet(self) -> None:
        """Says where the person is and what needs them, then the menu."""
        who, mode = self._ws.who, "read-only" if self._ws.read_only else "write"
        demo = " Nothing here is real." if self._ws.settings.demo else ""
        self._say(f"backup-tui, {who.tenant}, {who.user_label}, {mode}.{demo}")
        try:
            await self._ws.loader.load(fresh.SESSIONS)
        except BackupTuiError as error:
            self._say(f"The restores could not be read: {error.message}")
        else:
            rows = sorted(self._ws.store.sessions.values(), key=lambda row: row.id)
            self._say(*(_running_words(row) for row in rows if row.running))
            drafts = sum(row.state.value == "draft" for row in rows)
            failed = sum(bool(row.failed) for row in rows)
            self._say(f"{counted(drafts, 'draft')} to review, {counted(failed, 'restore')} with failed units.")
        self.menu()

    def menu(self) -> None:
        """Says the jobs, one a line."""
        self._say("", *(f"{number}. {job.title}" for number, job in enumerate(self._jobs, 1)), *_HELP)

    async def one_job(self) -> None:
        """Asks what to do, and does it. Raises `Left` at the end."""
        typed = await self._line("What to do")
        if typed in ("q", "quit", "exit"):
            raise Left
        if typed in ("", "menu", "?"):
            self.menu()
        elif typed.isdecimal():
            if 1 <= int(typed) <= len(self._jobs):
                await self._run_job(self._jobs[int(typed) - 1])
            else:
                self._say(f"There is no job {typed}; 1 to {len(self._jobs)} are.")
        else:
            await self._run_typed(typed)

    async def _run_typed(self, typed: str) -> None:
        try:
            words = shlex.split(typed)
        except ValueError as error:
            self._say(f"This line cannot be split: {error}.")
        else:
            await self._run(words)

    async def _run_job(self, job: Job) -> None:
        self._say(job.title)
        answers: dict[str, str] = {}
        with tempfile.TemporaryDirectory(prefix="backup-tui-") as folder:
            try:
                for step in job.steps:
                    if not await self._step(step, answers, Path(folder)):
                        return
            except Back:
                self._say("Back at the menu. Nothing else was done.")

    async def _step(self, step: Step, answers: dict[str, str], folder: Path) -> bool:
        """Asks and runs; again after input that cannot be used. Returns whether the job continues."""
        while True:
            for question in step.ask:
                answers[question.name] = await self._answer(question, answers.get(question.name, ""), folder)
                if question.choices == YES and answers[question.name] == "no":
                    return False
            code, last = await self._run(_filled(step.command, answers))
            if step.keep:
                answers[step.keep] = last
            if code in _AGAIN and step.ask:
                self._say("The questions are asked again; an empty line keeps the earlier answer.")
                continue
            return code == 0 or code in step.also

    async def _answer(self, question: Question, before: str, folder: Path) -> str:
        if question.lines:
            return await self._list(question, folder)
        default = question.default if question.is_phrase else before or question.default
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
            self._say(f"{answer!r} is none of: {', '.join(question.choices)}.")

    async def _list(self, question: Question, folder: Path) -> str:
        self._say(f"{question.text}. An empty line ends the list.")
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

    async def _run(self, words: Sequence[str]) -> tuple[int, str]:
        """Runs one command in this workspace, and returns its exit code and the last line that it printed."""
        kept = _Kept()
        out = Output(kept, sys.stdout, LINES)  # type: ignore[arg-type]
        try:
            args = parse(list(words))
            if args.run in ("help", "simulator") or not hasattr(args, "header"):
                raise UsageError.unsent("This does not work in plain mode.", "command", " ".join(words))
            out = Output(kept, sys.stdout, _in_lines(args), args.header)  # type: ignore[arg-type]
            out.sent = lambda: self._ws.sent
            module, _, name = args.run.partition(":")
            command: Callable[..., object] = getattr(import_module(module), name)
            if hasattr(args, "takes_ids"):
                from backup_tui.headless.ids import expand_ids

                await expand_ids(self._ws, args)
            first: Callable[[], Settings] | Workspace = (lambda: self._ws.settings) if args.plain else self._ws
            code = await command(first, args, out)  # type: ignore[misc]
            out.finish()
        except SystemExit:  # a help text was printed
            return 0, kept.last
        except BackupTuiError as error:
            out.finish(error)
            return error.exit_code, kept.last
        return code, kept.last

    async def _line(self, question: str) -> str:
        """One line that was typed. Raises `Left` at the end of the input."""
        put(sys.stdout, f"{question}: ")
        typed = await self._typed.line()
        if not typed:
            put(sys.stdout, "\n")
            raise Left
        return typed.strip()

    @staticmethod
    def _say(*lines: str) -> None:
        put(sys.stdout, "".join(f"{safe(line, 2_000)}\n" for line in lines))


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
