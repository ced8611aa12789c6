"""What a command of the shell is."""

from typing import NamedTuple

from backup_tui.headless.options import Option

PARTLY = 6
"""Exit code of what ended and did not succeed, or does not hold, in every part."""


class Command(NamedTuple):
    """One command.

    Attributes:
        words: The words that name it: `sessions activate`.
        summary: What it does: imperative, lower case, no period.
        run: `module:function` in this package, imported only when the command is run, or one of another room with
            its whole name; `help` and `simulator` are run by `cli`.
        options: Its own arguments, in the order of its help text.
        examples: Command lines that work as printed, without the program's name.
        more: A sentence that its help text adds to the summary.
        notes: A paragraph below its options.
        plain: It needs no workspace.
        offline: The function to run with `--offline`; it needs no workspace.
        default: It is also run by the first of its words alone.
        header: Headings of the list that it prints, `POINT ID`; the names of its columns for programs are made of
            them (`point_id`) and stay as they are.
    """

    words: str
    summary: str
    run: str
    options: tuple[Option, ...] = ()
    examples: tuple[str, ...] = ()
    more: str = ""
    notes: str = ""
    plain: bool = False
    offline: str = ""
    default: bool = False
    header: tuple[str, ...] = ()
