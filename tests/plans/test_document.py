"""The file that a plan is written in."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import LocalError, UsageError
from backup_tui.models.services import Destination, Service
from backup_tui.plans.document import document_of, plan_text, read_plan, save_plan
from backup_tui.plans.plan import Plan, PlanLimits, Scope, Source, Wave

PATH = Path("ransom-20nov.toml")
PLAN = Plan(
    "ransom-20nov",
    Scope(Source.LIST, ("names.csv",), "ab" * 32, ("lee.gu@contoso.com",), {"sato": "u-1"}),
    "20 Nov 14:10",
    "Europe/Berlin",
    Destination.IN_PLACE,
    (Wave("directors", ("@directors.csv",), ("ceo@contoso.com",), pause=timedelta(minutes=30)), Wave("the rest")),
    tenant="contoso.com",
    service=Service.ONEDRIVE,
    expected={Service.ONEDRIVE: 2_560},
)
BY_HAND = """\
# for the night shift
version = 1
name = "night"
  list   =   'names.csv'   # from HR, 20 Nov
before = "2h"       # before the first alert

zone = "UTC"
to = "new"

[limits]
# the line is slow
sessions = 5

[[wave]]
name = "directors"
members = [
    "adele@contoso.com",  # asks every hour
    "megan@contoso.com",
]

