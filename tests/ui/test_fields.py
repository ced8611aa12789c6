"""Specifies the phrase field and the choice: nothing acts by accident."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from backup_tui.ui.frame.themes import TERMINAL, style_paths
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.phrase_field import PhraseField
from backup_tui.ui.widgets.rows import TONES


class Tones(Screen[None]):
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in TONES}


class FieldApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__(css_path=[*style_paths()])
        self.register_theme(TERMINAL)
        self.theme = TERMINAL.name
        self.acted: list[str] = []
        self.refused: list[str] = []

    def get_default_screen(self) -> Screen[None]:
        return Tones()

    def compose(self) -> ComposeResult:
        yield PhraseField("restore 3")
        yield RadioLine([("ignore", "ignore"), ("prefer", "prefer")])
        yield FieldLine("Units", TextField(), "none yet")

    def on_mount(self) -> None:
        self.query_one(PhraseField).focus()

    def on_phrase_field_submitted(self, event: PhraseField.Submitted) -> None:
        self.acted.append(event.phrase)

    def on_phrase_field_refused(self, event: PhraseField.Refused) -> None:
        self.refused.append(event.typed)


def keys(app: App[None], text: str, at: float, apart: float) -> None:
    """Posts keys with given times, as the terminal's driver would."""
    for number, character in enumerate(text):
        event = events.Key({"\n": "enter", " ": "space"}.get(character, character), character)
        event.time = at + number * apart
        app.query_one(PhraseField).post_message(event)


async def drawn(app: App[None], pilot: Pilot[None]) -> None:
    """Waits until what is typed counts."""
    while not app.query_one(PhraseField).listens:
        await pilot.pause()


async def test_enter_acts_on_the_exact_phrase_only_whatever_its_case() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        await drawn(app, pilot)
        await pilot.press(*"restore 4", "enter")
        assert app.acted == []
        assert app.refused == ["restore 4"]
        await pilot.press("backspace", *"3 ", "enter")
        assert app.acted == ["restore 3"]
        app.query_one(PhraseField).reset("overwrite 39 contoso")
        await drawn(app, pilot)
        await pilot.press("enter")
        assert app.acted == ["restore 3"]
        await pilot.press(*"OVERWRITE 39 Contoso", "enter")
        assert app.acted[-1] == "overwrite 39 contoso"


async def test_what_was_typed_before_the_field_was_drawn_is_dropped() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        keys(app, "restore 3", at=0.0, apart=0.2)
        await pilot.pause()
        assert app.query_one(PhraseField).typed == ""


async def test_a_pasted_line_break_is_no_enter() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        await drawn(app, pilot)
        field = app.query_one(PhraseField)
        field.post_message(events.Paste("restore 3\n"))
        await pilot.pause()
        assert field.is_exact
        assert app.acted == []
        field.reset()
        await drawn(app, pilot)
        later = events.Event().time + 1
        keys(app, "restore 3\n", at=later, apart=0.001)
        await pilot.pause()
        assert field.is_exact
        assert app.acted == []
        keys(app, "\n", at=later + 1, apart=0)
        await pilot.pause()
        assert app.acted == ["restore 3"]


async def test_a_phrase_that_is_not_offered_takes_no_text() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        app.query_one(PhraseField).reset(offered=False)
        await pilot.pause()
        await pilot.press(*"restore 3", "enter")
        assert app.query_one(PhraseField).typed == ""
        assert app.acted == app.refused == []


async def test_a_choice_starts_without_one_and_is_made_by_arrow_or_number() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        line = app.query_one(RadioLine)
        assert line.render_line(0).text.rstrip() == "ignore  prefer"
        line.focus()
        await pilot.press("right")
        assert line.value == "ignore"
        await pilot.press("2")
        assert line.render_line(0).text.rstrip() == "ignore  [prefer]"


async def test_the_note_of_a_field_grows_with_its_text() -> None:
    app = FieldApp()
    async with app.run_test(size=(80, 24)) as pilot:
        field = app.query_one(FieldLine)
        field.set_note("37 of 39 names found", "warn")
        await pilot.pause()
        note = field.query_one(".note")
        assert note.render_line(0).text == "  37 of 39 names found"
        assert field.note == "37 of 39 names found"
