"""What the service sent, for the raw view: broken into lines, otherwise unchanged.

Nothing is read here, so nothing can be mended: a member that comes twice, a number with an exponent, a date that is
none, an escaped letter, an order of members and a wrapper all stay."""

import re

from backup_tui.models.text import safe_lines

_PART = r'"(?:[^"\\]|\\.)*"?|[\[\]{},:]|[^\s"\[\]{},:]+'  # compiled when it is first used

_STEP = "  "


def as_sent(body: str) -> list[str]:
    """Lines of a body, indented as JSON is, made safe for a terminal."""
    if not body.lstrip().startswith(("{", "[")):
        return safe_lines(body, len(body)).split("\n")
    out: list[str] = []
    depth, line, opened = 0, "", False
    for part in re.findall(_PART, body, re.DOTALL):
        if part in ("}", "]"):
            depth = max(0, depth - 1)
            if not opened:
                out.append(line)
                line = _STEP * depth
            line += part
        else:
            if opened:
                out.append(line)
                line = _STEP * depth
            line += ": " if part == ":" else part
            if part in ("{", "["):
                depth += 1
        opened = part in ("{", "[")
        if part == ",":
            out.append(line)
            line = _STEP * depth
    out.append(line)
    # A line end inside a text is not JSON, but it may come; as a part of a text it is shown, not obeyed.
    return [safe_lines(each.replace("\n", "\\n"), len(each) * 2) for each in out]
