"""Specifies what depends on parts of Textual that are no public interface, and that the program does without them."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
from demo_screens import FakeWorkspace, demo_app
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

import backup_tui.ui
from backup_tui.ui import textual_internals
from backup_tui.ui.textual_internals import TRIED

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
sys.path.insert(0, {here!r})
import textual.app, textual._compositor, textual._xterm_parser
{change}
from demo_screens import FakeWorkspace, demo_app
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from backup_tui.ui.textual_internals import missing
from backup_tui.ui.start import run_app

app = demo_app(FakeWorkspace())

async def drive(pilot):
    private = "adele.vance.private"
    await pilot.press("down", "colon")
    await pilot.pause()
    print("shown:", type(app.screen).__name__, "missing:", missing(), "driver:", app.driver_class.__name__)
    await pilot.press("escape")
    {end}

app.run(headless=True, auto_pilot=drive)
print("code:", app.exit_code, "fault:", type(app.fault).__name__)
"""


def run(change: str, end: str = "app.exit(0)") -> subprocess.CompletedProcess[str]:
    code = PROGRAM.format(here=str(ROOT / "tests" / "ui"), change=change, end=end)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_this_textual_was_tried_and_has_all_that_is_used() -> None:
    """A new version fails here: look at each part that is missing, then add it to TRIED and to the pin."""
    assert textual_internals.missing() == ()
    assert version("textual") in TRIED


def test_the_pin_names_the_versions_that_were_tried() -> None:
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    (pin,) = [need for need in needs if need.startswith("textual")]
    minor = [int(part) for part in TRIED[-1].split(".")[:2]]
    assert pin == f"textual>={TRIED[0]},<{minor[0]}.{minor[1] + 1}", "versions that were never tried stay out"


@pytest.mark.parametrize(
    ("change", "driver"),
    [
        ("textual.app.App._display = lambda self, screen, update, more=None: None", "TerminalDriver"),
        ("textual._compositor.ChopsUpdate.render_segments = lambda self, console, more: ''", "TerminalDriver"),
        ("textual._xterm_parser.XTermParser.feed = lambda self, data, more: ()", "LinuxDriver"),
        ("textual._xterm_parser.XTermParser.__init__ = lambda self, stream, debug: None", "LinuxDriver"),
    ],
    ids=[
        "drawing has another parameter",
        "updates differ",
        "the parser is fed otherwise",
        "the parser is made otherwise",
    ],
)
def test_without_a_part_the_program_goes_the_plain_way(change: str, driver: str) -> None:
    done = run(change)
    assert "shown: PaletteScreen" in done.stdout, done.stderr
    assert "missing: ()" not in done.stdout
    assert f"driver: {driver}" in done.stdout
    assert "code: 0" in done.stdout


TELLS_OTHERWISE = """
from textual.app import App
tell = App._fatal_error
def handle(self, error):
    self._return_code = 1
    tell(self)
App._handle_exception = handle
App._fatal_error = lambda self, error: tell(self)
"""


def test_a_fault_shows_no_values_when_textual_tells_faults_otherwise() -> None:
    done = run(TELLS_OTHERWISE, "app.call_later(lambda: {}[len(private)])")
    assert "App._fatal_error" in done.stdout, done.stderr
    assert "code: 1" in done.stdout, done.stderr
    assert "adele.vance.private" not in done.stdout + done.stderr


@cache
def _sources(module: str) -> Mapping[str, str]:
    """The source of each class of a module, which is parsed once for all."""
    text = inspect.getsource(sys.modules[module])
    lines = text.splitlines()
    classes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
    return {node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in classes}


def source(kind: type) -> str:
    return _sources(kind.__module__)[kind.__qualname__.rpartition(".")[2]]


def private_of(kind: type) -> set[str]:
    """The private members of a class, as its source names them."""
    said = set(re.findall(r"\b(?:self\.|def )(_[a-z]\w*)", source(kind)))
    return said | {name for name in vars(kind) if re.match(r"_[a-z]", name)}


def ours() -> Iterator[type]:
    """Every class of the screens that is a kind of one of Textual's."""
    for found in pkgutil.walk_packages(backup_tui.ui.__path__, "backup_tui.ui."):
        for kind in vars(importlib.import_module(found.name)).values():
            if not isinstance(kind, type) or kind.__module__ != found.name or found.name == textual_internals.__name__:
                continue
            if any(base.__module__.startswith("textual.") for base in kind.__mro__):
                yield kind


def test_no_other_module_uses_or_replaces_what_is_private_to_textual() -> None:
    known: dict[type, set[str]] = {}
    found = []
    for kind in ours():
        bases = [base for base in kind.__mro__ if base.__module__.startswith("textual.")]
        for base in bases:
            known.setdefault(base, private_of(base))
        used = set(re.findall(r"\b(?:self\.|super\(\)\.|app\.|screen\.|def )(_[a-z]\w*)", source(kind)))
        if shared := used & set().union(*(known[base] for base in bases)):
            found.append((kind.__module__, kind.__name__, sorted(shared)))
    assert found == []


def test_no_other_module_imports_what_is_private_to_textual() -> None:
    for file in (ROOT / "backup_tui").rglob("*.py"):
        if file.name != "textual_internals.py":
            assert not re.search(r"(?:from|import) textual[.\w]*\._", file.read_text(encoding="utf-8")), file


async def test_tasks_begin_in_the_same_order_in_every_version_of_python() -> None:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coroutine, **named: asyncio.Task(coroutine, loop=loop, **named))
    async with demo_app(FakeWorkspace()).run_test():
        assert loop.get_task_factory() is None


async def test_no_frame_is_drawn_that_is_not_shown_and_a_switch_of_screens_styles_no_widget_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = demo_app(FakeWorkspace())
    unseen, styled = list[bool](), list[str]()
    draw, style = Compositor.render_full_update, Stylesheet.update

    def counted(self: Compositor, simplify: bool = False) -> object:
        unseen.append(bool(app._batch_count))
        return draw(self, simplify)

    def noted(self: Stylesheet, root: DOMNode, animate: bool = False) -> None:
        styled.append(type(root).__name__)
        style(self, root, animate)

    monkeypatch.setattr(Compositor, "render_full_update", counted)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert unseen
        assert not any(unseen)
        await pilot.press("2", "1")
        monkeypatch.setattr(Stylesheet, "update", noted)
        await pilot.press("2", "1")
        assert styled == []
