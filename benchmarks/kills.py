"""`python -m benchmarks.kills [KILLS [SEED]]`: kills runs of plans at random moments and counts what was restored.

Each life is a real process of the program, ended by SIGKILL after a random time, in the middle of drafting, of
starting or of waiting. The next life gets the same command again. A plan that is over is followed by the next one,
with other accounts, until there were so many kills. The service itself counts how often each account was restored.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.domain.tenant import DAY, HOUR
from backup_tui.workspace.demo import demo_token
from benchmarks.tenant import tenant

KILLS = 200
UNITS = 40
"""Accounts of one plan."""

SESSION = 6
"""Accounts of one session."""

AT_A_TIME = 3
"""Sessions of a plan that run at a time, so that others wait for their places."""

DELAY = 0.03
"""Seconds that each answer takes: the moments in which a request is on its way are as likely as they are in life."""

LIFE = (0.8, 4.0)
"""After so many times the seconds that a command takes which only looks, a process is killed."""

SPEED = 6_000.0


class Kills:
    """Counts lives and deaths.

    Args:
        wanted: How many kills.
        seed: Of the random moments.
        environment: Of the processes.
    """

    def __init__(self, wanted: int, seed: int, environment: dict[str, str]) -> None:
        self.left = wanted
        self.killed = 0
        self.lives = 0
        self._random = Random(seed)
        self._environment = environment
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "backup_tui", "plan", "status"],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        self._start = time.monotonic() - began

    def until_done(self, *words: str) -> None:
        """Runs a command again until it ends well; kills it at a random moment while kills are left.

        Raises:
            RuntimeError: It ended in another way.
        """
        while True:
            self.lives += 1
            command = [sys.executable, "-m", "backup_tui", *words]
            with subprocess.Popen(
                command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            ) as life:
                seconds = self._start * self._random.uniform(*LIFE) if self.left else None
                try:
                    _, told = life.communicate(timeout=seconds)
                except subprocess.TimeoutExpired:
                    life.send_signal(signal.SIGKILL)
                    life.communicate()
                    self.killed += 1
                    self.left -= 1
                    continue
                if life.returncode == 0:
                    return
                raise RuntimeError(f"{' '.join(words)} ended with exit code {life.returncode}: {told.decode()}")


def sound(service: Service) -> list[str]:
    """Addresses of accounts whose restores succeed and that have a point of the last hours."""
    now = service.now()
    return [
        unit.address
        for unit in service.tenant.units["onedrive"]
        if unit.trait == "sound"
        and unit.address
        and unit.policy
        and not unit.error
        and unit.state(now)[0] == "protected"
        and any(newest_first(unit, now, now - 300 * DAY, now - HOUR))
    ]


def write_plan(folder: Path, name: str, addresses: Sequence[str]) -> Path:
    """A plan of two waves under one yes."""
    (folder / f"{name}.csv").write_text("\n".join(["email", *addresses]), encoding="utf-8")
    path = folder / f"{name}.toml"
    path.write_text(
        f'version = 1\nname = "{name}"\nlist = "{name}.csv"\nservice = "onedrive"\nbefore = "1h ago"\nzone = "UTC"\n'
        f'to = "new"\n[limits]\nunits_per_session = {SESSION}\nsessions = {AT_A_TIME}\n'
        f'[[wave]]\nname = "first"\nmembers = ["{addresses[0]}"]\n[[wave]]\nname = "rest"\n',
        encoding="utf-8",
    )
    return path


def books(service: Service, addresses: Sequence[str]) -> Counter[tuple[int, int]]:
    """How many accounts were in so many sessions and restored so often, by the service's own sessions."""
    now = service.now()
    wanted = set(addresses)
    sessions, restored = Counter[str](), Counter[str]()
    for session in service.sessions.values():
        for artifact in session.artifacts:
            sessions[artifact.unit.address] += 1
            restored[artifact.unit.address] += artifact.run is not None and artifact.run.status(now) == "succeeded"
    return Counter((sessions[address], restored[address]) for address in wanted)


def main(wanted: int = KILLS, seed: int = 1) -> int:
    """Kills so many processes; returns 1 when an account was not restored exactly once."""
    with tenant(units=4_000, mostly="onedrive", history=False, speed=SPEED) as served:
        service = served.service
        service.faults.add("delay", seconds=DELAY, times=None)
        accounts = sound(service)
        with tempfile.TemporaryDirectory() as place:
            folder, plans, wrong = Path(place), 0, 0
            kills = Kills(wanted, seed, _environment(served.served.base_url, folder))
            began = time.monotonic()
            while kills.left and len(accounts) >= UNITS * (plans + 1):
                addresses = accounts[UNITS * plans : UNITS * (plans + 1)]
                plans += 1
                name = f"night-{plans}"
                path = write_plan(folder, name, addresses)
                kills.until_done("plan", "draft", str(path))
                kills.until_done(
                    "plan", "run", name, "--all", "--confirm", f"restore {UNITS}", "--wait", "--interval", "0.5"
                )
                counts = books(service, addresses)
                wrong += UNITS - counts[1, 1]
                took = time.monotonic() - began
                print(f"{took:5.0f} s  {name}: {kills.killed} kills so far, {dict(counts)}", flush=True)
            print(
                f"{kills.killed} kills in {kills.lives} lives of {plans} plans: {UNITS * plans - wrong:,} of "
                f"{UNITS * plans:,} accounts in exactly one session and restored exactly once"
            )
            return 1 if wrong else 0


def _environment(base_url: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "BACKUP_TUI_ACCESS_TOKEN": demo_token().reveal(),
        "BACKUP_TUI_GRAPH_URL": base_url,
        "BACKUP_TUI_STATE_DIR": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "TZ": "UTC",
    }


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
