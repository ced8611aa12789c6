"""How many examples a property test tries: few with each change, many when somebody takes the time for it.

`HYPOTHESIS_PROFILE=thorough pytest` takes ten times as many.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
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
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Leaves nothing to look through to the runner, which does so five times at the end.

    With all that a worker has collected that takes longer than the five seconds after which it is interrupted.
    """
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Compiles everything once before the workers start, who would all do so at the same time in a fresh clone."""
    config = session.config
    workers = 0 if hasattr(config, "workerinput") else getattr(config.option, "numprocesses", 0)
    if not workers or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    compiled = {file.name.partition(".")[0] for file in Path(__file__).parent.glob("*/__pycache__/test_*-pytest-*.pyc")}
    if any(file.stem not in compiled for file in Path(__file__).parent.glob("*/test_*.py")):
        collect = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-qq"]
        subprocess.run(collect, cwd=config.rootpath, stdout=subprocess.DEVNULL, check=False)
