"""Specifies the page of a report: whole without a network, every unit in it once, and no name that becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from reports import HOSTILE, failing, hostile_report, report, session, unit

from backup_tui.evidence.page import report_page
from backup_tui.models.text import safe

LOADS = {"src", "href", "action", "data", "poster", "srcset", "formaction", "background", "xlink:href", "ping"}
OUTSIDE_TABLES = "html head meta title style body header footer script h1 h2 p b br span small dl dt dd ul li div"
IN_TABLES = "table thead tbody tr th td time details summary label input"
IN_PICTURES = "svg text rect line g title"
ALLOWED = {*OUTSIDE_TABLES.split(), *IN_TABLES.split(), *IN_PICTURES.split()}


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.raw: dict[str, str] = {}
        self.rows: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in ("meta", "br", "input"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            self.raw[self.open[-1]] = self.raw.get(self.open[-1], "") + data
        else:
            self.texts.append(data)
            if "td" in self.open:
                self.rows[-1][-1] += data

    @property
    def units(self) -> list[str]:
        return [attributes["data-unit"] for tag, attributes in self.tags if tag == "tr" and "data-unit" in attributes]


def test_every_unit_is_in_the_table_once_the_failed_ones_first() -> None:
    units = [unit(n) for n in range(1, 200)] + [failing(200)]
    page = Page(report_page(report(*units)))
    assert page.units[0] == "unit-200"
    assert sorted(page.units) == sorted(str(one.unit_id) for one in units)
    assert not page.open, "every element is closed"


def test_nothing_is_loaded_from_anywhere_and_only_our_own_script_and_style_may_run() -> None:
    text = report_page(report(unit(1), failing(2)))
    page = Page(text)
    loads = [(tag, name) for tag, attributes in page.tags for name in attributes if name in LOADS]
    assert not loads
    assert "@import" not in page.raw["style"]
    assert "url(" not in page.raw["style"]
    (policy,) = [
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|eval\(|innerHTML|document\.write", page.raw["script"])


def test_no_name_becomes_markup_or_hides_what_it_is() -> None:
    text = report_page(hostile_report())
    page = Page(text)
    assert not page.open
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    attributes = [(name, value) for _, found in page.tags for name, value in found.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name == "style"]
    assert not [char for char in text if ord(char) < 32 and char != "\n"]
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
    shown = "".join(page.texts)
    for name in HOSTILE:
        assert shown.count(safe(name)) >= 3, "it is shown as what it is"


def test_numbers_in_words_and_what_is_unknown_is_said() -> None:
    text = " ".join(
        Page(report_page(report(unit(10), unit(22), failing(3), unknown=("Who started it is unknown.",)))).texts
    )
    assert "median 16 min, longest 22 min (user22@contoso.com), of 2 units" in text
    assert "Who started it is unknown." in text
    assert "Bring it back." in text


def test_a_report_without_times_has_no_picture_and_says_so() -> None:
    page = report_page(
        report(unit(1, started=None, ended=None, status=""), sessions=(session(status="", started_at=None),))
    )
    assert "<svg" not in page
    assert "No time of a start or an end is known." in page


BROWSER = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


def in_a_browser(tmp_path: Path, text: str, link: str) -> Page:
    """The page as a browser has it after its script has run."""
    path = tmp_path / "report.html"
    path.write_text(text, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={tmp_path / 'user'}"]
    done = subprocess.run(
        [str(BROWSER), *options, f"{path.as_uri()}#{link}"], capture_output=True, text=True, timeout=100, check=True
    )
    return Page(done.stdout)


in_a_real_browser = pytest.mark.skipif(
    BROWSER is None, reason="no chromium on this machine (Debian: apt install chromium)"
)


@in_a_real_browser
@pytest.mark.parametrize(("wanted", "shown"), [("", "12 of 12"), ("failed", "2 of 12"), ("!failed user1", "2 of 12")])
def test_a_real_browser_opens_it_and_filters(tmp_path: Path, wanted: str, shown: str) -> None:
    units = [unit(n) for n in range(1, 11)] + [failing(20), failing(21)]
    page = in_a_browser(tmp_path, report_page(report(*units)), wanted)
    assert shown in "".join(page.texts)
    hidden = [attributes for tag, attributes in page.tags if tag == "tr" and "hidden" in attributes]
    assert len(hidden) == 12 - int(shown.partition(" ")[0])


@in_a_real_browser
def test_a_real_browser_sorts_by_the_numbers_behind_the_words(tmp_path: Path) -> None:
    units = [unit(n) for n in (5, 100, 20, 1, 61)]
    page = in_a_browser(tmp_path, report_page(report(*units)), "|Took")
    assert page.units == ["unit-1", "unit-5", "unit-20", "unit-61", "unit-100"]


@in_a_real_browser
def test_hostile_names_run_nothing_in_a_real_browser(tmp_path: Path) -> None:
    told = hostile_report()
    page = in_a_browser(tmp_path, report_page(told), "")
    assert sorted(page.units) == sorted(str(one.unit_id) for one in told.units)
    assert {tag for tag, _ in page.tags} <= ALLOWED | {"button"}
