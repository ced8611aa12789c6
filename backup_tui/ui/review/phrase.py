"""The phrase field of a review; while it is empty, `v` is a key."""

from textual import events
from textual.message import Message

from backup_tui.ui.widgets.phrase_field import PhraseField


class ReviewPhrase(PhraseField):
    """The phrase of a review. No phrase begins with `v`, so `v` in the empty field shows all of the review."""

    class AllWanted(Message):
        """`v` in the empty field."""

    class Typed(Message):
        """Another text is in the field."""

    def on_key(self, event: events.Key) -> None:
        if event.key == "v" and not self.typed:
            event.stop()
            event.prevent_default()
            self.post_message(self.AllWanted())

    def _set(self, text: str) -> None:
        super()._set(text)
        self.post_message(self.Typed())
