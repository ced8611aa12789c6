"""What is looked for in a mailbox: https://learn.microsoft.com/graph/backup-restore-granular-search

The language has one group in parentheses for each property, joined by `-and`; a property that may appear several
times has its comparisons in its one group. `*` is a wildcard at the end of a text and nothing elsewhere. How a quote
inside a text is written is said nowhere; it is doubled, as in every expression of the service."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.errors import UsageError
from backup_tui.models.times import iso

MOST_TEXTS = 3  # texts of one property that may be joined by `-and` (table of the page)

MOST_VALUES = 5  # values of one property in a whole search, however they are joined (product page on granular restore)


class MessageKind(StrEnum):
    """Kind of a mailbox's item; the value is the word of the query language."""

    EMAIL = "Email"
    NOTE = "Note"
    TASK = "Task"
    CONTACT = "Contact"
    CALENDAR = "Calendar"


class MailQuery(Struct, frozen=True):
    """What must be true of an item: everything that is given. Raises `UsageError`: nothing is given, more texts than
    `MOST_TEXTS`, or a text that the language cannot hold."""

    # each must be in the subject (or its equivalent in other kinds of items); `*` at the end
    subjects: tuple[str, ...] = ()
    sender: str = ""  # display name, alias, SMTP address or legacyDN; `*` at the end
    participants: tuple[str, ...] = ()  # each must be among the recipients, as a sender is written
    has_attachment: bool | None = None
    kind: MessageKind | None = None
    # It was removed or changed after this moment. The property is in the pages' examples only.
    removed_after: datetime | None = None

    def __post_init__(self) -> None:
        for name, texts in (("subject", self.subjects), ("participants", self.participants)):
            if len(texts) > MOST_TEXTS:
                raise UsageError.unsent(
                    f"{len(texts)} texts are too many for {name}; {MOST_TEXTS} can be joined.", name
                )
            for text in texts:
                _check(name, text)
        if self.sender:
            _check("sender", self.sender)
        texts_given = self.subjects or self.sender or self.participants
        if not (texts_given or self.kind or self.removed_after) and self.has_attachment is None:
            raise UsageError.unsent("Nothing to search for.", "query")

    @property
    def expression(self) -> str:
        """`(Subject -like 'Invoice*') -and (HasAttachment -eq 'true')`."""
        groups = [
            *_group("Subject", "-like", self.subjects),
            *_group("Sender", "-like", (self.sender,) if self.sender else ()),
            *_group("Participants", "-like", self.participants),
        ]
        if self.has_attachment is not None:
            groups += _group("HasAttachment", "-eq", ("true" if self.has_attachment else "false",))
        if self.kind is not None:
            groups += _group("MessageKind", "-eq", (self.kind.value,))
        if self.removed_after is not None:
            groups += _group("PitrDumpsterActionTriggeredTime", "-gt", (iso(self.removed_after),))
        return " -and ".join(groups)

    @property
    def fits_structured(self) -> bool:
        """Whether the structured form means the same: it has no time of removal, and no page says whether an item has
        to match all texts of one of its lists, or any of them."""
        return self.removed_after is None and len(self.subjects) < 2 and len(self.participants) < 2

    def body(self, *, structured: bool = False) -> dict[str, object]:
        """The `artifactQuery` of a search. Raises `UsageError`: the structured form has no place for
        `removed_after`."""
        if not structured:
            return {"queryExpression": self.expression, "artifactType": "message"}
        if self.removed_after is not None:
            raise UsageError.unsent("The structured form of a search has no time of removal.", "removed_after")
        query: dict[str, object] = {}
        if self.subjects:
            query["subjects"] = list(self.subjects)
        if self.sender:
            query["senders"] = [self.sender]
        if self.participants:
            query["recipients"] = list(self.participants)
        if self.has_attachment is not None:
            query["hasAttachment"] = self.has_attachment
        if self.kind is not None:
            query["items"] = [self.kind.value.lower()]
        return {"artifactType": "message", "structuredQueryExpression": query}


class TypedQuery(Struct, frozen=True):
    """A search as a person wrote it, in the language of the service. `models.mail_language.read_query` checks it."""

    expression: str

    def body(self, *, structured: bool = False) -> dict[str, object]:
        """The `artifactQuery` of a search: the text in both versions of the service, since only a text can hold it."""
        return {"queryExpression": self.expression, "artifactType": "message"}


AnyMailQuery = MailQuery | TypedQuery


def _group(name: str, operator: str, values: tuple[str, ...]) -> list[str]:
    terms = [f"{name} {operator} '{value.replace(chr(39), chr(39) * 2)}'" for value in values]
    return [f"({' -and '.join(terms)})"] if terms else []


def _check(name: str, text: str) -> None:
    if not text.strip() or not text.rstrip("*").strip():
        raise UsageError.unsent("A search text is empty.", name, text)
    if "*" in text[:-1]:
        raise UsageError.unsent(f"{text!r}: a * can be only at the end of a text.", name, text)
    if any(not char.isprintable() for char in text):
        raise UsageError.unsent("A search text has a control character.", name, text)
