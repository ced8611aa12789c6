"""What can be found when a restore point is browsed: sites, libraries, folders and files, drawn from the unit.

An item keeps its key across all points of its unit, and is in every point made after it was created. The keys look like
the service's: GUIDs joined by commas, two for a site, three for a library, four for what is inside one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal
from urllib.parse import quote

from backup_tui.simulator.domain.identifiers import guid, number
from backup_tui.simulator.domain.tenant import DAY, Unit
from backup_tui.simulator.domain.workloads import SHAREPOINT
from backup_tui.simulator.http.callers import ADELE, RYAN, Caller

Kind = Literal["site", "documentLibrary", "folder", "file"]

_FOLDERS = ("Budget", "Contracts", "Drafts", "Invoices", "Meeting notes", "Onboarding", "Plans", "Presentations",
            "Press", "Projects", "Q1", "Q2", "Q3", "Q4", "Reports", "Templates", "Travel", "Archive 2023")  # fmt: skip
_FILES = ("Agenda.docx", "Annual report.docx", "Budget.xlsx", "Company profile.pptx", "Cost estimate.xlsx",
          "Customer list.xlsx", "Floor plan.pdf", "Handbook.pdf", "Invoice 1042.pdf", "Kick-off.pptx", "Logo.png",
          "Master plan.xlsx", "Meeting minutes.docx", "Offer.docx", "Org chart.vsdx", "Price list.xlsx",
          "Release notes.md", "Risk register.xlsx", "Roadmap.pptx", "Sales forecast.xlsx", "Signed contract.pdf",
          "Team photo.jpg", "Time sheet.xlsx", "To do.txt", "Translation ümlaut.docx", "Vendor list.xlsx",
          "Weekly status.docx", "Year's end.docx", "[Draft] notes.docx", "100% done.txt")  # fmt: skip
_LIBRARIES = ("Documents", "Site Assets", "Records", "Shared media")
_DEEPEST = 3


@dataclass(slots=True)
class Node:
    """One site, library, folder or file."""

    key: str
    name: str
    url: str  # web address
    kind: Kind  # what it is
    created: float
    modified: float  # when it was last changed
    author: Caller
    size: int = 0  # bytes of a file; of anything else what is inside it
    children: list["Node"] = field(default_factory=list)  # what is inside it

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def draw_tree(unit: Unit, moment: int, *, odd_keys: bool = False) -> list[Node]:
    """Return the top locations of a drive or site at a moment, with all that is below them. `odd_keys`: whether the
    keys of folders and files are other than in the examples."""
    random = Random(f"tree/{unit.id}")
    if unit.workload is not SHAREPOINT:
        key = f"{guid(unit.id, 'site')},{guid(unit.id, 'web')}"
        # A OneDrive is a personal site with one library; its page shows it as such.
        site = _node(key, unit.name, unit.url, "site", unit.joined - 400 * DAY, random)
        site.children.append(_library(unit, key, unit.url, "Documents", random))
        tops = [site]
    else:
        _, *ids = unit.owner.split(",")
        tops = [_site(unit, ",".join(ids), unit.url, unit.name, random)]
        if unit.seq % 5 == 0:
            web = f"{ids[0]},{guid(unit.id, 'subweb')}"
            tops.append(_site(unit, web, f"{unit.url}/team-area", f"{unit.name} team area", random))
    for top in tops:
        _prune(top, moment)
        if odd_keys:
            for node in top.walk():
                if node.kind in ("folder", "file"):
                    node.key = _odd(node.key)
    return tops


def _odd(key: str) -> str:
    """Return a key that nobody could take apart: no page promises that keys are GUIDs."""
    site, web, library, item = key.split(",")
    padding = "x" * 900 if number(key) % 5 == 0 else ""
    return f"{site},{web},{library},{item.upper()}/O'Neil+100%25=ü{padding}"


def _site(unit: Unit, key: str, url: str, name: str, random: Random) -> Node:
    node = _node(key, name, url, "site", unit.joined - 400 * DAY, random)
    for place in range(random.randint(1, len(_LIBRARIES))):
        node.children.append(_library(unit, key, url, _LIBRARIES[place], random))
    return node


def _library(unit: Unit, site: str, site_url: str, name: str, random: Random) -> Node:
    # The default library of a site is "Shared Documents" in addresses, whatever it is called.
    segment = "Shared Documents" if name == "Documents" and unit.workload is SHAREPOINT else name
    key = f"{site},{guid(site, 'list', name)}"
    url = f"{site_url}/{quote(segment)}"
    node = _node(key, name, url, "documentLibrary", unit.joined - 400 * DAY, random)
    _fill(node, key, unit, 1, random)
    return node


def _fill(parent: Node, library: str, unit: Unit, depth: int, random: Random) -> None:
    """Put folders and files into a library or folder."""
    folders = random.randint(1, 5) if depth < _DEEPEST else 0
    for name in random.sample(_FOLDERS, folders):
        folder = _inside(parent, library, unit, name, "folder", random)
        _fill(folder, library, unit, depth + 1, random)
    for name in random.sample(_FILES, random.randint(*((10, 24) if depth == 1 else (2, 9)))):
        file = _inside(parent, library, unit, name, "file", random)
        file.size = random.randint(300, 60_000_000) if random.random() < 0.3 else random.randint(300, 400_000)


def _inside(parent: Node, library: str, unit: Unit, name: str, kind: Kind, random: Random) -> Node:
    created = parent.created + random.random() ** 2 * 430 * DAY
    url = f"{parent.url}/{quote(name)}"
    node = _node(f"{library},{guid(unit.id, url)}", name, url, kind, created, random)
    parent.children.append(node)
    return node


def _node(key: str, name: str, url: str, kind: Kind, created: float, random: Random) -> Node:
    author = ADELE if random.random() < 0.6 else RYAN
    return Node(key, name, url, kind, created, created + random.random() * 20 * DAY, author)


def _prune(node: Node, moment: int) -> None:
    """Take out what was made after the moment, and add up sizes."""
    node.children = [child for child in node.children if child.created <= moment]
    node.modified = min(node.modified, moment)
    for child in node.children:
        _prune(child, moment)
    if node.kind != "file":
        node.size = sum(child.size for child in node.children)
