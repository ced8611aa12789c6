"""What a command of the shell is."""

from typing import NamedTuple

from backup_tui.headless.options import Option

PARTLY = 6  # exit code of what ended and did not succeed, or does not hold, in every part


class Command(NamedTuple):
    """One command."""

    words: str  # the words that name it: `sessions activate`
    summary: str  # what it does: imperative, lower case, no period
    # `module:function` in this package, imported only when the command is run, or one of another room with its whole
    # name; `help` and `simulator` are run by `cli`
    run: str
    options: tuple[Option, ...] = ()  # its own arguments, in the order of its help text
    examples: tuple[str, ...] = ()  # command lines that work as printed, without the program's name
    more: str = ""  # a sentence that its help text adds to the summary
    notes: str = ""  # a paragraph below its options
    plain: bool = False  # it needs no workspace
    offline: str = ""  # the function to run with `--offline`; it needs no workspace
    default: bool = False  # it is also run by the first of its words alone
    # headings of the list that it prints, `POINT ID`; the names of its columns for programs are made of them
    # (`point_id`) and stay as they are
    header: tuple[str, ...] = ()


def column_name(heading: str) -> str:
    """A heading of a list as programs see it: `point_id` of `POINT ID`; parentheses fall away."""
    return "_".join("".join(one if one.isalnum() else " " for one in heading.casefold()).split())
