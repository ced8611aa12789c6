"""The commands of single mails, as data."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import TIME, UNITS, Option, destination
from backup_tui.headless.parser import whole

KINDS = ("email", "note", "task", "contact", "calendar")
"""The words of `models.mail_query.MessageKind`, repeated because that module is not needed to show a help text."""

_WHOSE = (
    Option("--unit MAILBOX", "mailbox that is searched: its address or id", required=True, either="whose"),
    Option("--units FILE", f"{UNITS}; each mailbox is searched separately", required=True, either="whose"),
)
_QUERY = (
    Option("--subject TEXT", "text of the subject, * only at its end (repeatable, up to 3)", {"action": "append"}),
    Option("--sender TEXT", "display name, alias or address of the sender"),
    Option("--participant TEXT", "one of the recipients: to, cc or bcc (repeatable, up to 3)", {"action": "append"}),
    Option("--attachment yes|no", "only with, or only without an attachment", {"choices": ("yes", "no")}),
    Option("--kind KIND", ", ".join(KINDS), {"choices": KINDS}),
    Option(
        "--query TEXT",
        "the search in the language of the service, in place of the options above; up to 5 values of one property",
    ),
)
_AFTER = Option("--after TIME", "the oldest point that is looked at (7 days before the newest)")
_SEARCHES = Option("--searches N", "searches that may be made in one mailbox (12)", {"type": whole(1, 200)})
_EXAMPLE = "--unit adele.vance@contoso.com --subject 'budget*' --sender ryan@contoso.com"

MAIL_COMMANDS: tuple[Command, ...] = (
    Command(
        "mail search",
        "count the mails that a search finds, over the restore points of mailboxes",
        "mail:search",
        (
            *_WHOSE,
            *_QUERY,
            Option("--before TIME", f"{TIME}: the newest point that is looked at (latest)", {"default": "latest"}),
            _AFTER,
            Option("--at TIME", "search the point at or before this time, too (repeatable)", {"action": "append"}),
            _SEARCHES,
        ),
        (f"mail search {_EXAMPLE} --before latest", "mail search --units people.csv --subject invoice --after 2d"),
        more="Finds the last point before they disappeared, by halving the time; nothing is changed.",
        notes="Each search is of one point of one mailbox. The service counts hits; it cannot list them. Exits with 6 "
        "if a mailbox was not searched or nothing was found in it.",
    ),
    Command(
        "mail draft",
        "create a draft of the mails that a search finds in one restore point",
        "mail:draft",
        (
            *_WHOSE,
            *_QUERY,
            Option("--at TIME", "take the newest point at or before this time", required=True, either="point"),
            Option("--point ID", "take this point, as mail search prints it", required=True, either="point"),
            Option("--before TIME", "take the last point before they disappeared", required=True, either="point"),
            _AFTER,
            destination(required=True),
            _SEARCHES,
        ),
        (
            f"mail draft {_EXAMPLE} --before latest --to in-place",
            "mail draft --unit adele.vance@contoso.com --subject 'budget*' --at '27 Nov 19:40' --to new",
        ),
        more="Prints its id; nothing is restored before it is activated.",
        notes="The draft holds all mails that the search finds; the service cannot list them. In place, a mail whose "
        "folder no longer exists goes into a recovered folder. Exits with 6 if a mailbox is not in it.",
    ),
)