# everybody else
[[wave]]
name = "the rest"
"""

words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
spans = st.integers(1, 10_000).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    source = draw(st.sampled_from(Source))
    entries = draw(st.lists(words, min_size=1, max_size=1 if source is Source.LIST else 3))
    names = draw(st.lists(words, min_size=1, max_size=4, unique_by=str.casefold))
    rest = draw(st.integers(0, len(names)))
    waves = tuple(
        Wave(
            name,
            tuple(draw(st.lists(words, min_size=1, max_size=3))) if at != rest else (),
            tuple(draw(st.lists(words, max_size=2))),
            draw(st.booleans()),
            draw(st.one_of(st.just(timedelta()), spans)),
            draw(st.sampled_from(["", "2h", "20 Nov 14:10"])),
            draw(st.sampled_from([None, *Destination])),
        )
        for at, name in enumerate(names)
    )
    service = draw(st.sampled_from([None, *Service]))
    return Plan(
        name=draw(st.sampled_from(["ransom-20nov", "a", "Q4_drill.2"])),
        scope=Scope(
            source,
            tuple(entries),
            draw(st.sampled_from(["", "0f" * 32])),
            tuple(draw(st.lists(words, max_size=3))),
            draw(st.dictionaries(words, words, max_size=3)),
        ),
        before=draw(st.sampled_from(["2h", "latest", "20 Nov 14:10"])),
        zone=draw(st.sampled_from(["UTC", "Europe/Berlin"])),
        destination=draw(st.sampled_from(Destination)),
        waves=waves,
        tenant=draw(st.sampled_from(["", "contoso.com"])),
        service=service,
        prefer_express=service is not Service.EXCHANGE and draw(st.booleans()),
        express_within=draw(spans),
        max_gap=draw(st.one_of(st.none(), spans)),
        limits=PlanLimits(draw(st.integers(1, 1_000)), draw(st.integers(1, 25)), draw(st.integers(1, 1_000))),
        bulk=draw(st.booleans()),
        expected=draw(st.dictionaries(st.sampled_from(Service), st.integers(0, 10_000))),
        note=draw(st.one_of(st.just(""), words)),
    )


@given(plans())
def test_a_plan_is_read_as_it_was_written(plan: Plan) -> None:
    assert document_of(plan_text(plan), PATH).plan == plan


@given(plans(), plans())
def test_a_changed_plan_is_read_as_it_was_changed(plan: Plan, other: Plan) -> None:
    document = document_of(plan_text(plan), PATH)

    assert document.with_plan(plan).text == document.text
    changed = document.with_plan(other)
    assert changed.plan == other
    assert document_of(changed.text, PATH).plan == other


@given(plans())
def test_each_key_of_a_fresh_file_has_a_comment_once(plan: Plan) -> None:
    lines = plan_text(plan).splitlines()
    bare = [line for line in lines if line.partition(" = ")[1] and "#" not in line and not line.startswith(" ")]

    first_wave = lines.index("[[wave]]")
    tables = {at for at, line in enumerate(lines) if line.startswith(("[chosen]", "[expected]"))}
    for line in bare:
        at = lines.index(line)
        table = max((start for start in range(at) if lines[start].startswith("[")), default=0)
        assert table in tables or table > first_wave or line.endswith("["), line


def test_a_change_keeps_what_a_person_wrote() -> None:
    document = document_of(BY_HAND, PATH)
    waves = (replace(document.plan.waves[0], needs_yes=False), document.plan.waves[1])

    changed = document.with_plan(replace(document.plan, before="20 Nov 14:10", waves=waves))

    expected = BY_HAND.replace('before = "2h" ', 'before = "20 Nov 14:10" ')
    expected = expected.replace('",\n]\n', '",\n]\nneeds_yes = false\n')
    assert changed.text == expected


def test_keys_and_tables_that_are_added_do_not_part_a_comment_from_its_table() -> None:
    text = BY_HAND.replace("[limits]\n# the line is slow", "# the line is slow\n[limits]")
    document = document_of(text, PATH)

    scope = replace(document.plan.scope, left_out=("lee",), chosen={"sato": "u-1"})
    changed = document.with_plan(replace(document.plan, scope=scope, note="x", expected={Service.EXCHANGE: 2}))

    top = changed.text.partition("# the line is slow")[0].splitlines()
    assert {'left_out = ["lee"]  # names that are left out on purpose', 'note = "x"  # for others'} < set(top)
    assert changed.text.count("\n\n# the line is slow\n[limits]\nsessions = 5\n") == 1
    assert changed.text.startswith(text[: text.index("# the line is slow")].rstrip("\n"))


def test_waves_keep_their_comments_where_they_move_to() -> None:
    document = document_of(BY_HAND, PATH)
    directors, rest = document.plan.waves

    changed = document.with_plan(replace(document.plan, waves=(Wave("finance", ("kim",)), rest, directors)))

    assert [wave.name for wave in changed.plan.waves] == ["finance", "the rest", "directors"]
    assert "# asks every hour" in changed.text
    assert "# the line is slow" in changed.text


def test_another_source_takes_the_place_of_the_list() -> None:
    document = document_of(BY_HAND, PATH)

    changed = document.with_plan(replace(document.plan, scope=Scope(Source.POLICIES, ("All mailboxes",))))

    assert changed.plan.scope == Scope(Source.POLICIES, ("All mailboxes",))
    assert "names.csv" not in changed.text


@pytest.mark.parametrize("start", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_marks_and_line_ends_of_an_editor_stay(tmp_path: Path, start: str, end: str) -> None:
    path = tmp_path / "night.toml"
    path.write_bytes((start + BY_HAND.replace("\n", end)).encode())

    document = read_plan(path)
    changed = document.with_plan(replace(document.plan, before="5h"))
    save_plan(path, changed.text, replace=True)

    assert path.read_bytes() == (start + BY_HAND.replace("\n", end)).replace('"2h"', '"5h"').encode()
    assert read_plan(path) == changed


SLIPS = [
    ("version = 1\n", "", "version: it is missing.", "Write version = 1"),
    ("version = 1", "version = 2", "version: 2: a newer version of backup-tui wrote this", "Update backup-tui."),
    ('name = "night"', 'name = "my plan"', 'name: "my plan": it cannot be the name of a plan.', "Use up to 48"),
    ("before =", "befor =", "line 5: befor: this key is unknown.", "Did you mean before?"),
    ("sessions = 5", "units-per-session = 5", "units-per-session in [limits]: this key", "mean units_per_session?"),
    ("sessions = 5", "sessions = 26", "sessions in [limits]: 26: it is more than 25.", "from 1 to 25."),
    ("sessions = 5", "sessions = 0", "sessions in [limits]: 0: it is less than 1.", "from 1 to 25."),
    ("sessions = 5", 'sessions = "5"', 'sessions in [limits]: "5": it isn\'t a whole number.', "Write sessions = 25"),
    ("sessions = 5", f"sessions = 0x{'f' * 9_000}", "sessions in [limits]: a very large number: it is more", "25."),
    ('to = "new"', 'to = "in place"', 'line 8: to: "in place": it cannot be used.', "Did you mean in-place?"),
    ('to = "new"', 'to = "somewhere"', "it cannot be used.", "It is one of in-place, new."),
    ('zone = "UTC"', 'zone = "Europe/Berln"', '"Europe/Berln": it isn\'t a time zone.', "Did you mean Europe/Berlin?"),
    ("'names.csv'", "'names.csv'\npolicies = ['All']", "the names already come from list", "Keep one of"),
    ("  list   =   'names.csv'", "", "list: nobody is named.", "failed_of"),
    ("'names.csv'", "'n.csv'\nlist_sha256 = 'abc'", "isn't a SHA-256 hash", "64 characters"),
    ("'names.csv'", "'n.csv'\nmax_gap = '2 moons'", "isn't a length of time", "Write 6h"),
    ("'names.csv'", "'n.csv'\nmax_gap = '400d'", "more than 366 days", "at most 366d"),
    ("'names.csv'", "'n.csv'\nservice = 'exchange'\nprefer = 'express'", "no express points", '"newest"'),
    ("'names.csv'", "'n.csv'\nbulk = 'yes'", "neither true nor false", "Write bulk = true"),
    ("'names.csv'", "'n.csv'\nnote = ''", 'note: "": it is empty.', "remove it"),
    ("'names.csv'", "'n.csv'\nleft_out = [5]", "left_out: 5: it isn't text.", 'left_out = "..."'),
    ("[limits]", "[limit]", "limit: this key is unknown.", "Did you mean limits?"),
    ('name = "the rest"', 'name = "Directors"', "wave 1 has this name, too", "name of its own"),
    ("members = [", "first = [", "in [[wave]] 2 (the rest): wave 1 (directors) already takes all", "one of the two"),
    ('name = "the rest"', 'name = "r"\nmember = "x"', "line 24: member in [[wave]] 2: this key", "mean members?"),
    ('name = "the rest"', 'name = "r"\npause = "40d"', "pause in [[wave]] 2 (r)", "at most 31d"),
    ("# everybody else", "[expected]\nteams = 4", "teams in [expected]: this key is unknown.", "exchange, onedrive"),
    ("[limits]", "[limits", "is not TOML: ", 'A line looks like: before = "20 Nov 14:10"'),
    ('zone = "UTC"', 'zone = "UTC', "(at line 7, column 12).", "A line looks like"),
    ('zone = "UTC"', f"zone = {'[' * 5_000}", "is not", "A line looks like"),
    ('zone = "UTC"', f"zone = {'9' * 5_000}", "is not TOML", "A line looks like"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message", "hint"), SLIPS)
def test_a_slip_is_named_with_the_way_out(old: str, new: str, message: str, hint: str) -> None:
    assert old in BY_HAND
    with pytest.raises(UsageError) as caught:
        document_of(BY_HAND.replace(old, new, 1), PATH)

    assert caught.value.message.startswith("ransom-20nov.toml")
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.certainty == "Nothing was sent."


def test_limits_that_support_has_lifted_or_lowered_count() -> None:
    lifted = BY_HAND.replace("sessions = 5", "sessions = 40")

    assert document_of(lifted, PATH, ServiceLimits(sessions=50)).plan.limits.sessions == 40
    assert document_of(BY_HAND, PATH, ServiceLimits(units=300)).plan.limits.units == 300
    with pytest.raises(UsageError, match="more than 4"):
        document_of(BY_HAND, PATH, ServiceLimits(sessions=4))


LINES = st.sampled_from(
    [*BY_HAND.splitlines(), "[chosen]", "sato = 'x'", "[[wave]]", "[wave]", "wave = 5", "wave = [{}]", "limits = []",
     "limits.units = 7", "before = 2026-11-20", "x.y.z = 1", "[limits.more]", "= 5", '"" = ""', "name = 'b\\u0000c'",
     "first = '@f.csv'", "expected = {onedrive = -1}", "failed_of = 'a'"]
)  # fmt: skip


@given(st.lists(LINES, max_size=14), st.text(max_size=20))
def test_whatever_is_in_the_file_is_a_plan_or_an_error_of_ours(lines: list[str], more: str) -> None:
    try:
        plan = document_of("\n".join([*BY_HAND.splitlines()[:8], *lines, more]), PATH).plan
    except UsageError:
        return
    assert document_of(plan_text(plan), PATH).plan == plan


@pytest.fixture(scope="module")
def any_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "any.toml"


@given(data=st.binary(max_size=60))
def test_whatever_bytes_are_in_the_file_it_is_an_error_of_ours(any_file: Path, data: bytes) -> None:
    any_file.write_bytes(data)

    with pytest.raises(UsageError) as caught:
        read_plan(any_file)

    assert str(any_file) in caught.value.message


TOP = BY_HAND[: BY_HAND.index("[limits]")]
FORMS = [
    BY_HAND,
    TOP + "limits.units = 9\n" + BY_HAND[BY_HAND.index("[[wave]]") :],
    BY_HAND.replace("[limits]\n# the line is slow\n", "[limits]\n").replace("sessions = 5", "sessions = 5 # slow"),
    TOP + 'wave = [{name = "a", members = ["x"]}, {name = "b"}]\nlimits = {sessions = 5}\n',
    TOP + "expected = {onedrive = 4}\nchosen.sato = 'u-1'\nchosen.'a b' = 'u-2'",
    BY_HAND + '\n[expected]\nonedrive = 3\n# the last\n[chosen]\n"sato" = "u-1"',
    TOP + '[chosen]\nx = "1"\n\n[[wave]]\nname = "one"\n[expected]\nsharepoint = 1',
]


@given(st.sampled_from(FORMS), plans(), plans())
def test_a_file_in_any_form_is_changed_or_refused_but_never_damaged(text: str, other: Plan, more: Plan) -> None:
    document = document_of(text, PATH)
    for plan in (other, more, replace(document.plan, note="x", expected={Service.EXCHANGE: 1}), document.plan):
        try:
            document = document.with_plan(plan)
        except UsageError as error:
            assert error.certainty == "The file is as it was."  # noqa: PT017
            continue
        assert document.plan == plan


def test_a_table_written_in_two_places_is_changed_or_refused_but_never_damaged() -> None:
    twice = BY_HAND + '\n[chosen]\nsato = "u-1"\n[expected]\nonedrive = 3\n'
    dotted = BY_HAND.replace("[limits]\n# the line is slow\nsessions = 5\n", "").replace(
        'to = "new"', 'to = "new"\nlimits.sessions = 5'
    )
    for text in (twice, dotted):
        document = document_of(text, PATH)
        wanted = replace(document.plan, limits=PlanLimits(100, 3, 500), expected={Service.EXCHANGE: 1})

        assert document.with_plan(wanted).plan == wanted


def test_a_file_that_is_missing_too_large_or_not_text_is_refused(tmp_path: Path) -> None:
    large, latin = tmp_path / "large.toml", tmp_path / "latin.toml"
    large.write_bytes(b"#" * 5_000_001)
    latin.write_bytes(b"version = 1\n# M\xfcller\n")

    with pytest.raises(UsageError, match="No such file"):
        read_plan(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="Is a directory"):
        read_plan(tmp_path)
    with pytest.raises(UsageError, match="larger than 5 MB"):
        read_plan(large)
    with pytest.raises(UsageError, match="line 2: it is not UTF-8"):
        read_plan(latin)


def test_a_file_is_for_its_owner_and_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    save_plan(path, plan_text(PLAN))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(LocalError, match="exists already"):
        save_plan(path, "other")
    assert read_plan(path).plan == PLAN

    save_plan(path, BY_HAND, replace=True)
    assert path.read_text() == BY_HAND
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(LocalError, match="cannot be written"):
        save_plan(tmp_path / "none" / "plan.toml", BY_HAND, replace=True)
