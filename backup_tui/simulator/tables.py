"""Tables of texts that ship as files beside the module that uses them: one row a line, cells between bars."""

from pathlib import Path


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows under the names of their header, the first line that is neither empty nor a ``#`` comment."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    columns, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [dict(zip(columns, row, strict=True)) for row in rows]
