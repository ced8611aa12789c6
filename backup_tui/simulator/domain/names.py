"""The names of the simulated tenant's people and sites."""

import unicodedata
from math import gcd
from pathlib import Path

from backup_tui.simulator.tables import read_rows

PRINCIPALS: tuple[tuple[str, str], ...] = (
    ("Adele", "Vance"), ("Megan", "Bowen"), ("Pradeep", "Gupta"), ("Lee", "Gu"),
    ("Lidia", "Holloway"), ("Nestor", "Wilke"), ("Isaiah", "Langer"), ("Johanna", "Lorenz"),
)  # fmt: skip
"""The people that documentation and tests may rely on, in this order, in any tenant large enough."""

_NAMES = read_rows(Path(__file__).with_suffix(".txt"))
_FIRST = [row["first"] for row in _NAMES if row["first"]]
_LAST = [row["last"] for row in _NAMES if row["last"]]

SHARED_MAILBOXES: tuple[str, ...] = (
    "Invoices", "Helpdesk", "Recruiting", "Press Office", "Facilities", "Travel Desk", "Legal Intake", "Payroll",
    "Customer Care", "Security Reports",
)  # fmt: skip
"""Mailboxes that belong to no person."""

NAMED_SITES: tuple[tuple[str, str], ...] = (
    ("/sites/finance", "Finance"), ("/sites/finance-emea", "Finance EMEA"),
    ("/sites/finance-archive-2024", "Finance"), ("/teams/finance", "Finance"), ("/sites/hr", "Human Resources"),
    ("/sites/legal", "Legal"), ("/sites/hr-onboarding", "HR Onboarding"), ("/teams/hr", "HR"),
    ("/sites/legal-contracts", "Legal Contracts"), ("/sites/marketing", "Marketing"),
    ("/sites/marketing-events", "Marketing"), ("/sites/intranet", "Contoso Home"), ("/sites/it", "IT"),
    ("/teams/it-operations", "IT Operations"), ("/sites/sales", "Sales"), ("/sites/sales-emea", "Sales EMEA"),
)  # fmt: skip
"""Path and name of the first sites, with near-doubles on purpose."""

_PROJECTS = (
    "Aurora", "Beacon", "Cascade", "Delta", "Ember", "Falcon", "Glacier", "Harbor", "Indigo", "Juniper",
    "Kestrel", "Lantern", "Meridian", "Nimbus", "Orchid", "Pinnacle", "Quartz", "Ridge", "Summit", "Tundra",
    "Umbra", "Vertex", "Willow", "Zephyr",
)  # fmt: skip
_KINDS = (
    ("sites", "project-{0}", "Project {1}"), ("teams", "{0}", "{1}"), ("sites", "{0}-archive-2023", "{1} Archive 2023"),
    ("sites", "{0}-partners", "{1} Partners"), ("teams", "{0}-engineering", "{1} Engineering"),
    ("sites", "{0}-emea", "{1} EMEA"), ("sites", "{0}-apac", "{1} APAC"), ("sites", "{0}-board", "{1}"),
)  # fmt: skip

_PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "ı": "i", "'": ""})


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum()).lower()


_FIRST_PLAIN = [_plain(name) for name in _FIRST]
_LAST_PLAIN = [_plain(name) for name in _LAST]


# A step through the surnames with which no pair of names comes twice within one round.
_STEP = next(step for step in range(7, len(_LAST) + 7) if gcd(1 + step * len(_FIRST), len(_LAST)) == 1)


def person(index: int, seed: int) -> tuple[str, str]:
    """Return display name and e-mail local part of a person, by number from 0; local parts never repeat."""
    if index < len(PRINCIPALS):
        first, last = PRINCIPALS[index]
        return f"{first} {last}", f"{first}.{last}".lower()
    place = index - len(PRINCIPALS)
    firsts, lasts = len(_FIRST), len(_LAST)
    around, within = divmod(place, firsts * lasts)
    within = (within + seed * 7919) % (firsts * lasts)
    first_at = within % firsts
    last_at = (within // firsts + _STEP * within) % lasts
    local = f"{_FIRST_PLAIN[first_at]}.{_LAST_PLAIN[last_at]}"
    return f"{_FIRST[first_at]} {_LAST[last_at]}", f"{local}{around + 1}" if around else local


def site(index: int, seed: int) -> tuple[str, str]:
    """Return path and name of a site, by number from 0; paths never repeat, names do."""
    if index < len(NAMED_SITES):
        return NAMED_SITES[index]
    around, within = divmod(index - len(NAMED_SITES), len(_PROJECTS) * len(_KINDS))
    within = (within * 5 + seed) % (len(_PROJECTS) * len(_KINDS))
    project = _PROJECTS[within % len(_PROJECTS)]
    root, path, name = _KINDS[within // len(_PROJECTS)]
    suffix = f"-{around + 1}" if around else ""
    return f"/{root}/{path.format(project.lower(), project)}{suffix}", name.format(project.lower(), project)
