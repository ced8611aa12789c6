"""Commands of the search for mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backup_tui.ui.frame.commands import Command, Commands, Context

if TYPE_CHECKING:
    from backup_tui.ui.mail.screen import FindMail


class MailContext(Context, frozen=True):
    """What the commands look at."""

    hits: int | None = None  # of the point under the cursor; `None` where none is under it
    searching: bool = False  # a search is under way
    more: bool = False  # the searches are used up before the change was found
    searched: bool = False  # something was searched


def _why_no_restore(context: MailContext) -> str | None:
    if context.searching:
        return "Searching; wait until the points are found."
    return None if context.hits else "No hits at this point."


# fmt: off
def mail_commands(screen: type[FindMail]) -> Commands[FindMail, MailContext]:
    """The keys of the screen, and what they do."""
    return (
        Command("search", ("enter",), "search", "Searches with these fields: at most 12 searches, halving the time.",
                run=screen.search, feature="points", weight=0),
        Command("edit_query", ("e",), "edit query", "Edits the query by hand, in the language of the service.",
                run=screen.edit_query, weight=3),
        Command("restore_these", ("n",), "restore these",
                "Creates a draft of all hits of this point and opens its review; nothing starts before that.",
                run=screen.restore_these, name="restore mails", group="Change", weight=1, changes=True,
                needs="service", feature="restore", needs_row=True, blocked=_why_no_restore),
        Command("search_on", ("m",), help="Searches on where 12 searches were not enough.", run=screen.search_on,
                feature="points", footer_text=lambda context: "search on" if context.more else "",
                blocked=lambda context: None if context.more else "Nothing is left to find out."),
        Command("search_time", ("t",), "a time", "Searches the point at a time that you type (1 search).",
                run=screen.ask_time, feature="points", weight=4,
                blocked=lambda context: None if context.searched else "Search first: enter."),
        Command("mailboxes", ("plus",), "mailboxes",
                "Searches several mailboxes, each at its own point: this search becomes a plan, and its check opens.",
                run=screen.ask_mailboxes, name="more mailboxes", weight=5, feature="points",
                blocked=lambda context: "Wait: searching." if context.searching else None),
        Command("copy_query", ("y",), help="Copies the query.", run=screen.copy_query,
                blocked=lambda context: None if context.searched else "Nothing was searched for yet."),
        Command("next_field", ("tab", "down"), help="The next field, then the points.", run=screen.next_field,
                group="Move"),
        Command("field_before", ("shift+tab", "up"), help="The field before.", run=screen.field_before, group="Move"),
    )
# fmt: on
