"""Tables of texts that ship as files beside the module that uses them: one row a line, cells between bars.

A table of sentences is read, compared and corrected as a table; as code each row would be eight lines of arguments.
"""

from pathlib import Path


def read_table(path: Path) -> list[dict[str, str]]:
    """Reads the rows under the names of their header, the first line that is neither empty nor a `#` comment.

    Args:
        path: A file of the program itself.

    Raises:
        OSError: The file is not where it was installed.
        ValueError: A row does not have one cell for each column; names file and line.
    """
    columns: list[str] = []
    rows: list[dict[str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if not columns:
            columns = cells
        elif len(cells) == len(columns):
            rows.append(dict(zip(columns, cells, strict=True)))
        else:
            raise ValueError(f"{path.name}, line {number}: {len(cells)} cells under {len(columns)} columns.")
    return rows
