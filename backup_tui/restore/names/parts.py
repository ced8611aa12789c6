"""The addresses, URLs and ids in a piece of text: a pasted line, a cell of a table, a list from a mail.

An expression finds everything that looks like one, so that nothing is lost; what is whose in a list of mailboxes
(`"Vance, Adele" <adele@contoso.com>`) is left to the standard library's e-mail parser."""

import re
from collections.abc import Sequence
from email.utils import getaddresses
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class Look(StrEnum):
    """What a piece of text looks like."""

    ADDRESS = "address"
    URL = "url"
    ID = "id"
    WORDS = "words"


class Part(Struct, frozen=True):
    """Something in a text that may be a name. `aside`: why it isn't a name of its own, in words that follow `in`; empty
    for a name. `prefix`: the kind of address that Exchange writes before it: `SMTP`, `smtp`, `SIP`; else empty."""

    text: str
    look: Look
    start: int
    end: int
    aside: str = ""
    prefix: str = ""


_GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_BOUNDS = r"\s<>()\[\]\",;:|@“”„«»‹›；，、。：（）［］【】「」《》〈〉＜＞｜•▪‣◦●○■□✓✔✗✘☐☑☒→⇒➜➔⟶–—،؛"
"""Never part of an address. An apostrophe is not among them: `siobhan.o'brien@` must not become somebody else's."""
_WORD = f"[^{_BOUNDS}]"
_DOMAIN = r"[\w\u0300-\u036f-]++(?:\.[\w\u0300-\u036f-]++)*+"
_ADDRESS = rf"{_WORD}++(?:@{_DOMAIN})++"
_REST = r"[^\s<>\"|“”„«»；，、＜＞｜]*"
_THING = re.compile(
    rf"(?P<url>(?:https?|(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.-]{{1,15}})://{_REST})"
    rf"|(?P<site>(?<![\w.-])[A-Za-z0-9.-]{{1,253}},{_GUID},{_GUID})"
    rf"|(?P<host>(?<![\w@./:-])(?:[\w-]+\.)+[A-Za-z]{{2,}}(?::\d+)?/{_REST})"
    r"|(?P<root>(?<![\w@./:-])[\w-]+\.sharepoint(?:-[a-z]+)?\.(?:com|us|de|cn)(?![\w./:@-]))"
    rf"|(?P<path>(?<![\w@./:-])/(?:sites|teams|personal|:\w:)/{_REST})"
    rf"|(?P<guid>(?<![\w-]){_GUID}(?![\w@-]))"
    rf"|(?P<address>(?<!{_WORD}){_ADDRESS})",
    re.IGNORECASE,
)
_NEXT = re.compile(rf"[/\\+&?=!~'*.]+({_ADDRESS})")
"""An address right behind another one: `a@x.com/b@x.com`, `mailto:a@x.com?cc=b@x.com`."""
_LABEL = re.compile(
    r"(?:[^@]*[?&{])?(?:to|cc|bcc|e|mail|e-?mail(?:address)?|upn|user(?:name|principalname)?|smtp|login)=",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"https?$", re.IGNORECASE)
_PREFIX = re.compile(r"\b(smtp|sip|eum|spo|sia|notes|x400|x500|mailto|ms):\s?$", re.IGNORECASE)
_NEXT_URL = re.compile(
    rf"[,;]+(?=(?:[A-Za-z][A-Za-z0-9+.-]{{1,15}}://|{_WORD}+@|/(?:sites|teams|personal)/))", re.IGNORECASE
)
_SITE = re.compile(r"([A-Za-z][\w+.-]*://|[\w.-]+/|)[^/]*/(?:sites|teams|personal)/[^/,;]+/?(?=[,;])", re.IGNORECASE)
_BETWEEN = re.compile(r"[;；，、|→⇒➜\t]|[-=]+>")
_SAME_LINK = re.compile(r"[\s\"'*_\]>)]*[<(|\[][\s\"'(]*(?:mailto:)?|[\"']>", re.IGNORECASE)
_BREAK = re.compile(r"\s+(?:[(\[{<|#/]|[-–—:=|>]+\s|[=-]>|\t)|\s{2,}|\t")
_SEGMENT = re.compile(r'(?:[^;；"]|"[^"]*"?)+')
_MAIL_ONLY = ("sip", "eum", "spo", "sia", "notes", "x400", "x500", "ms")
_EDGES = "'\"`*‘’"

