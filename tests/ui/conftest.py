"""What every test of the screens runs in: the marks of the terminal, and how long it waits after each key."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

# Pictures and lines are those of a terminal that shows every mark, whatever the tests are run in.
os.environ.update(LC_ALL="C.UTF-8", TERM="xterm")

# Textual looks 50 times a second whether the process has become idle, twice for each key that a test presses, and the
# tests press thousands. Looking more often ends the wait sooner and means the same: idle is a twentieth of the look.
# Both are private to Textual; where they are gone, the tests take its own time.
if find_spec("textual._wait") is not None:
    waits: Any = import_module("textual._wait")
    if hasattr(waits, "SLEEP_GRANULARITY") and hasattr(waits, "SLEEP_IDLE"):
        waits.SLEEP_GRANULARITY = 1 / 120
        waits.SLEEP_IDLE = waits.SLEEP_GRANULARITY / 20

# Every test opens a program of its own, and all have the same styles: they are parsed once for each set of variables.
# This is private to Textual too, and each program parses for itself where it is gone.
parse: Any = getattr(Stylesheet, "_parse_rules", None)
if parse is not None:
    parsed: dict[tuple[object, ...], list[RuleSet]] = {}

    def parse_once(self: Any, *args: Any, **named: Any) -> list[RuleSet]:
        key = (*args, *sorted(named.items()), tuple(getattr(self, "_variables", {}).items()))
        if key not in parsed:
            parsed[key] = parse(self, *args, **named)
        return parsed[key]

    Stylesheet._parse_rules = parse_once  # type: ignore[method-assign]
