"""Specifies that nothing that looks like an address or a URL is lost between a list and what is made of it.

Each is found again in exactly one of: names (which become units or names to put right), repetitions, remarks.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from listed_units import listed

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.restore.names.names import UnitList, parse_unit_list
from backup_tui.restore.names.resolve import resolve
from backup_tui.restore.names.unit_index import UnitIndex

HOST = "https://contoso.sharepoint.com"
LOOKS_LIKE_ONE = re.compile(r"[A-Za-z0-9]+@[a-z]+\.com|https://[a-z.]+/sites/[a-z0-9]+")
SHOWN = 20
"""Of a remark, so many things are printed; the generated lists have fewer."""
MAILBOXES = ('Vance, Adele <{}>', '"Vance, Adele" <{}>', '"Vance; Adele [HR]" <{}>', "O'Brien <{}>", "<{}>", "{}",
             "Adele ({})", "'{}'", "smtp:{}", "mailto:{}", "**{}**")  # fmt: skip
WORDS = ("# a remark", "#beacon", "", "Please restore:", "Finance, EMEA", "---|---", "+---+")


@st.composite
def lists(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A list as somebody would paste or export it, and the addresses and URLs that were put into it, each once."""
    planted: list[str] = []

    def thing() -> str:
        number = len(planted)
        planted.append(
            draw(st.sampled_from([f"person{number}x@contoso.com", f"{HOST}/sites/team{number}x"]))
            if draw(st.booleans())
            else f"Person{number}x@contoso.com"
        )
        return planted[-1]

    def address() -> str:
        planted.append(f"person{len(planted)}x@contoso.com")
        return planted[-1]

    def mailbox() -> str:
        form = draw(st.sampled_from(MAILBOXES))
        return form.format(address())

    def mail() -> str:
        separator = draw(st.sampled_from(["; ", ", ", ";", ",", " | ", " -> ", "\t", " ", "；", "、"]))
        return separator.join(mailbox() for _ in range(draw(st.integers(1, 3)))) + draw(st.sampled_from(["", ";", "."]))

    def ticket() -> str:
        return "\n".join(f"| {thing()} | 2026-11-20 |" for _ in range(draw(st.integers(1, 3))))

    def bullets() -> str:
        mark = draw(st.sampled_from(["- ", "* ", "1. ", "2) ", "• ", "> ", "", "#", "# "]))
        return "\n".join(f"{mark}{thing()}" for _ in range(draw(st.integers(1, 3))))

    def words() -> str:
        return draw(st.sampled_from(WORDS))

    def table() -> str:
        heading = draw(
            st.sampled_from(
                [
                    ("#", "DisplayName", "PrimarySmtpAddress", "Manager"),
                    ("Nr", "Nimi", "Sähköposti", "Esimies"),
                    ("Id", "Name", "E-Mail-Adresse", "Vorgesetzter"),
                    ("Department", "Name", "UserPrincipalName", "WindowsEmailAddress"),
                    (),
                ]
            )
        )
        out = io.StringIO()
        writer = csv.writer(out, delimiter=draw(st.sampled_from([",", ";", "\t", "|"])), lineterminator="\n")
        if heading:
            writer.writerow(heading)
        for number in range(draw(st.integers(1, 4))):
            own = draw(st.sampled_from(["one", "one", "one", "two", "none", "text"]))
            forms: dict[str, Callable[[], str]] = {
                "one": lambda: mailbox() if draw(st.booleans()) else address(),
                "two": lambda: f"{address()}; {address()}",
                "none": lambda: "",
                "text": lambda: "n/a",
            }
            cell = forms[own]()
            title = draw(st.sampled_from(["Vance, Adele", 'The "best"', "two\nlines", "<none>", "#7", "A | B"]))
            writer.writerow([f"#{number}", title, cell, address() if draw(st.booleans()) else ""])
        return out.getvalue()

    def properties() -> str:
        keys = draw(
            st.sampled_from([("Mail", "Manager"), ("UserPrincipalName", "Owner"), ("url", "siteUrl"), ("x", "y")])
        )
        records = []
        for number in range(draw(st.integers(1, 3))):
            lines = [f"Name : Person {number}", *(f"{key:18} : {thing()}" for key in keys)]
            records.append("\n".join(draw(st.permutations(lines))))
        return "\n\n" + "\n\n".join(records) + "\n\n"

    def mail_head() -> str:
        words = draw(st.sampled_from([("From", "To", "Subject"), ("Von", "An", "Betreff"), ("De", "À", "Objet")]))
        return f"\n{words[0]}: {mailbox()}\n{words[1]}: {mail()}\n {mail()}\n{words[2]}: restore\n\n"

    blocks = st.sampled_from([mail, ticket, bullets, words, table, properties, mail_head])
    text = "\n".join(draw(blocks)() for _ in range(draw(st.integers(1, 3))))
    start = draw(st.sampled_from(["", "", "sep=;\n", "#TYPE Selected.User\n", "\ufeff"]))
    return start + text, planted


