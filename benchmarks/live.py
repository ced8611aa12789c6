"""What the running program costs while nothing happens, and while much does: bytes, processor, memory, reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.http.callers import ADELE
from benchmarks.figures import Figure, ms
from benchmarks.pty_program import in_terminal
from benchmarks.tenant import draft, start, tenant

BARE = 'from textual.app import App; type("Bare", (App,), {})().run()'
IDLE = 66.0
"""Longer than the minute after which a quiet tenant is read again, so that watching is part of what is measured."""
BUSY = 60.0
SPEED = 20.0
"""So many times faster than a real service; in a minute of a real one hardly a unit ends."""
SESSIONS = 25
UNITS_EACH = 120


def idle() -> Iterator[Figure]:
    """Measures a tenant in which nothing moves, beside an app that shows nothing, over the same time."""
    with tenant(units=200, history=False, speed=1) as served:
        session = draft(served.service, 0, 5)
        with served.screens() as program, in_terminal("-c", BARE) as bare:
            program.until(served.marker)
            bare.burst(1.0)
            program.send("3")
            program.until(served.marker)
            program.burst(2.0)
            yield Figure(
                "memory on Sessions, small tenant", _mb(program.memory), "60 MB", "", f"bare {_mb(bare.memory)}"
            )
            asked, own, other = served.requests, program.cpu, bare.cpu
            written = program.bytes_in(IDLE)
            reads, own, other = served.requests - asked, program.cpu - own, bare.cpu - other
            if not reads:
                raise RuntimeError("nothing was read while nothing moved: the program does not watch")
            over = f"idle for {IDLE:.0f} s, {reads} reads"
            tenth = IDLE / 10
            yield Figure(f"processor, {over}", f"{ms(own / tenth)} in 10 s", "30 ms", "", f"bare {ms(other / tenth)}")
            yield Figure(f"bytes, {over}", f"{written}", "the clock's, once a minute", "", "bare 0")
            program.send("r")
            alone = len(program.burst(2.0).output)
            served.service.activate_session(session, ADELE)
            program.send("r")
            program.until(b"starting")
            both = len(program.burst(2.0).output)
            told = f"{both - alone} ({both} with what r says)"
            yield Figure("bytes, one row's status changes", told, "600", "", f"r without a change {alone}")


def busy() -> Iterator[Figure]:
    """Measures a tenant in which as much runs as the service allows, and ends so fast that rows change all the time."""
    with tenant(units=12_000, speed=SPEED) as served:
        start(served.service, SESSIONS, UNITS_EACH)
        now = served.service.now()
        running = [one for one in served.service.sessions.values() if one.running(now)]
        units = sum(len(one.artifacts) for one in running)
        with served.screens() as program:
            program.until(b"Activity")
            program.send("3")  # the Overview has no room for as many as run
            program.until(served.marker)
            program.bytes_in(60 - program.age)  # the first look at everything is told apart from what a minute costs
            first, before = served.requests, program.cpu
            held, ended = program.memory, _ended(running, served.service.now())
            written = program.bytes_in(BUSY)
            cpu, reads = program.cpu - before, served.requests - first
            ended = _ended(running, served.service.now()) - ended
            what = f"{len(running)} restores of {units:,} units, {ended} end"
            yield Figure(f"reads in the first minute, {what}", f"{first}", "60")
            yield Figure(f"reads in the minute after, {what}", f"{reads}", "60")
            yield Figure(f"processor, {what}", f"{cpu / BUSY * 100:.1f} % of a core", "5 %")
            yield Figure(f"bytes a second, {what}", f"{written / BUSY:.0f}", "")
            yield Figure(f"memory, {what}", _mb(program.memory), "", "", f"a minute before {_mb(held)}")


def _ended(sessions: Sequence[RestoreSession], now: float) -> int:
    return sum(counts.completed + counts.failed for counts in (session.counts(now) for session in sessions))


def _mb(megabytes: float) -> str:
    return f"{megabytes:.0f} MB"
