"""Lays out a review on terminals of any height: the sentence and the phrase stay, the rest scrolls. Pure."""

from typing import Any

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.paragraphs import Para, laid_out

TALL, FEW_NAMES, MORE_NAMES = 40, 3, 12  # names that are shown of many, below and from this height of the terminal on

FRAME, FOOT = 3, 2  # lines of the frame, and of what is below the checks besides a note

ROOMY = 20  # from this height on an empty line stays above the keys

LEAST_CHECKS = 3  # so many lines of checks are in sight before the names scroll with them


def names_shown(height: int) -> int:
    """How many names of many there are room for."""
    return MORE_NAMES if height >= TALL else FEW_NAMES


def arranged(
    always: list[Para], about: list[Para], checks: list[Para], note: list[Para], size: tuple[int, int]
) -> tuple[list[Para], list[Para], list[Para]]:
    """What stays above, what scrolls, and the note under the phrase.

    Args:
        always: The title and the sentence.
        about: Times, names and the line above the checks; they scroll on a low terminal.
        note: The note, with the small print at its end; that gives way first, since 5 Activity has it.
        size: Columns and rows of the terminal.
    """
    width, height = size

    def lines(paragraphs: list[Para]) -> int:
        return len(laid_out(paragraphs, width - 2))

    room = height - FRAME - FOOT - 1 - lines(always)
    fitting = (note[:count] for count in range(len(note), 1, -1))
    note = next((shorter for shorter in fitting if lines(shorter) <= room), note[:1])
    if not note and height >= ROOMY:
        note = [Para()]
    room = height - FRAME - FOOT - lines(note)
    if lines([*always, *about]) + min(LEAST_CHECKS, len(checks)) <= room:
        return [*always, *about], checks, note
    return always, [*about, *checks], note


def final_words(review: ChangeReview[Any], width: int) -> str:
    """The last sentence before the phrase, without its reason where that does not fit."""
    if not review.final or width_of(review.final) + 2 <= width:
        return review.final
    return f"{review.final.partition(':')[0]}."
