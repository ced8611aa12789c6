"""Specifies the right to change things in a tenant: one at a time, told who has it, free when the holder dies."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backup_tui.errors import LocalError, WriteLockHeld
from backup_tui.journal.write_lock import Holder, WriteLock

HOLD = """
import asyncio, sys
from pathlib import Path
from backup_tui.journal.write_lock import WriteLock

async def hold():
    async with WriteLock(Path(sys.argv[1]), "contoso.com").hold("drafting", wait=0):
        print("held", flush=True)
        sys.stdin.read()

asyncio.run(hold())
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


async def test_the_holder_is_named_with_pid_host_purpose_and_time(other: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(WriteLockHeld) as held:
        async with WriteLock(tmp_path, "contoso.com").hold("starting a restore", wait=0):
            pytest.fail("both hold it")
    assert held.value.holder.startswith(f"pid {other.pid} on ")
    assert held.value.since is not None
    assert "has been drafting since" in held.value.message
    assert held.value.certainty == "Nothing was sent."


async def test_it_comes_free_when_the_holder_is_killed(other: subprocess.Popen[str], tmp_path: Path) -> None:
    seen: list[Holder] = []
    looks = 0

    async def kill_it(_: float) -> None:
        nonlocal looks
        looks += 1
        other.kill()
        other.wait()

    lock = WriteLock(tmp_path, "contoso.com", sleep=kill_it)
    async with lock.hold("drafting", wait=60, on_wait=seen.append):
        assert looks == 1
    assert [holder.pid for holder in seen] == [other.pid]


async def test_it_comes_free_when_the_holder_is_done(other: subprocess.Popen[str], tmp_path: Path) -> None:
    async def let_it_end(_: float) -> None:
        other.communicate()

    async with WriteLock(tmp_path, "contoso.com", sleep=let_it_end).hold("drafting", wait=60):
        assert other.returncode == 0


async def test_waiting_ends_after_the_time_that_was_allowed(other: subprocess.Popen[str], tmp_path: Path) -> None:
    seconds = 0.0

    async def wait(time: float) -> None:
        nonlocal seconds
        seconds += time

    lock = WriteLock(tmp_path, "contoso.com", sleep=wait, monotonic=lambda: seconds)
    with pytest.raises(WriteLockHeld):
        async with lock.hold("drafting", wait=10):
            pytest.fail("both hold it")
    assert seconds == pytest.approx(10, abs=0.2)


async def test_two_use_cases_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path, "contoso.com", now=lambda: datetime(2026, 11, 22, 4, 1, tzinfo=UTC))
    async with lock.hold("drafting"):
        for second in (lock, WriteLock(tmp_path, "contoso.com")):
            with pytest.raises(WriteLockHeld, match=r"has been drafting since 04:01 UTC"):
                async with second.hold("starting", wait=0):
                    pytest.fail("both hold it")
    async with lock.hold("starting", wait=0):
        pass


async def test_another_tenant_is_not_in_the_way(tmp_path: Path) -> None:
    async with (
        WriteLock(tmp_path, "contoso.com").hold("drafting", wait=0),
        WriteLock(tmp_path, "../fabrikam.com").hold("drafting", wait=0),
    ):
        assert len(os.listdir(tmp_path)) == 2


async def test_it_is_given_back_when_the_use_case_fails_or_is_cancelled(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path, "contoso.com")
    with pytest.raises(ZeroDivisionError):
        async with lock.hold("drafting", wait=0):
            raise ZeroDivisionError
    inside = asyncio.Event()

    async def use_case() -> None:
        async with lock.hold("drafting", wait=0):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(use_case())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with lock.hold("drafting", wait=0):
        pass


async def test_a_place_that_cannot_be_locked_refuses(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError) as refused:
        async with WriteLock(tmp_path / "file" / "locks", "contoso.com").hold("drafting", wait=0):
            pytest.fail("held without a file")
    assert refused.value.certainty == "Nothing was sent."


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}', b"\x00" * 40])
async def test_a_holder_that_has_not_signed_yet_is_another_process(content: bytes, tmp_path: Path) -> None:
    lock = WriteLock(tmp_path, "contoso.com")
    async with lock.hold("drafting", wait=0):
        (file,) = os.listdir(tmp_path)
        (tmp_path / file).write_bytes(content)
        with pytest.raises(WriteLockHeld) as held:
            async with WriteLock(tmp_path, "contoso.com").hold("drafting", wait=0):
                pytest.fail("both hold it")
    assert (held.value.holder, held.value.since) == ("another process", None)