RULER = re.compile(r"[\s|+:=_.\-─━┄│┼├┤┬┴┌┐└┘╞═╪╡]*")  # a line that only draws: the rulers of tables

CLAIM = re.compile(r"\b[ic]:0[#.\w]*\|[\w.-]+\|", re.IGNORECASE)
"""What SharePoint writes before the name of somebody who signs in: `i:0#.f|membership|`."""


def find_parts(text: str) -> list[Part]:
    """Everything in `text` that looks like an address, a URL or an id, in its order; those set aside say why."""
    if "@" not in text and "/" not in text and text.count("-") < 4 and ".sharepoint" not in text.lower():
        return []  # nearly every cell of a wide table
    parts = _linked_once(text, _scan(text))
    return _proxies(_mailboxes(text, parts))


def names_in(text: str) -> tuple[list[Part], list[Part]]:
    """The names in a line or a cell, and what looks like a name beside them but is not. Among addresses, a part
    between semicolons that has none is a name too: mail programs write `Vance, Adele; Bowen, Megan`."""
    parts = find_parts(text)
    names, asides = [part for part in parts if not part.aside], [part for part in parts if part.aside]
    if len(parts) == 1 and names:
        names = [_with_its_rest(text, names[0])]
        parts = names
    others = [part for part in _words(text, parts) if _says_something(part.text)]
    if not names and len(others) == 1 and not asides:
        return [Part(text.strip(), Look.WORDS, 0, len(text))], []
    return sorted([*names, *others], key=lambda part: part.start), asides


def is_one(text: str) -> Look | None:
    """What a cell that holds one name and little else looks like; `None` for any other."""
    parts = [part for part in find_parts(text) if not part.aside]
    return parts[0].look if parts else None


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _scan(text: str) -> list[Part]:
    found: list[Part] = []
    at = 0
    while True:
        near = _NEXT.match(text, at) if found and found[-1].look is Look.ADDRESS else None
        match = near or _THING.search(text, at)
        if match is None:
            return found
        if near is not None:
            part = _address(text, near.start(1), near.end(1))
        elif match.lastgroup == "address":
            part = _address(text, match.start(), match.end())
        elif match.lastgroup in ("site", "guid"):
            part = Part(match[0], Look.ID, match.start(), match.end())
        else:
            part = _url(text, match.start(), match.end())
        at = max(part.end, match.start() + 1)
        if part.text:
            found.append(part)


def _address(text: str, start: int, end: int) -> Part:
    whole = start
    label = _LABEL.match(text, start, end)
    if label is not None:
        start = label.end()
    glued = _SCHEME.search(text, start, end) if text.startswith("://", end) else None
    if glued is not None:
        end = glued.start()
    first, last = start, end
    while start < end and text[start] in _EDGES + "{}":
        start += 1
    while end > start and text[end - 1] in "-_.":
        end -= 1
    if text[start] == "_" and end < last and text[end] == "_":
        start += 1  # _adele@contoso.com_ is emphasis; _adele@contoso.com is another person than adele
    prefix = _PREFIX.search(text, max(0, first - 10), first)
    kind = prefix[1] if prefix is not None and prefix[1].lower() != "mailto" else ""
    return Part(text[start:end], Look.ADDRESS, start if label is None else whole, end, prefix=kind)


