"""The phrase field of a review; while it is empty, the key that shows everything is a key."""

from collections.abc import Sequence

from textual import events
from textual.message import Message

from backup_tui.ui.widgets.phrase_field import PhraseField


class ReviewPhrase(PhraseField):
    """The phrase of a review. No phrase begins with `v`, so `v` in the empty field shows all of the review; another key
    that a person chose for that does so unless the phrase begins with it."""

    class AllWanted(Message):
        """The key that shows everything, in the empty field."""

    class Typed(Message):
        """Another text is in the field."""

    def __init__(self, phrase: str, *, offered: bool, show_all: Sequence[str]) -> None:
        super().__init__(phrase, offered=offered)
        self._show_all = [key for key in show_all if key.casefold() != phrase[:1].casefold()]

    def on_key(self, event: events.Key) -> None:
        if event.key in self._show_all and not self.typed:
            event.stop()
            event.prevent_default()
            self.post_message(self.AllWanted())

    def _set(self, text: str) -> None:
        super()._set(text)
        self.post_message(self.Typed())
