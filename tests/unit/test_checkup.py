"""Specifies the checks of `doctor` one by one: network, clock, folders, kept sign-in, terminal, and how they end."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from backup_tui.config import Secret, SignInSettings
from backup_tui.errors import SignInError, UsageError
from backup_tui.graph.network import Proxy
from backup_tui.headless.doctor import lines_of, summary_of
from backup_tui.workspace.checkup import CheckupFinding, Result, machine, network
from backup_tui.workspace.checkup.findings import exit_code_of, failed

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class _Answers(BaseHTTPRequestHandler):
    """Answers as a service that wants a sign-in; as a proxy it refuses."""

    def do_GET(self) -> None:
        assert self.headers.get("Authorization") is None
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_CONNECT(self) -> None:
        self.send_error(407, "Proxy Authentication Required")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return "Sun, 22 Nov 2026 12:00:00 GMT"


@contextmanager
def answering(certificate: tuple[str, str] | None = None) -> Iterator[int]:
    """A server on this machine; yields its port."""
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("certificate")
    paths = str(folder / "cert.pem"), str(folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/O=Contoso Inspection/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


def results(reached: network.Reached) -> dict[str, str]:
    return {finding.id: finding.result.value for finding in reached.findings}


def words(reached: network.Reached, id: str) -> str:
    return next(finding.words for finding in reached.findings if finding.id == id)


def look(url: str) -> network.Reached:
    return network.reach("service", "Service", url, wall=lambda: NOW + timedelta(minutes=7))


# -- the network ---------------------------------------------------------------------------------------------------


def test_a_host_that_answers_tells_its_time_without_a_token() -> None:
    with answering() as port:
        reached = look(f"http://127.0.0.1:{port}/v1.0")
    assert results(reached) == {
        "service.dns": "ok",
        "service.connection": "ok",
        "service.tls": "not checked",
        "service.answer": "ok",
    }
    assert (reached.date, reached.skew, reached.answered) == (NOW, timedelta(minutes=7), True)


def test_a_name_that_nobody_knows_is_told_with_what_may_be_missing() -> None:
    reached = look("https://nowhere.invalid/v1.0")
    assert results(reached) == {"service.proxy": "ok", "service.dns": "failed"}
    assert "nowhere.invalid was not found" in reached.findings[-1].words
    assert "HTTPS_PROXY" in reached.findings[-1].hint
    assert not reached.answered


def test_a_port_where_nobody_listens_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        reached = look(f"http://127.0.0.1:{taken.getsockname()[1]}/v1.0")
    assert results(reached) == {"service.dns": "ok", "service.connection": "failed"}
    assert "Connection refused" in reached.findings[-1].words


def test_a_certificate_that_is_not_trusted_is_no_connection(
    certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with answering(certificate) as port:
        reached = look(f"https://localhost:{port}/v1.0")
    assert results(reached)["service.connection"] == "ok"
    assert results(reached)["service.tls"] == "failed"
    assert "self" in words(reached, "service.tls")
    assert "SSL_CERT_FILE" in reached.findings[-1].hint


def test_a_trusted_certificate_tells_its_issuer(certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    with answering(certificate) as port:
        reached = look(f"https://localhost:{port}/v1.0")
    assert set(results(reached).values()) == {"ok"}
    assert "TLSv1.3, certificate of Contoso Inspection, localhost" in words(reached, "service.tls")


def test_a_proxy_that_refuses_is_named_by_variable_and_host_and_never_by_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering() as port:
        proxy = Proxy("HTTPS_PROXY", f"http://adele:hush-proxy@127.0.0.1:{port}")
        monkeypatch.setattr(network, "proxy_of", lambda scheme, host: proxy)
        reached = look("https://graph.example/v1.0")
    assert results(reached) == {"service.proxy": "ok", "service.dns": "ok", "service.connection": "failed"}
    assert words(reached, "service.proxy") == f"through 127.0.0.1:{port}, set in HTTPS_PROXY"
    assert "407" in reached.findings[-1].words
    assert "HTTPS_PROXY" in reached.findings[-1].hint
    assert "hush-proxy" not in repr(reached)


def test_a_proxy_of_another_kind_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "proxy_of", lambda scheme, host: Proxy("ALL_PROXY", "socks5://127.0.0.1:1080"))
    reached = look("https://graph.example/v1.0")
    assert results(reached) == {"service.proxy": "ok", "service.connection": "not checked"}


@pytest.mark.parametrize(
    ("skew", "result", "says"),
    [
        (None, "not checked", "did not report the time"),
        (timedelta(seconds=3), "ok", "agrees"),
        (timedelta(seconds=-61), "ok", "1 min 01 s behind"),
        (timedelta(hours=2, minutes=5), "warning", "2 h 05 min ahead of"),
        (timedelta(hours=-30), "warning", "30 h 00 min behind"),
    ],
)
def test_the_clock(skew: timedelta | None, result: str, says: str) -> None:
    finding = network.clock_finding(skew)
    assert finding.result.value == result
    assert says in finding.words
    assert bool(finding.hint) == (result == "warning")


# -- this machine ---------------------------------------------------------------------------------------------------


def test_the_state_folder_is_looked_at_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    finding = machine.state_folder(folder)
    assert finding.result is Result.OK
    assert "created when needed" in finding.words
    assert not folder.exists()
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    open_to_others = machine.state_folder(folder)
    assert open_to_others.result is Result.WARNING
    assert f"chmod 700 {folder}" in open_to_others.hint
    folder.chmod(0o700)
    assert machine.state_folder(folder).result is Result.OK
    assert machine.state_folder(None).result is Result.UNCHECKED


def test_a_state_folder_that_cannot_be_used_has_failed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = machine.state_folder(tmp_path / "file" / "below")
    assert finding.result is Result.FAILED
    assert "BACKUP_TUI_STATE_DIR" in finding.hint


def test_little_room_and_a_network_drive_are_pointed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10 * 1024 * 1024))
    monkeypatch.setattr(machine, "on_network", lambda path: True)
    finding = machine.state_folder(tmp_path / "state")
    assert finding.result is Result.WARNING
    assert "Only 10 MB" in finding.hint
    assert "network drive" in finding.hint
    assert finding.facts["network"] is True


@pytest.mark.parametrize(
    ("sign_in", "result", "says"),
    [
        (None, "not checked", "not configured"),
        (SignInSettings("token"), "ok", "ready-made"),
        (SignInSettings("certificate"), "ok", "signs in automatically"),
        (SignInSettings("device-code"), "ok", "until the program ends"),
        (SignInSettings("browser", cache="os"), "ok", "key store"),
        (SignInSettings("browser", cache="file", cache_folder=Path("/t")), "warning", "not encrypted"),
        (
            SignInSettings("browser", cache="file", cache_folder=Path("/t"), cache_passphrase=Secret("hush")),
            "ok",
            "/t, encrypted",
        ),
    ],
)
def test_where_a_sign_in_is_kept(sign_in: SignInSettings | None, result: str, says: str) -> None:
    finding = machine.kept_sign_in(sign_in, ())
    assert (finding.result.value, says in finding.words) == (result, True), finding
    assert "hush" not in repr(finding)


def test_a_key_of_the_unit_it_runs_in_encrypts_it_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in = SignInSettings("browser", cache="file", cache_folder=Path("/t"))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert machine.kept_sign_in(sign_in, ()).result is Result.WARNING
    (tmp_path / "backup-tui.token-cache-key").write_text("0123456789abcdef")
    assert machine.kept_sign_in(sign_in, ()).words == "in /t, encrypted"


def test_what_a_kept_sign_in_tells_comes_first() -> None:
    finding = machine.kept_sign_in(SignInSettings("browser", cache="os"), ("A damaged one was set aside.",))
    assert (finding.result, finding.words) == (Result.WARNING, "A damaged one was set aside.")


@pytest.mark.parametrize(
    ("env", "size", "encoding", "says"),
    [
        ({"TERM": "xterm-256color"}, (80, 24), "utf-8", ""),
        ({"TERM": "xterm-256color"}, (79, 24), "utf-8", "80x24"),
        ({"TERM": "dumb"}, (80, 24), "utf-8", "TERM"),
        ({"TERM": "xterm"}, (80, 24), "ascii", "UTF-8"),
    ],
)
def test_the_terminal(
    env: dict[str, str], size: tuple[int, int], encoding: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stream:
        def __init__(self) -> None:
            self.encoding = encoding

        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            return 1

    monkeypatch.setattr(sys, "stdout", Stream())
    monkeypatch.setattr(os, "get_terminal_size", lambda number: size)
    finding = machine.terminal(env)
    assert finding.result is (Result.WARNING if says else Result.OK)
    assert says in finding.hint
    assert "OSC 52" in str(finding.facts["copy"])


@pytest.mark.parametrize(
    ("env", "colours"),
    [
        ({"TERM": "xterm", "NO_COLOR": "1", "COLORTERM": "truecolor"}, "off (NO_COLOR)"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "16 million"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "linux"}, "16"),
    ],
)
def test_colours(env: dict[str, str], colours: str) -> None:
    assert machine.terminal(env).facts["colours"] == colours


def test_versions_name_the_program_and_what_it_is_built_on() -> None:
    facts = machine.versions().facts
    assert facts["python"] == ".".join(str(part) for part in sys.version_info[:3])
    assert {"backup-tui", "textual", "httpx", "msal"} <= set(facts)


# -- how they end ---------------------------------------------------------------------------------------------------


def finding(result: Result, code: int = 1) -> CheckupFinding:
    return CheckupFinding("x", "X", result, "words", "way out", {}, code)


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([finding(Result.OK), finding(Result.WARNING, 4), finding(Result.UNCHECKED)], 0),
        ([finding(Result.FAILED, 3), finding(Result.FAILED, 1)], 3),
        ([finding(Result.WARNING, 3), finding(Result.FAILED, 4)], 4),
    ],
)
def test_the_first_failure_gives_the_exit_code(findings: list[CheckupFinding], code: int) -> None:
    assert exit_code_of(findings) == code
    assert summary_of(findings).startswith("Ready to use." if code == 0 else "Not ready")


def test_an_error_of_ours_brings_its_exit_code_along() -> None:
    assert failed("token", "Sign-in", SignInError("No.", hint="Yes.")).exit_code == 3
    assert failed("settings", "Settings", UsageError("No.")).facts["code"] == "UsageError"


@pytest.mark.parametrize("width", [0, 40, 80])
def test_a_finding_for_people_fits_the_terminal_and_names_no_key(width: int) -> None:
    told = CheckupFinding("t", "Sign-in", Result.FAILED, "Nobody is signed in " * 4, "Sign in: T, or backup-tui login.")
    lines = lines_of(told, width)
    assert lines[0].startswith("failed       Sign-in: Nobody")
    assert " ".join(" ".join(lines).split()).endswith("> Sign in: backup-tui login.")
    assert "T, or" not in " ".join(lines)
    assert not width or max(len(line) for line in lines) <= width
    good = lines_of(CheckupFinding("t", "T", Result.OK, "fine", "not needed"), width)
    assert good == ["ok           T: fine"]