def _url(text: str, start: int, end: int) -> Part:
    url = text[start:end]
    for cut in (_NEXT_URL.search(url), re.search(r"\]\(", url)):
        if cut is not None:
            url = url[: cut.start()]
    site = _SITE.match(url)
    if site is not None:
        url = site[0]  # a row of a table: the address of a site holds neither comma nor semicolon
    while url and (url[-1] in ".,;:!?'`*\"]}" or (url[-1] == ")" and url.count("(") < url.count(")"))):
        url = url[:-1]
    return Part(url, Look.URL, start, start + len(url))


def _linked_once(text: str, parts: Sequence[Part]) -> list[Part]:
    """Takes `adele@x.com <mailto:adele@x.com>` and `[adele@x.com](mailto:adele@x.com)` for one."""
    kept: list[Part] = []
    for part in parts:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.text.casefold() == part.text.casefold()
            and _SAME_LINK.fullmatch(text, last.end, part.start)
        ):
            kept[-1] = replace(part, start=last.start)
        else:
            kept.append(part)
    return kept


def _mailboxes(text: str, parts: Sequence[Part]) -> list[Part]:
    """Sets aside the addresses that are only part of what somebody is called: `"old@x.com" <adele@x.com>`."""
    if sum(part.look is Look.ADDRESS for part in parts) < 2 or not any(mark in text for mark in '<("'):
        return list(parts)
    whose: set[str] = set()
    called: set[str] = set()
    try:
        mailboxes = getaddresses([_BETWEEN.sub(",", text)])
    except RecursionError:  # the parser goes into each bracket; text nested a thousand deep is not a list of mailboxes
        mailboxes = []
    for called_so, address in mailboxes:
        if "@" in address:
            whose.add(address.strip(_EDGES).casefold())
            called.update(part.text.casefold() for part in _scan(called_so))
    return [
        replace(part, aside="display names")
        if part.look is Look.ADDRESS and part.text.casefold() in called - whose
        else part
        for part in parts
    ]


def _proxies(parts: Sequence[Part]) -> list[Part]:
    """Of the addresses that Exchange lists for one mailbox, the one in capitals is its name."""
    if not any(part.prefix == "SMTP" for part in parts):
        return list(parts)
    return [
        replace(part, aside="aliases") if part.prefix == "smtp" or part.prefix.lower() in _MAIL_ONLY else part
        for part in parts
    ]


def _with_its_rest(text: str, part: Part) -> Part:
    """A URL at the end of a text with what follows: `/sites/A B` must not become `/sites/A` in silence."""
    if part.look is not Look.URL:
        return part
    rest = text[part.end :]
    cut = _BREAK.search(rest)
    rest = (rest[: cut.start()] if cut else rest).rstrip().rstrip("'\"`*,;.)]>")
    if not rest.startswith(" ") or not _says_something(rest):
        return part
    return replace(part, text=part.text + rest, end=part.end + len(rest))


def _words(text: str, parts: Sequence[Part]) -> list[Part]:
    """Names without an address between those that have one, and addresses that are torn apart."""
    masked, at = "", 0
    for part in parts:
        masked += text[at : part.start] + "\x00" * (part.end - part.start)
        at = part.end
    masked += text[at:]
    listed = len(parts) > 1 and not any(mark in masked for mark in '<("|\t') and "," in masked
    found: list[Part] = []
    for segment in _SEGMENT.finditer(masked):
        if "\x00" not in segment[0]:
            if not re.match(r"\s*(?:x[45]00|ms|ex):", segment[0], re.IGNORECASE):
                found.append(_piece(text, segment.start(), segment.end()))
            continue
        for piece in re.finditer(r"[^,，、|\t\x00]+", segment[0]):
            at = segment.start() + piece.start()
            alone = (
                listed
                and (text[at - 1 : at] in ("", ",", ";", "，", "、"))
                and (masked[at + len(piece[0]) : at + len(piece[0]) + 1] in ("", ",", ";", "，", "、"))
            )
            if "@" in piece[0] or (alone and any(char.isalpha() for char in piece[0])):
                found.append(_piece(text, at, at + len(piece[0])))
    return found


def _piece(text: str, start: int, end: int) -> Part:
    return Part(text[start:end].strip(), Look.WORDS, start, end)
