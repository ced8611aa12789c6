"""How many examples a property test tries: few with each change, many when somebody takes the time for it.

`HYPOTHESIS_PROFILE=thorough pytest` takes ten times as many.
"""

from __future__ import annotations

import gc
import os
import sys

from hypothesis import settings

settings.register_profile("few", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=400, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "few"))

# What was compiled is kept, whatever the environment says: tests start the program some three hundred times, and each
# worker imports all modules of the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A worker holds all modules and what was collected of the tests: looked through for garbage as often as objects come,
# that takes a tenth of the time.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Leaves nothing to look through to the runner, which does so five times at the end.

    With all that a worker has collected that takes longer than the five seconds after which it is interrupted.
    """
    gc.collect()
    gc.freeze()
