"""What the service itself counts of each policy, beta: how many units are in which stage, and when it counted."""

from collections.abc import Sequence

from backup_tui.errors import BackupTuiError
from backup_tui.models.features import STATISTICS
from backup_tui.models.focus import Focus
from backup_tui.models.text import safe
from backup_tui.protection.policies import policy_label
from backup_tui.protection.statistics import CountedPolicy, added, read_statistics, stage_rows
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.store.filters import Language, Term, parse_filter, service_matches, text_matches
from backup_tui.ui.frame.commands import OPEN_ROW, Commands, Context
from backup_tui.ui.frame.listing import FILTER, ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.vocabulary.names import service_label
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import clock_words


class StatisticsScreen(ListScreen):
    """One row for each policy. They are read when the screen is opened, and again with `r`."""

    NUMBER = 1
    COLUMNS = (
        Column("name", "Policy", 18, least=12, grow=1, always=True),
        Column("total", "Units", 7, align="right"),
        Column("protected", "Protected", 9, align="right"),
        Column("moving", "Pending", 7, align="right"),
        Column("failed", "Failed", 6, align="right", always=True),
        Column("stopped", "Stopped", 7, align="right", drop=1),
        Column("computed", "Counted", 12),
    )
    PANE_LINES = 4
    GAP = 2
    LANGUAGE = Language(("service",))

    def __init__(self) -> None:
        super().__init__()
        self._counted: dict[str, CountedPolicy] = {}
        self._error = ""
        self._reading = False

    def focus_on(self) -> Focus:
        return Focus(screen="policies")

    def on_mount(self) -> None:
        super().on_mount()
        self._start()

    def changed(self, change: Change) -> None:
        super().changed(change)
        if Topic.POLICIES in change.topics and not self._counted and not self._error:
            self._start()

    def _start(self) -> None:
        if self._beta and not self._reading and self.ws.store.policies:
            self._reading = True
            self.program.start(self._read(), "read statistics", group="statistics", exclusive=True)
        self.show_rows()

    @property
    def _beta(self) -> bool:
        return self.ws.address.version == "beta"

    async def _read(self) -> None:
        try:
            policies = list(self.ws.store.policies.values())
            found = await read_statistics(self.ws.context, policies)
            self._counted, self._error = {one.policy.id: one for one in found}, ""
        except BackupTuiError as error:
            self._error = error.message
        finally:
            self._reading = False
            if self.is_open:
                self.show_rows()

    # -- rows -----------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        wanted = parse_filter(self.filter_text, self.LANGUAGE)
        rows = sorted(self._counted.values(), key=_name)
        return [one.policy.id for one in rows if wanted.keeps(one, _has)]

    def cells(self, key: str) -> Sequence[Cell]:
        one = self._counted[key]
        counts, computed = one.counts, one.counts.last_computed_date_time
        failed = added(counts.protected_failed, counts.unprotected_failed)
        return (
            Cell(policy_label(one.policy)),
            _cell(counts.total),
            _cell(counts.protected_completed),
            _cell(added(counts.protected_in_progress, counts.unprotected_in_progress)),
            Cell("?" if failed is None else f"{failed:,}", "bad" if failed else ""),
            _cell(counts.unprotected_completed),
            Cell(clock_words(computed, self.ws.zone, self.now) if computed else "not read" if one.error else "?"),
        )

    def heading(self) -> Section:
        if self._reading:
            return Section("Statistics", "reading")
        return Section("Statistics", "", "counted by the service itself, beta")

    def total(self) -> int:
        return len(self._counted)

    def empty_words(self) -> str:
        if not self._beta:
            return (
                f"The service counts its policies in its beta version only. This program speaks "
                f"{self.ws.address.version} here, so nothing was read.\n"
                'To read it, start with a --graph-url that ends in /beta, or set api_version = "beta" in the profile.\n'
                "The policies screen (2) counts the units that it lists."
            )
        if (barred := self.barred(STATISTICS.id)) is not None:
            return barred
        if self._error:
            return f"The statistics could not be read: {self._error} r tries again."
        if self.filter_text:
            return f'No policy matches "{self.filter_text}". Esc clears the filter.'
        known = self.ws.store.freshness(fresh.POLICIES)
        if self._reading or not known.complete:
            return "Loading…"
        return "No policy yet, so there is nothing to count."

    def about(self, key: str) -> list[Section | str]:
        one = self._counted[key]
        name = safe(policy_label(one.policy))
        if one.statistics is None:
            return [Section(name, right=Cell("not read", "warn")), f"Its statistics could not be read: {one.error}"]
        rows = stage_rows(one.counts)
        words = ", ".join(f"{label.lower()} {count}" for label, count in rows if count != "0")
        rest = "; every other count is 0" if any(count == "0" for _label, count in rows) else ""
        counts = f"{words}{rest}." if words else "Every count is 0."
        return [
            Section(name, right=service_label(one.policy.service)),
            f"{counts[:1].upper()}{counts[1:]}",
            _age(one),
            "Pending: being protected or unprotected. Stopped: no longer protected.",
        ]

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        if row is not None and (one := self._counted.get(row)) is not None:
            lines = [f"{label}: {count}" for label, count in stage_rows(one.counts)]
            self.program.push_screen(
                PagerScreen(f"Statistics of {policy_label(one.policy)}", [*lines, "", _age(one), one.error])
            )

    def read_again(self, row: str | None) -> None:
        self._start()


def _name(one: CountedPolicy) -> str:
    return f"{service_label(one.policy.service)} {policy_label(one.policy)}"


def _has(one: CountedPolicy, term: Term) -> bool:
    if term.field == "service":
        return service_matches(one.policy.service, term.text)
    return text_matches((_name(one),), term.text)


def _age(one: CountedPolicy) -> str:
    return f"{one.age_words[:1].upper()}{one.age_words[1:]}."


def _cell(count: int | None) -> Cell:
    return Cell("?" if count is None else f"{count:,}")


# fmt: off
COMMANDS: Commands[StatisticsScreen, Context] = (
    OPEN_ROW,
    FILTER,
)
# fmt: on
StatisticsScreen.offers(COMMANDS)
