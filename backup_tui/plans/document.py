"""The file that a plan is written in: TOML that people write, comment and compare, kept as they wrote it.

The values are read with the standard library, whose messages name the line; `tomlkit` changes single values in place,
so that comments and the order of the keys stay. What was changed is read again before it is handed out.
"""

import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import LocalError, UsageError
from backup_tui.models.text import safe
from backup_tui.plans.keys import LIMIT_KEYS, TABLES, TOP_KEYS, WAVE_KEYS, plan_of, values_of
from backup_tui.plans.plan import Plan
from backup_tui.plans.values import Wrong, shown
from backup_tui.private_files import replace_private
from backup_tui.restore.report import save_report

if TYPE_CHECKING:
    from tomlkit.items import Table

MAX_BYTES = 5_000_000  # a file larger than this is taken for the wrong one

_INDENT = 34  # comments are aligned at most so far to the right

_WIDTH = 90  # a list that is longer is written with one entry a line

_BOM = "\ufeff"
_IN_PIECES = "its tables are written in a way that cannot be changed value by value"
_NO_COMMENTS: Mapping[str, str] = MappingProxyType({})
_UNTOUCHED = "Nothing was sent."
_EXAMPLE = 'A line looks like: before = "20 Nov 14:10"'


class PlanDocument(Struct, frozen=True):
    """A plan and the file that it is written in."""

    plan: Plan  # what the file says
    path: Path  # where the file is; lists of names are looked for beside it
    text: str  # the file as it is written, comments included
    digest: str  # SHA-256 of its bytes, in hexadecimal
    limits: ServiceLimits = LIMITS  # the limits that it was checked against

    @property
    def folder(self) -> Path:
        """Where the lists that it names are."""
        return self.path.parent

    def with_plan(self, plan: Plan) -> "PlanDocument":
        """The same file with another plan: only the values that differ change, everything else stays as it is written.
        Raises `UsageError`: the plan cannot be written so; nothing was written."""
        if plan == self.plan:
            return self
        text = _changed(self, plan)
        try:
            changed = document_of(text, self.path, self.limits)
        except UsageError as error:
            raise _unwritable(self.path, error.message) from error
        if changed.plan != plan:
            raise _unwritable(self.path, _IN_PIECES)
        return changed


