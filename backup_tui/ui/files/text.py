"""What the screen of files says: the point, the row under the cursor in other points, the basket."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from backup_tui.models.browse import BrowseSession
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.models.times import span_words
from backup_tui.restore.files.basket import Basket
from backup_tui.restore.files.places import Place
from backup_tui.restore.files.sizes import size_words
from backup_tui.restore.files.versions import Version
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.search import FoundPoint
from backup_tui.ui.files.gathering import Gathering
from backup_tui.ui.files.other_points import OtherPoints
from backup_tui.ui.files.reading import PointFiles
from backup_tui.ui.files.tree import whose_rest
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section, plain
from backup_tui.ui.widgets.time_format import clock_words, day_words

MOST_PATHS = 12  # so many paths of a basket are listed

INDENT = "  "  # before a line above the table, so that it begins where the names do

DEEPEST = 12  # rows that are deeper are moved in no further

IN_HALF = 36  # cells of what is said of one point where two share a line


def ending(opened: BrowseSession, basket: Basket, zone: ZoneInfo, now: datetime) -> Para:
    """Until when the point can be looked into."""
    size = f" {size_words(opened.size)}." if opened.size is not None else ""
    ends = opened.expiration_date_time
    if ends is None:
        return Para(f"Until when it can be browsed is not reported.{size}", mark=INDENT)
    if ends <= now:
        return ended(basket)
    when = f"{day_words(ends, zone, now)} {ends.astimezone(zone):%H:%M}"
    return Para(f"Browsing ends {when}, in {span_words(ends - now)}.{size} Selections survive.", mark=INDENT)


def ended(basket: Basket) -> Para:
    """The browse session is over; what was chosen is not."""
    kept = f"; your {counted(len(basket.items), 'selection')} {'is' if len(basket.items) == 1 else 'are'} kept"
    return Para(f"Browsing ended. enter opens it again{kept if basket.items else ''}.", "warn", INDENT)


def opening(since: datetime, zone: ZoneInfo, now: datetime) -> Para:
    """The service makes the point ready."""
    at = clock_words(since, zone, now, seconds=True)
    return Para(
        f"The service opens the point, since {at}. It can take minutes; nothing is restored by it.", mark=INDENT
    )


def basket_section(basket: Basket, service: Service) -> Section:
    """`Basket 2 files, 4.5 MB   from 1 point, into one new folder of the site`: where they land is said before."""
    if not basket.items:
        return Section("Basket", right="empty: space selects")
    files = sum(one.is_file for one in basket.items)
    folders = len(basket.items) - files
    parts = [counted(files, "file") if files else "", counted(folders, "folder") if folders else ""]
    size = f", {size_words(basket.size)}" if all(one.size is not None for one in basket.items) else ""
    points = f"from {counted(len(basket.points), 'point')}"
    to = "into one new folder"
    unit = "site" if service is Service.SHAREPOINT else "account"
    return Section(
        f"Basket {' and '.join(filter(None, parts))}{size}",
        right=f"{points}, {to} of the {unit}",
        shorter=(f"{points}, {to}", to),
    )


def basket_lines(basket: Basket, lost: Sequence[str], now: datetime) -> Iterator[str]:
    """The paths of a basket, each with its point where there are several."""
    several = len(basket.points) > 1
    for one in basket.items[:MOST_PATHS]:
        point = f"   {show_utc(one.point_time, now)}" if several else ""
        gone = "   ✗ no longer in its point" if one.path in lost else ""
        yield f"{one.path}{point}{gone}"
    if len(basket.items) > MOST_PATHS:
        yield f"and {len(basket.items) - MOST_PATHS:,} more"


def place_cells(
    files: PointFiles, key: str, place: Place, versions: Mapping[str, Version], *, chosen: bool
) -> tuple[Cell, ...]:
    """A row of a place: its name in the tree, or its whole path where it was found by name."""
    mark, items = "*" if chosen else " ", place.item.items_count
    if files.found is not None:
        name = f"{mark} {place.path}"
    else:
        node = files.tree.nodes[key]
        sign = "  " if place.item.opens is None else "▾ " if node.opened else "▸ "
        name = f"{mark} {indent(node.depth)}{sign}{place.name}"
    return (
        Cell(name, "key" if chosen else ""),
        Cell(f"{items:,}" if items is not None and not place.is_file else ""),
        Cell(size_words(place.item.size) if place.item.size is not None else ""),
        Cell(in_points(versions) if versions else ""),
    )


def indent(depth: int) -> str:
    """How far a row is moved in; from some depth on, where names would leave the screen, a number says it."""
    return "  " * depth if depth <= DEEPEST else f"{'  ' * (DEEPEST - 2)}{depth:>3} "


def rest_cells(files: PointFiles, key: str) -> tuple[Cell, ...]:
    """The row of what was not read yet of a place."""
    path = whose_rest(key)
    node = files.tree.nodes[path]
    total = node.place.item.items_count
    left = total - len(node.children) if total is not None and not files.names.get(path) else None
    more = f"{left:,} more" if left is not None and left > 0 else "more"
    state = "loading" if node.reading else node.problem or "enter loads them"
    return (Cell(f"  {indent(node.depth + 1)}… {more}, {state}", "dim"), Cell(""), Cell(""), Cell(""))


def in_points(versions: Mapping[str, Version]) -> str:
    """`3 of 4`: so many of the points that were looked into have it; those that could not be read say so."""
    unread = sum(bool(version.problem) for version in versions.values())
    there = sum(version.item is not None for version in versions.values())
    return f"{there} of {len(versions)}" + (f", {unread} ?" if unread else "")


def about_place(place: Place, versions: Mapping[str, Version], points: Sequence[FoundPoint]) -> Section:
    """The name of a place, and how many points have it."""
    if not versions:
        return Section(place.name, right="v looks into other points for it")
    known = f"in {in_points(versions)} express points"
    return Section(place.name, right=known if len(versions) == len(points) else f"{known}, more to come")


def version_lines(
    versions: Mapping[str, Version],
    points: Sequence[FoundPoint],
    shown: FoundPoint | None,
    now: datetime,
    *,
    alone: bool = False,
) -> list[str]:
    """What each point has: there with its size, not there, or not known; two points on a line where both are short and
    none has to be `alone` on its line."""
    said = [_version(versions.get(point.id), point, now) for point in points]
    if shown is not None:
        here = [">" if point.id == shown.id else " " for point in points]
        said = [f"{mark} {words}" for mark, words in zip(here, said, strict=True)]
    if not alone and all(len(words) <= IN_HALF for words in said):
        return [
            "  ".join(f"{words:<{IN_HALF}}" for words in said[at : at + 2]).rstrip() for at in range(0, len(said), 2)
        ]
    return said


def _version(version: Version | None, point: FoundPoint, now: datetime) -> str:
    time = show_utc(point.time, now)
    if version is None:
        return f"{time}  … being opened"
    if version.problem:
        return f"{time}  ? {version.problem}"
    if version.item is None:
        return f"{time}  - not there"
    changed = f", changed {show_utc(version.changed, now)}" if version.changed else ""
    return f"{time}  ✓ {size_words(version.item.size)}{changed}"


def pane(
    place: Place | None,
    others: OtherPoints,
    shown: FoundPoint | None,
    gathering: Gathering,
    now: datetime,
    *,
    beside: bool,
    whole: bool,
) -> list[Section | str]:
    """What is said of the row under the cursor, and of the basket.

    Args:
        place: The row's; `None` for what was not read yet.
        others: What other points have.
        gathering: The basket.
        beside: There is room for a line between the two.
        whole: To say where it is, since its row may have no room for that.
    """
    basket = basket_section(gathering.basket, gathering.service)
    below = basket_lines(gathering.basket, gathering.lost, now)
    if place is None:
        return [basket, *below]
    versions = others.versions(place.path)
    lines: list[Section | str] = [about_place(place, versions, others.points)]
    lines += [place.path] if whole else []
    lines += version_lines(versions, others.points, shown, now, alone=beside) if versions else ()
    if beside:
        return [*lines, "", Section(basket.title), *([plain(basket.right)] if gathering.basket.items else []), *below]
    return [*lines, Section(basket.text), *below]
