"""Copies through the terminal (OSC 52), reports what was copied, and limits how much."""

from typing import Protocol

LARGEST = 74_000
"""Bytes of text that are sent at most: many terminals drop an OSC 52 sequence above about 100 kB of base64."""


class Copier(Protocol):
    """An app that can copy; Textual's `App` is one."""

    def copy_to_clipboard(self, text: str) -> None:
        """Sends the text to the terminal's clipboard."""
        ...


def copy(app: Copier, text: str, what: str) -> str:
    """Copies `text` and gives the sentence for the message line. `app`: where to copy. `what`: its name for the person
    (`id 61633878`)."""
    if not text:
        return f"Nothing to copy: there is no {what}."
    size = len(text.encode("utf-8"))
    if size > LARGEST:
        return f"Not copied: {what} has {size:,} bytes, a terminal takes {LARGEST:,}. e exports to a file."
    app.copy_to_clipboard(text)
    return f"Sent to the terminal's clipboard: {what}. Not every terminal takes it."
