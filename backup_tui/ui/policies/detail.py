"""One protection policy: what it promises, its units, those with problems first, its rules and bulk additions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical

from backup_tui.models.features import PROTECTION
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status, unit_status
from backup_tui.models.text import short_id
from backup_tui.protection.policies import policy_label
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.store.freshness import UNREAD, Freshness
from backup_tui.store.inclusion_collection import ExclusionRow
from backup_tui.store.rows import UnitRow
from backup_tui.store.unit_table import UnitTable
from backup_tui.store.views import UNIT_LANGUAGE, unit_keys
from backup_tui.ui.actions.units import UnitActions
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.policies.detail_commands import detail_commands
from backup_tui.ui.policies.edit_actions import EditActions
from backup_tui.ui.policies.inclusion_actions import InclusionActions, Part, PartContext, parts_of
from backup_tui.ui.policies.inclusion_text import (
    EXCLUSION_COLUMNS,
    JOB_COLUMNS,
    RULE_COLUMNS,
    exclusion_cells,
    exclusion_lines,
    job_cells,
    job_lines,
    jobs_count,
    rule_cells,
    rule_lines,
    rules_count,
)
from backup_tui.ui.policies.text import full_lines, state_counts, state_lines
from backup_tui.ui.policies.text import status_cell as policy_cell
from backup_tui.ui.routes import OpenPolicyEdit
from backup_tui.ui.vocabulary.names import units_words
from backup_tui.ui.vocabulary.sent import as_it_is_sent
from backup_tui.ui.vocabulary.units import HIDDEN_NAMES, about_unit, names_hidden, part_of, unit_cells, unit_columns
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import TabLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell


class PolicyDetail(ListScreen, InclusionActions, EditActions, UnitActions):
    """A policy with its units, its rules and the bulk additions to it; one of the three is listed at a time."""

    NUMBER = 2
    VIEW = "policies"
    COLUMNS = unit_columns(Service.EXCHANGE, "", policy=False)
    SORTS = ("address", "name", "status")
    TOPICS = frozenset({Topic.POLICIES, Topic.UNITS, Topic.INCLUSION})
    MARKABLE = True
    PANE_LINES = 2
    LANGUAGE = UNIT_LANGUAGE
    KEPT_AS = "policy units"

    def __init__(self, policy_id: str) -> None:
        super().__init__()
        self.policy_id = policy_id
        self.part = Part.UNITS
        self._places: dict[Part, str] = {}
        self._marks: frozenset[str] = frozenset()
        self._start = ""
        self._kept: tuple[object, Sequence[str]] = (None, ())

    # -- what it is about -----------------------------------------------------------------------------------

    @property
    def list_name(self) -> str:
        return self.KEPT_AS if self.part is Part.UNITS else f"policy {self.part.value}"

    @property
    def policy(self) -> ProtectionPolicy | None:
        """The policy; None when the service no longer has it."""
        return self.ws.store.policies.get(self.policy_id)

    @property
    def unit_service(self) -> Service | None:
        return self.policy.service if self.policy else None

    @property
    def _units(self) -> UnitTable | None:
        return self.ws.store.units[self.unit_service] if self.unit_service else None

    @property
    def _excluded(self) -> Mapping[str, ExclusionRow]:
        return self.ws.store.details.exclusions(self.policy_id)

    @property
    def _parts(self) -> tuple[Part, ...]:
        return parts_of(self.policy)

    def _known(self, part: Part) -> Freshness:
        service, freshness = self.unit_service, self.ws.store.freshness
        if service is None:
            return UNREAD
        match part:
            case Part.RULES:
                return freshness(fresh.rules_of(self.policy_id))
            case Part.JOBS:
                return freshness(fresh.unit_jobs_of(self.policy_id))
            case Part.EXCLUDED:
                return freshness(fresh.exclusions_of(self.policy_id))
        return freshness(fresh.units_of(service))

    def policy_of(self, row: str | None) -> ProtectionPolicy | None:
        return self.policy

    def unit_of(self, key: str | None) -> UnitRow | None:
        return super().unit_of(key) if self.part is Part.UNITS else None

    def focus_on(self) -> Focus:
        return Focus(screen="policies", service=self.unit_service, policy_id=self.policy_id)

    def context(self) -> PartContext:
        about = self.unit_context(self.row)
        rule = self.rules.get(self.row or "") if self.part is Part.RULES else None
        return PartContext(
            about.row, about.marked, about.read_only, unit=about.unit, unclear=about.unclear, policy=self.policy,
            part=self.part, rule=rule,
        )  # fmt: skip

    def compose_body(self) -> ComposeResult:
        title, listing = super().compose_body()
        yield title
        with Vertical(id="policy-head"):
            yield Paragraphs(id="policy-about")
        yield TabLine(id="parts")
        yield listing

    # -- rows -----------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        match self.part:
            case Part.RULES:
                return sorted(self.rules, key=lambda rule_id: self.rules[rule_id].state.rank)
            case Part.JOBS:
                return sorted(self.jobs, key=lambda job_id: self.jobs[job_id].state.rank)
            case Part.EXCLUDED:
                return sorted(self._excluded, key=lambda unit_id: self._excluded[unit_id].name.lower())
        table, service = self._units, self.unit_service
        if table is None or service is None:
            return ()
        state = (self.filter_text, self.filter_minute, self.sort, table.version, len(table))
        if self._kept[0] != state:
            wanted = f"policy:{self.policy_id} {self.filter_text}"
            ids = unit_keys(self.ws.store, service, wanted, self.sort, now=self.now)
            ids = [unit_id for unit_id in ids if table[unit_id].policy_id == self.policy_id]
            if not self.sort.column:
                ranks = {status: unit_status(status).rank for status in {table[unit_id].status for unit_id in ids}}
                ids.sort(key=lambda unit_id: ranks[table[unit_id].status])
            self._kept = (state, ids)
        return self._kept[1]

    def cells(self, key: str) -> Sequence[Cell]:
        match self.part:
            case Part.RULES:
                return rule_cells(self.rules[key], self.ws.zone, self.now)
            case Part.JOBS:
                return job_cells(self.jobs[key], self.ws.zone, self.now)
            case Part.EXCLUDED:
                return exclusion_cells(self._excluded[key], self.ws.zone, self.now)
        table = self._units
        if table is None:
            raise KeyError(key)
        row, hidden = table[key], names_hidden(table.service, self.ws.who)
        return unit_cells(self.ws.store, row, self._start, self.ws.zone, self.now, hidden=hidden, policy=False)

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        if (table := self._units) is not None:
            self._start = part_of(table)
        columns = self._columns()
        if columns != self.table.columns:
            self.table.columns = columns
        self.query_one("#policy-about", Paragraphs).show([Para(text, look) for text, look in self._policy_lines()])
        super().show_rows(news=news, changed=changed)

    def changed(self, change: Change) -> None:
        """Once a minute the units are read again while the service works on them: each has a state of its own."""
        super().changed(change)
        policy, service = self.policy, self.unit_service
        if Topic.MINUTE in change.topics and policy and service and policy_status(policy.status).moving:
            self.ws.sync.read_units(service)

    def _columns(self) -> tuple[Column, ...]:
        match self.part:
            case Part.RULES:
                return RULE_COLUMNS
            case Part.JOBS:
                return JOB_COLUMNS
            case Part.EXCLUDED:
                return EXCLUSION_COLUMNS
        if (table := self._units) is None:
            return self.COLUMNS
        hidden = names_hidden(table.service, self.ws.who)
        return unit_columns(table.service, self._start, hidden=hidden, policy=False)

    def _policy_lines(self) -> Iterator[tuple[str, str]]:
        policy = self.policy
        if policy is None:
            yield "This policy no longer exists in the service. esc goes back.", "warn"
            return
        yield from ((line, "warn") for line in full_lines(self.ws.store, policy))
        state = policy_status(policy.status)
        if state.value != "activeWithErrors":  # the title counts those with problems, and the list begins with them
            yield from ((line, state.tone.value) for line in state_lines(policy))
        if policy.service is not None and names_hidden(policy.service, self.ws.who):
            yield HIDDEN_NAMES, ""

    # -- words ----------------------------------------------------------------------------------------------

    def heading(self) -> Section:
        policy = self.policy
        if policy is None:
            return Section(short_id(self.policy_id))
        right: list[str] = []
        known = self._known(self.part)
        name = self.part.value.lower()
        if policy.service is None:
            right.append("nothing can be listed")
        elif known.never_read or known.error:
            right.append(f"{name} {self._freshness(known)}")
        elif not known.complete:
            right.append(f"{self.table.row_count:,} {name} so far, more to come")
        elif self.part is Part.UNITS and self.filter_text:
            right.append(f'{self.table.row_count:,} match "{self.filter_text}"')
        marked = len(self.table.marked if self.part is Part.UNITS else self._marks)
        if marked:
            out = self.table.hidden_marks if self.part is Part.UNITS else 0
            right.append(f"{marked:,} selected{f', {out:,} hidden' if out else ''}")
        if not right and self.part is Part.UNITS:
            right.append(", ".join(state_counts(self.ws.store, policy)))
        return Section(policy_label(policy), policy_cell(policy, self.ws.zone, self.now), "   ".join(right))

    def total(self) -> int | None:
        return self._listed if self.part is Part.UNITS else None

    @property
    def _listed(self) -> int | None:
        table = self._units
        return None if table is None else sum(row.policy_id == self.policy_id for row in table.values())

    def show_title(self) -> None:
        if self.is_mounted:
            names = [f"{part.value} {self._count(part, self._known(part))}" for part in self._parts]
            self.query_one("#parts", TabLine).show(names, self._place)
        super().show_title()

    def _count(self, part: Part, known: Freshness) -> str:
        if known.never_read:
            return "not readable" if known.denied else "…"
        more = "" if known.complete else "+"
        match part:
            case Part.RULES:
                return rules_count(self.rules) + more
            case Part.JOBS:
                return jobs_count(self.jobs) + more
            case Part.EXCLUDED:
                return f"{len(self._excluded):,}{more}"
        return "?" if self._listed is None else f"{self._listed:,}{more}"

    def _freshness(self, known: Freshness) -> str:
        """As all lists say it; what this sign-in may not read names the permission."""
        if known.denied and known.never_read:
            return f"not readable with this sign-in: needs {PROTECTION.least}"
        return self.freshness_words(known)

    def empty_words(self) -> str:
        policy, known = self.policy, self._known(self.part)
        if policy is None:
            return ""
        if policy.service is None:
            what = f"policies of {policy.workload}" if policy.workload else "the service of this policy"
            return f"This version does not know {what}, so nothing of it can be listed."
        names = self.part.value.lower()
        if self.part is Part.UNITS:
            names = units_words(policy.service, 0).partition(" ")[2]
        if known.never_read:
            return f"The {names}: {self._freshness(known)}." if known.denied or known.error else "Loading…"
        if self.part is Part.UNITS and self.filter_text:
            if not known.complete:
                return f"No match so far; {self.table.row_count:,} loaded, more to come."
            return f'No unit matches "{self.filter_text}". Esc clears the filter.'
        if not known.complete:
            return "None so far; more to come."
        return {
            Part.UNITS: f"This policy has no {names}.",
            Part.RULES: "No rules: units are added by hand or in bulk. + adds a rule.",
            Part.JOBS: "No bulk additions. + adds a list of names.",
            Part.EXCLUDED: "Nothing is excluded: the whole service is protected.",
        }[self.part]

    def about(self, key: str) -> Sequence[Section | str]:
        match self.part:
            case Part.RULES:
                rule = self.rules.get(key)
                return rule_lines(rule, self.ws.zone, self.now) if rule is not None else []
            case Part.JOBS:
                job = self.jobs.get(key)
                return job_lines(job, self.ws.zone, self.now) if job is not None else []
            case Part.EXCLUDED:
                out = self._excluded.get(key)
                return exclusion_lines(out, self.ws.zone, self.now) if out is not None else []
        row = self.unit_of(key)
        if row is None:
            return []
        return about_unit(self.ws.store, row, self.ws.zone, self.now, hidden=names_hidden(row.service, self.ws.who))

    # -- parts ----------------------------------------------------------------------------------------------

    def show_part(self, part: Part) -> None:
        """Lists another part; the selected units and the place in each part are kept."""
        if part is self.part:
            return
        table = self.table
        if self.part is Part.UNITS:
            self._marks = table.marked
        if (place := table.cursor_key) is not None:
            self._places[self.part] = place
        self.part = part
        table.markable = part is Part.UNITS
        table.marked = self._marks if part is Part.UNITS else frozenset()
        self.show_rows()
        table.source = self
        if (kept := self._places.get(part)) is not None:
            table.move_to(kept)
        self.show_title()
        self.show_about()
        self.refresh_frame()

    def next_part(self, row: str | None) -> None:
        self.show_part(self._parts[(self._place + 1) % len(self._parts)])

    def show_tab(self, place: int) -> None:
        self.show_part(self._parts[place])

    def previous_part(self, row: str | None) -> None:
        self.show_part(self._parts[(self._place - 1) % len(self._parts)])

    @property
    def _place(self) -> int:
        return self._parts.index(self.part) if self.part in self._parts else 0

    def open_row(self, row: str | None) -> None:
        if self.part is Part.UNITS:
            super().open_row(row)
        elif row is not None and (rule := self.rules.get(row)) is not None:
            self.open_rule(rule)
        elif row is not None and (job := self.jobs.get(row)) is not None and job.troubles:
            self.see_troubles(row)
        elif row is not None and (job := self.jobs.get(row)) is not None:
            lines = _texts(job_lines(job, self.ws.zone, self.now, whole=True))
            self.program.push_screen(PagerScreen(f"Bulk addition to {self._label}", lines))
        elif row is not None and self.unit_service and (out := self._excluded.get(row)) is not None:
            lines = _texts(exclusion_lines(out, self.ws.zone, self.now))
            read = partial(self.ws.reader.exclusion, self.unit_service, self.policy_id, row)
            later = partial(as_it_is_sent, read)
            self.program.push_screen(PagerScreen(f"Excluded from {self._label}", lines, later=later))

    @property
    def _label(self) -> str:
        return policy_label(self.policy) if self.policy is not None else short_id(self.policy_id)

    def remove_units(self, row: str | None) -> None:
        staged = tuple(unit.id for unit in self.meant(row))
        self.table.marked = frozenset()
        self.program.open(OpenPolicyEdit(self.policy_id, remove=staged))

    def copy_id(self, row: str | None) -> None:
        if self.part is Part.UNITS:
            super().copy_id(row)
        elif row is not None:
            nouns = {Part.RULES: "rule", Part.JOBS: "bulk addition", Part.EXCLUDED: "exclusion"}
            self.say(copy(self.app, row, f"id of this {nouns[self.part]}"))


def _texts(lines: Sequence[Section | str]) -> list[str]:
    return [line if isinstance(line, str) else line.text for line in lines]


PolicyDetail.offers(detail_commands(PolicyDetail))