def read_plan(path: Path, limits: ServiceLimits = LIMITS) -> PlanDocument:
    """Reads a plan file. `limits`: what the plan may ask for at most. Raises `UsageError`: it cannot be read, is not
    TOML, or holds a key or a value that cannot be used; names file, line, key, value and the way out."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is not a file name"
        raise _refused(path, f"{safe(str(path))} cannot be read ({reason}).", "Check its name.") from error
    if len(data) > MAX_BYTES:
        raise _refused(path, f"{path} is larger than {MAX_BYTES // 1_000_000} MB; too large for a plan.", "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(path, f"{path}, line {line}: it is not UTF-8.", "Save the file as UTF-8.") from None
    return document_of(text, path, limits)


def document_of(text: str, path: Path, limits: ServiceLimits = LIMITS) -> PlanDocument:
    """A plan from its text. `path`: where the file is or would be. Raises `UsageError`, as `read_plan` does."""
    try:
        values = tomllib.loads(text.removeprefix(_BOM))
    except RecursionError:
        raise _refused(path, f"{path} is not a plan: it is nested too deeply.", _EXAMPLE) from None
    except ValueError as error:  # TOMLDecodeError is one; so is a number of thousands of digits
        raise _refused(path, f"{path} is not TOML: {safe(str(error))}.", _EXAMPLE) from None
    try:
        plan = plan_of(values, limits)
    except Wrong as wrong:
        line = _line_of(text, wrong.where, wrong.key)
        place = f"{path}, line {line}" if line else str(path)
        value = "" if wrong.value is None else shown(wrong.value)
        raise UsageError(
            f"{place}: {wrong.words}", field=wrong.key, value=value, certainty=_UNTOUCHED, hint=wrong.hint
        ) from None
    return PlanDocument(plan, path, text, sha256(text.encode()).hexdigest(), limits)


def plan_text(plan: Plan, tenant: str = "") -> str:
    """A fresh plan file, with a short comment beside each key. `tenant`: what people call the tenant, for its first
    line; the plan itself may have its id."""
    values = values_of(plan)
    waves = values.pop("wave")
    tables = {key: values.pop(key) for key in TABLES if key in values}
    parts = [
        f"# Restore plan {plan.name}{f' for {safe(tenant)}' if tenant else ''}: nothing is sent before its review.\n"
        "# `backup-tui plan check FILE` reads everything and changes nothing.\n",
        _lines(values, TOP_KEYS),
    ]
    for key, table in tables.items():
        parts.append(f"[{key}]  # {TABLES[key]}\n{_lines(table, LIMIT_KEYS if key == 'limits' else {})}")
    told: set[str] = set()
    for wave in waves:
        parts.append(f"[[wave]]\n{_lines(wave, {key: word for key, word in WAVE_KEYS.items() if key not in told})}")
        told |= set(wave)
    return "\n".join(parts)


def save_plan(path: Path, text: str, *, replace: bool = False) -> None:
    """Writes a plan file for its owner only. With `replace`, the file is put in the place of an earlier one, whole or
    not at all. Raises `LocalError`: there is one already (without `replace`), or it cannot be written."""
    if not replace:
        save_report(path, text)
        return
    try:
        replace_private(path, text.encode())
    except OSError as error:
        raise LocalError(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.",
            certainty="The file is as it was.",
            hint="Use another folder.",
        ) from error


def _lines(values: dict[str, Any], comments: Mapping[str, str]) -> str:
    from tomlkit import key as toml_key

    lines = [f"{toml_key(key).as_string()} = {_value(value)}" for key, value in values.items()]
    told = [comments.get(key, "") for key in values]
    width = min(_INDENT, max((len(line) for line, comment in zip(lines, told, strict=True) if comment), default=0))
    return "".join(
        f"{line.ljust(width)}  # {comment}\n" if comment else f"{line}\n"
        for line, comment in zip(lines, told, strict=True)
    )


def _value(value: object) -> str:
    from tomlkit import item

    if isinstance(value, list):
        inside = [_value(one) for one in value]
        line = f"[{', '.join(inside)}]"
        return line if len(line) <= _WIDTH else "".join(("[\n", *(f"    {one},\n" for one in inside), "]"))
    return item(value).as_string()


def _changed(document: PlanDocument, plan: Plan) -> str:
    """The text with the values that differ. Raises `UsageError`: it is TOML that tomlkit cannot take."""
    from tomlkit import parse
    from tomlkit.exceptions import TOMLKitError

    mark = _BOM if document.text.startswith(_BOM) else ""
    try:
        toml = parse(document.text.removeprefix(_BOM))
        _Changes().make(toml, values_of(document.plan), values_of(plan))
        return mark + toml.as_string()
    except (TOMLKitError, KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        # tomlkit has no error of its own for some forms of a table, such as one that is written in two places.
        raise _unwritable(document.path, _IN_PIECES) from error


class _Changes:
    """Values changed in a parsed file."""

    def __init__(self) -> None:
        self._added: list[tuple[Any, str]] = []

    def make(self, toml: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Makes `after` of a file that says `before`."""
        old_waves, new_waves = before.pop("wave"), after.pop("wave")
        if old_waves != new_waves:
            self._change_waves(toml, old_waves, new_waves)
        self._change(toml, before, after, TOP_KEYS)
        for container, key in self._added:
            _below_the_last_key(container.body, key)

    def _change(
        self, table: Any, before: dict[str, Any], after: dict[str, Any], comments: Mapping[str, str] = _NO_COMMENTS
    ) -> None:
        for key in before:
            if key not in after and key in table:
                del table[key]
        for key, value in after.items():
            if before.get(key) == value:
                continue
            if isinstance(value, dict) and key in table:
                self._change(table[key], before.get(key, {}), value)
            elif isinstance(value, dict):
                table[key] = _table(value)
                table[key].comment(TABLES[key])
                table[key].trivia.comment_ws = "  "
            elif key in table:
                table[key] = _item(value)
            else:
                table[key] = _item(value, comments.get(key, ""))
                self._added.append((table if hasattr(table, "body") else table.value, key))

    def _change_waves(self, toml: Any, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
        """Changes the waves; each keeps its comments, wherever it moves to."""
        from tomlkit import aot

        written = list(toml["wave"]) if "wave" in toml else []
        by_name = {old["name"].casefold(): (table, old) for table, old in zip(written, before, strict=False)}
        names = [wave["name"].casefold() for wave in after]
        tables = []
        for name, wave in zip(names, after, strict=True):
            table, old = by_name.get(name, (None, {}))
            if table is None:
                table = _table(wave)
            else:
                self._change(table, old, wave)
            tables.append(table)
        if list(by_name) != names:
            fresh = aot()
            for table in tables:
                fresh.append(table)
            toml["wave"] = fresh


def _below_the_last_key(body: list[Any], key: str) -> None:
    """Moves a key that was added up to the other keys, so that it is not below the comment of the next table."""
    at = next(at for at, (name, _) in enumerate(body) if name is not None and name.key == key)
    to = at
    while to and body[to - 1][0] is None:
        to -= 1
    if not 0 < to < at:
        return
    if at + 1 < len(body):  # the blank line with which it was set off from the next table
        following = body[at + 1][1].trivia
        following.indent = following.indent.removeprefix("\n")
    body.insert(to, body.pop(at))


def _table(values: dict[str, Any]) -> "Table":
    from tomlkit import table

    made = table()
    for key, value in values.items():
        made.add(key, _item(value))
    return made


def _item(value: object, comment: str = "") -> Any:
    from tomlkit import item

    made: Any = item(value)
    if isinstance(value, list) and len(_value(value)) > _WIDTH:
        made.multiline(True)
    if comment:
        made.comment(comment)
        made.trivia.comment_ws = "  "
    return made


def _unwritable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"The plan cannot be changed in {path}: {safe(why, 400).rstrip('.')}.",
        field="plan",
        value=str(path),
        certainty="The file is as it was.",
        hint="Change the file by hand, or save the plan under another name.",
    )


def _refused(path: Path, message: str, hint: str) -> UsageError:
    return UsageError(safe(message, 600), field="FILE", value=safe(str(path)), certainty=_UNTOUCHED, hint=hint)


def _line_of(text: str, where: str, key: str) -> int:
    """Number of the line that holds a key, or else of the head of its table; 0 where neither is found."""
    head, _, number = where.partition(" ")
    wanted = int(number.partition(" ")[0]) if number else 1
    section, seen, head_line = "", 0, 0
    for at, line in enumerate(text.removeprefix(_BOM).splitlines(), 1):
        word = line.strip()
        if word.startswith("["):
            section = word.partition("#")[0].strip()
            seen += section == head
            head_line = at if section == head and seen == wanted else head_line
        elif section == head and (not head or seen == wanted) and word.partition("=")[0].strip(" \t\"'") == key:
            return at
    return head_line