def read(text: str) -> UnitList | None:
    """The list; `None` where it is refused, which must be for a quote that is not closed."""
    try:
        return parse_unit_list(text)
    except UsageError as error:
        if "Check the quotes" not in error.hint:
            raise
        return None


def where_found(names: UnitList, thing: str) -> list[str]:
    """In which of the four places a thing is."""

    def has(text: str) -> bool:
        return thing.casefold() in [found[0].casefold() for found in LOOKS_LIKE_ONE.finditer(text)]

    aside = [one.text for one in names.asides if has(one.text)]
    assert all(any(text in remark for remark in names.remarks) for text in aside[:SHOWN])
    return [
        *("name" for name in names.lines if has(name.text)),
        *("twice" for again in names.duplicates if has(again.text)),
        *("remark" for _ in aside),
    ]


@given(lists())
def test_each_address_of_a_list_is_a_name_or_told_in_a_remark(made: tuple[str, list[str]]) -> None:
    text, planted = made
    names = read(text)
    if names is None:
        return
    for thing in planted:
        assert len(where_found(names, thing)) == 1, (thing, names)


@given(
    st.lists(st.sampled_from(["mail", "url", "manager", "members", "nested", "words"]), min_size=1, max_size=6),
    st.sampled_from([None, 2, "lines"]),
)
def test_each_address_of_a_json_list_is_a_name_or_told_in_a_remark(kinds: list[str], layout: int | str | None) -> None:
    planted = [f"person{number}x@contoso.com" for number in range(2 * len(kinds))]
    values: dict[str, Callable[[str, str], object]] = {
        "mail": lambda one, two: {"displayName": "A", "mail": one, "otherMails": [two]},
        "url": lambda one, two: {"webUrl": f"{HOST}/sites/x", "owner": one, "createdBy": {"user": {"email": two}}},
        "manager": lambda one, two: {"userPrincipalName": one, "manager": {"mail": two}},
        "members": lambda one, two: {"value": [{"mail": one}, {"mail": two}]},
        "nested": lambda one, two: {one: {"id": 1}, "x": two},
        "words": lambda one, two: {"note": f"{one} and {two}"},
    }
    made = [values[kind](planted[2 * at], planted[2 * at + 1]) for at, kind in enumerate(kinds)]
    text = "\n".join(map(json.dumps, made)) if layout == "lines" else json.dumps(made, indent=layout)
    names = parse_unit_list(text)
    for thing in planted:
        assert len(where_found(names, thing)) == 1, (thing, names)


@given(lists())
def test_the_sum_of_a_list_is_always_right(made: tuple[str, list[str]]) -> None:
    text, planted = made
    names = read(f"{text}\n{text}")
    if names is None:
        return
    known = [listed(f"u{number}", thing) for number, thing in enumerate(planted) if number % 3]
    resolution = resolve(names, UnitIndex(known), Service.EXCHANGE)
    assert resolution.count == names.count
    assert len({one.unit_id for one in resolution.found}) == len(resolution.found)
    told = [one.text for one in names.asides]
    for unit in known:
        assert any(one.unit_id == unit.id for one in resolution.found) or any(
            unit.address.casefold() in text.casefold()
            for text in (*told, *(problem.written.text for problem in resolution.problems))
        )


SCRAPS = st.sampled_from(
    ["ann@contoso.com", "bob@contoso.com", "https://contoso.sharepoint.com/sites/hr", "Name", "Email", "Manager", "x",
     ",", ";", "|", "\t", "\n", "\n\n", " ", "<", ">", '"', "'", "(", ")", "[", "]", "#", "# ", "-", ":", "->", "*",
     "\\", "=", "sep=;", "#TYPE a", "smtp:", "SMTP:", "mailto:", "?cc=", "&", "1c9b1f4e-0000-4000-8000-000000000001"]
)  # fmt: skip


@given(st.lists(SCRAPS, max_size=25).map("".join))
def test_whatever_is_pasted_no_address_is_lost(text: str) -> None:
    names = read(text)
    if names is None:
        return
    kept = " ".join(
        [
            *(" ".join((name.text, *name.others)) for name in names.lines),
            *(again.text for again in names.duplicates),
            *(aside.text for aside in names.asides),
        ]
    ).casefold()
    for thing in ("ann@contoso.com", "bob@contoso.com", "https://contoso.sharepoint.com/sites/hr"):
        assert thing not in text or thing in kept, (text, names)
