"""The tasks of the project; each can be run alone, and `.ci/run` runs them all after README's test command.

They use the environment that README's test command created (`.venv`), so nothing is installed twice; only `docs` and
`wheel` make one of their own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "contracts", "wheel"]

STYLES_ARE_IN_THE_WHEEL = """
from backup_tui.ui.frame.themes import style_paths
paths = style_paths()
assert paths and all(path.is_file() for path in paths), paths
assert all("site-packages" in str(path) for path in paths), paths
"""


@nox.session
def lint(session: nox.Session) -> None:
    """Checks style and format."""
    session.run(sys.executable, "-m", "ruff", "check", ".")
    session.run(sys.executable, "-m", "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Checks types, strictly: the program, then its tests, which import what they share by its bare name."""
    session.run(sys.executable, "-m", "mypy")
    # `interop` imports clients of other vendors, which the environment does not hold: their types are unknown here.
    folders = sorted(each for each in Path("tests").iterdir() if any(each.glob("*.py")) and each.name != "interop")
    shared = {"MYPYPATH": os.pathsep.join([".", "tests/data", *map(str, folders)])}
    files = [str(file) for folder in folders for file in sorted(folder.glob("*.py")) if file.name != "conftest.py"]
    session.run(sys.executable, "-m", "mypy", "--explicit-package-bases", *files, env=shared, silent=True)
    for file in sorted(Path("tests").rglob("conftest.py")):
        session.run(sys.executable, "-m", "mypy", "--explicit-package-bases", str(file), env=shared, silent=True)


@nox.session
def contracts(session: nox.Session) -> None:
    """Checks that imports point one way."""
    session.run(str(Path(sys.executable).parent / "lint-imports"))


@nox.session
def wheel(session: nox.Session) -> None:
    """Builds the wheel, installs it into an empty environment, and runs it from an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        session.run(sys.executable, "-m", "build", "--wheel", "--outdir", str(place), ".", silent=True)
        [built] = place.glob("*.whl")
        session.run(sys.executable, "-m", "venv", str(place / "venv"))
        bin_folder = place / "venv" / "bin"
        session.run(str(bin_folder / "pip"), "install", "-q", "--disable-pip-version-check", str(built), external=True)
        (place / "empty").mkdir()
        bare = {"PYTHONPATH": ""}  # only what was installed
        with session.chdir(place / "empty"):
            program = str(bin_folder / "backup-tui")
            session.run(program, "--version", external=True, env=bare)
            session.run(
                program, "--demo", "sessions", "list", "--status", "running", silent=True, external=True, env=bare
            )
            session.run(str(bin_folder / "python"), "-c", STYLES_ARE_IN_THE_WHEEL, external=True, env=bare)


@nox.session(venv_backend="venv")
def docs(session: nox.Session) -> None:
    """Builds docs/ as a site into build/site, in an environment of its own; a broken link fails it."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    session.install("-q", *project["optional-dependencies"]["docs"])
    session.run("mkdocs", "build", "--clean", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Runs the tests and lists the lines that none of them reached."""
    session.run(sys.executable, "-m", "pytest", "--cov=backup_tui", "--cov-report=term-missing:skip-covered")
