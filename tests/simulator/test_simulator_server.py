"""Specifies the service on a socket: its first line, its answers, lost connections, and its end by a signal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import Any

import httpx
import pytest

from backup_tui.simulator.server import running, serve
from backup_tui.simulator.settings import Settings

HEADERS = {"Authorization": "Bearer token"}
PROGRAM = """
import sys
from backup_tui.simulator.server import serve
from backup_tui.simulator.settings import Settings
sys.exit(serve("127.0.0.1", 0, Settings(units=30)))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_prints_its_address_serves_and_ends_by_a_signal(number: Any, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        base = process.stdout.readline().strip()
        assert base.startswith("http://127.0.0.1:")
        assert base.endswith("/v1.0")
        answer = httpx.get(f"{base}/solutions/backupRestore/protectionPolicies", headers=HEADERS)
        assert len(answer.json()["value"]) == 4
        assert answer.headers.get_list("date") == [answer.headers["date"]]
        assert (
            httpx.get(f"{base.removesuffix('v1.0')}beta/solutions/backupRestore/", headers=HEADERS).status_code == 200
        )
        process.send_signal(number)
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (code, "", "")


def test_an_address_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve("127.0.0.1", port, Settings(units=3)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"127.0.0.1:{port}" in shown.err


def test_answers_on_a_kept_connection_do_not_wait_for_the_clients_acknowledgement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_here = []
    setsockopt = socket.socket.setsockopt

    def record(sock: Any, level: Any, option: Any, value: Any) -> None:
        setsockopt(sock, level, option, value)
        set_here.append((sock.getsockname(), level, option, value))

    monkeypatch.setattr(socket.socket, "setsockopt", record)
    with running(Settings(units=3, history=False)) as server, httpx.Client(headers=HEADERS) as client:
        assert client.get(f"{server.base_url}/solutions/backupRestore/restoreSessions").status_code == 200
        listening = ("127.0.0.1", httpx.URL(server.base_url).port)
    assert (listening, socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in set_here


def test_lost_connections_end_on_the_socket_after_the_deed() -> None:
    with running(Settings(units=30, history=False)) as server, httpx.Client(headers=HEADERS) as client:
        path = f"{server.base_url}/solutions/backupRestore/exchangeRestoreSessions"
        for act in ("drop", "cut"):
            server.service.faults.add(act, method="POST")
            with pytest.raises(httpx.TransportError):
                client.post(path, json={})
        assert client.post(path, json={}).status_code == 201
        assert len(client.get(path).json()["value"]) == 3
