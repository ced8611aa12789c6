"""Specifies who may import whom where the import contracts cannot see it, and how the styles are found once installed.

The contracts in pyproject.toml read the source; what is really loaded shows only in a process of its own.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("pydantic", "httpx", "textual", "rich", "starlette", "uvicorn", "sqlite3", "asyncio")

LOADED = """
import json, sys
before = set(sys.modules)
{code}
print(json.dumps(sorted(name for name in set(sys.modules) - before)), file=sys.stderr)
"""


def loaded_by(code: str, **environ: str) -> set[str]:
    """Names of the modules that a fresh interpreter loads when it runs `code`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BACKUP_TUI_")}
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(code=code)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env=environment | environ,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def of(modules: Iterable[str], *packages: str) -> set[str]:
    """Those of the modules that belong to one of the packages."""
    return {name for name in modules if name.partition(".")[0] in packages}


def test_the_package_itself_imports_nothing() -> None:
    ours = {name for name in loaded_by("import backup_tui") if name.startswith("backup_tui")}
    assert ours == {"backup_tui"}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_is_asked_most_loads_nothing_heavy(option: str) -> None:
    loaded = loaded_by(f"from backup_tui.cli import main; assert main([{option!r}]) == 0")
    assert of(loaded, *HEAVY) == set()


def test_a_command_runs_to_its_end_without_the_screens() -> None:
    """Of everything between the command line and the service only `ui` may need a terminal library."""
    code = "from backup_tui.cli import main; assert main(['--demo', 'policies', 'list', '--json']) == 0"
    loaded = loaded_by(code, TZ="UTC")
    assert of(loaded, "textual", "rich", "httpx") == set()
    assert not {name for name in loaded if name.startswith("backup_tui.ui")}
    assert "backup_tui.simulator.app" in loaded, "the command did speak to the service"


def test_settings_are_shown_without_anything_that_speaks_to_a_service() -> None:
    code = "from backup_tui.cli import main; assert main(['config', 'show', '--json']) == 0"
    loaded = loaded_by(code, TZ="UTC")
    assert of(loaded, "httpx", "msal", "pydantic", "textual", "sqlite3", "starlette") == set()


@pytest.mark.parametrize("command", ["whoami", "doctor"])
def test_a_sign_in_that_was_given_takes_no_msal(command: str) -> None:
    code = f"from backup_tui.cli import main; assert main(['--demo', {command!r}, '--json']) == 0"
    loaded = loaded_by(code, TZ="UTC")
    assert of(loaded, "msal", "textual") == set()


def test_the_simulator_stands_alone() -> None:
    """Nothing of the client can hide a misreading behind the same misreading in the simulator."""
    loaded = loaded_by("import backup_tui.simulator.app, backup_tui.simulator.server")
    ours = {name for name in loaded if name.startswith("backup_tui.")}
    assert {name for name in ours if not name.startswith("backup_tui.simulator")} == set()
    assert of(loaded, "pydantic", "httpx", "textual") == set()


def test_a_sign_in_loads_nothing_heavy_before_somebody_signs_in() -> None:
    loaded = loaded_by("import backup_tui.signin")
    assert of(loaded, "msal", "httpx", "requests", "cryptography", "jwt", "textual", "pydantic") == set()


def test_packages_stay_light() -> None:
    """`__init__` files hold a docstring and re-exports; what has code of its own has a name of its own."""
    for file in (ROOT / "backup_tui").rglob("__init__.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            assert isinstance(node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.If), file


@pytest.mark.parametrize("call", ["pop_screen(", "switch_screen(", "dismiss("])
def test_screens_are_left_only_in_the_ways_that_act_once(call: str) -> None:
    """`BaseScreen.close` and `give_way_to`; the app itself goes between the screens 1 to 5."""
    ui = ROOT / "backup_tui" / "ui"
    users = {file.relative_to(ui).as_posix() for file in ui.rglob("*.py") if call in file.read_text(encoding="utf-8")}
    assert users <= {"frame/stacked.py", "app.py", "frame/shared_handlers.py"}


@pytest.mark.parametrize("name", ["utils", "util", "helpers", "common", "misc"])
def test_there_are_no_rooms_without_a_meaning(name: str) -> None:
    assert not [path for path in (ROOT / "backup_tui").rglob("*") if path.stem == name]


# -- circles: by the source, with what is imported inside functions and for types only --------------------------


# -- styles: found in a checkout, an editable installation, a wheel, and a wheel made from an sdist -----------------

FIND_STYLES = """
import json
from backup_tui.ui.frame.themes import style_paths
print(json.dumps([str(path) for path in style_paths()]))
"""


def styles_seen(path: Path, cwd: Path) -> list[Path]:
    """The style files that the package in the folder `path` finds."""
    done = subprocess.run(
        [sys.executable, "-c", FIND_STYLES],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(path)},
        check=True,
    )
    found = [Path(name) for name in json.loads(done.stdout)]
    assert found, "no styles at all"
    assert all(file.is_file() for file in found)
    return found


def build(target: Path, *what: str, source: Path = ROOT) -> Path:
    """Builds without a network; returns the one new file."""
    command = [sys.executable, "-m", "build", "--no-isolation", *what, "--outdir", str(target), str(source)]
    subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    (made,) = target.iterdir()
    return made


def test_a_checkout_uses_its_own_styles(tmp_path: Path) -> None:
    assert {file.parent for file in styles_seen(ROOT, tmp_path)} == {ROOT / "styles"}


def test_a_stale_copy_inside_the_package_is_never_preferred(tmp_path: Path) -> None:
    """An editable installation leaves a copy of the styles behind, which grows old."""
    checkout = tmp_path / "checkout"
    (checkout / "styles").mkdir(parents=True)
    (checkout / "pyproject.toml").write_text("[project]\n")
    (checkout / "styles" / "10_fresh.tcss").write_text("")
    for part in ("__init__.py", "ui/__init__.py", "ui/frame/themes.py"):
        file = checkout / "backup_tui" / part
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((ROOT / "backup_tui" / part).read_text(encoding="utf-8"), encoding="utf-8")
    (checkout / "backup_tui" / "styles").mkdir()
    (checkout / "backup_tui" / "styles" / "10_stale.tcss").write_text("")
    assert [file.name for file in styles_seen(checkout, tmp_path)] == ["10_fresh.tcss"]


@pytest.mark.xdist_group("build")
def test_a_wheel_carries_the_styles_and_tables_also_when_made_from_an_sdist(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="building without a network needs the build backend installed")
    wheel = build(tmp_path / "wheel", "--wheel")
    sdist = build(tmp_path / "sdist", "--sdist")
    unpacked = tmp_path / "unpacked"
    subprocess.run([sys.executable, "-m", "tarfile", "-e", str(sdist), str(unpacked)], check=True, timeout=60)
    (source,) = unpacked.iterdir()
    second = build(tmp_path / "second", "--wheel", source=source)
    expected = {file.name for file in (ROOT / "styles").glob("*.tcss")}
    tables = {file.relative_to(ROOT).as_posix() for file in (ROOT / "backup_tui").rglob("*.txt")}
    assert tables
    for made in (wheel, second):
        installed = tmp_path / f"installed-{made.parent.name}"
        with zipfile.ZipFile(made) as archive:
            archive.extractall(installed)
            assert tables <= set(archive.namelist()), "the tables of texts"
        found = styles_seen(installed, tmp_path)
        assert {file.parent for file in found} == {installed / "backup_tui" / "styles"}
        assert {file.name for file in found} == expected
