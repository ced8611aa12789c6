"""Specifies what every screen, and the terminal around it, says of a first failure or a wave that has ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace
from restores import drafted, program, started
from support import Simulated, message, until
from textual.pilot import Pilot

from backup_tui.config.file import NOTIFY
from backup_tui.models.text import short_id
from backup_tui.simulator.domain.artifacts import Run
from backup_tui.ui.terminal.notices import WINDOW_TITLE_BEFORE, notification, window_title

SIZE = (120, 40)


class Terminal:
    """Takes what the program writes beside its frames."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)


async def running(pilot: Pilot[Any], one: Simulated) -> str:
    """A restore of three that was seen running: the first unit fails soon, the others take a day."""
    session_id = await drafted(pilot, one, count=3)
    await started(pilot, one, session_id)
    session = one.service.sessions[session_id]
    begun = cast(float, session.activated)
    ends, errors = (begun + 60, begun + 86_400, begun + 86_400), ("ArtifactNotFound", None, None)
    runs = [
        replace(cast(Run, artifact.run), scheduled=begun, start=begun, end=end, error=error)
        for artifact, end, error in zip(session.artifacts, ends, errors, strict=True)
    ]
    session.start(runs, session.modified_by, begun)
    await read(pilot, one, session_id)
    return session_id


async def read(pilot: Pilot[Any], one: Simulated, session_id: str) -> None:
    await one.workspace.load_artifacts(session_id)
    one.app.bridge.deliver()
    await pilot.pause()


@pytest.mark.parametrize("key", ["3", "5"])
async def test_every_screen_says_the_first_failure_until_a_key_is_pressed(tmp_path: Path, key: str) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await running(pilot, one)
        await pilot.press(key)
        one.advance(120)
        await read(pilot, one, session_id)
        words = f"First failure in OneDrive {short_id(session_id)}: 1 of 3 failed."
        await until(pilot, lambda: words in message(cast(Any, one.app.screen)), "it is said")
        await pilot.press("down")
        await pilot.pause()
        assert words not in message(cast(Any, one.app.screen))
        one.advance(120)
        await read(pilot, one, session_id)
        assert words not in message(cast(Any, one.app.screen)), "it is the first one only once"


@pytest.mark.parametrize("notify", NOTIFY)
async def test_the_terminal_is_told_as_the_settings_say_and_its_title_comes_back(tmp_path: Path, notify: str) -> None:
    one = program(tmp_path, settings={"notify": notify, "window_title": notify != "off"})
    terminal = Terminal()
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await running(pilot, one)
        one.app.terminal = cast(Any, terminal)
        one.advance(120)
        await read(pilot, one, session_id)
        await until(pilot, lambda: one.app.happened, "it is said")
        sent = "".join(terminal.written)
        words = f"First failure in OneDrive {short_id(session_id)}: 1 of 3 failed."
        assert ("\x1b]9;" in sent, "\x1b]777;notify;" in sent) == (notify == "osc9", notify == "osc777")
        assert sent.count(words) == (0 if notify == "off" else 2), "the notification and the title"
        await pilot.press("down")
        assert (terminal.written[-1:] == [WINDOW_TITLE_BEFORE]) == (notify != "off")
        one.app.terminal = None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("osc9", "\x1b]9;backup-tui: 2 failed; look\x1b\\"),
        ("osc777", "\x1b]777;notify;backup-tui;2 failed, look\x1b\\"),
        ("off", ""),
    ],
)
def test_a_notification_is_one_sequence(kind: str, expected: str) -> None:
    assert notification(kind, "backup-tui", "2 failed; look", {}) == expected


@pytest.mark.parametrize("kind", ["osc9", "osc777"])
def test_inside_tmux_it_is_wrapped_for_the_terminal_around_it(kind: str) -> None:
    bare, wrapped = (notification(kind, "backup-tui", "done", env) for env in ({}, {"TMUX": "/tmp/tmux-0/default,1,0"}))
    assert wrapped.startswith("\x1bPtmux;\x1b\x1b]")
    assert wrapped.removeprefix("\x1bPtmux;").removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b") == bare


@pytest.mark.parametrize("hostile", ["a\x1b]0;owned\x07b", "a\x9c\x1b\\b", "line\nbreak", "\x07", "x" * 9_000])
def test_a_text_of_the_service_cannot_end_the_sequence_or_begin_another(hostile: str) -> None:
    sequences: Sequence[str] = (
        notification("osc9", "backup-tui", hostile, {}),
        notification("osc777", hostile, hostile, {}),
        window_title(hostile),
    )
    for sequence in sequences:
        body = sequence.removeprefix("\x1b[22;2t").removeprefix("\x1b]").removesuffix("\x1b\\")
        assert body.isprintable()
        assert len(body) < 500
