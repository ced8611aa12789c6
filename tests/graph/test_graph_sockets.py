"""Specifies what a network can do to a call, byte by byte on a real socket (rows N1 to N17 of the fault matrix).

Reads are repeated, changes are not: for each fault the number of requests that the service saw is counted.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from scripted_service import RawServer, answer_bytes, bench

from backup_tui.errors import ConfigError, OutcomeUnknown, ProtocolError, Unreachable
from backup_tui.graph.address import ServiceAddress, parse_address
from backup_tui.graph.network import proxy_of
from backup_tui.graph.transport import BlockingTransport, Transport
from backup_tui.graph.wire import WireRequest
from backup_tui.models.calls import Outcome
from backup_tui.workspace.checkup.network import reach

GOOD = answer_bytes(b'{"id": "s1", "status": "active"}')
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def sends(data: bytes, *, reset: bool = False) -> Any:
    """After a request: these bytes, then the end of the line (or its reset)."""

    async def behave(reader: Any, writer: Any) -> None:
        if not await server.read_request(reader):
            return
        writer.write(data)
        await writer.drain()
        if reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    server = RawServer(behave)
    return server


BROKEN_LINES = {
    "reset before the answer": sends(b"", reset=True),
    "end before the answer": sends(b""),
    "end in the status line": sends(b"HTTP/1.1 20"),
    "end in the body": sends(HEAD + b'Content-Length: 500\r\n\r\n{"id": "s1"'),
    "end in a chunk": sends(HEAD + b'Transfer-Encoding: chunked\r\n\r\n40\r\n{"id": "s1"'),
    "reset in the body": sends(HEAD + b'Content-Length: 500\r\n\r\n{"id": "s1"', reset=True),
    "no HTTP": sends(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "a header without end": sends(HEAD + b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n{}"),
}


@pytest.mark.parametrize("server", BROKEN_LINES.values(), ids=BROKEN_LINES)
async def test_a_change_over_a_broken_line_is_unknown_and_sent_once(server: Any) -> None:
    server.requests.clear()
    async with server, bench(address=server.url) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.activate_session("s1")
    assert len(server.requests) == 1
    assert on.records[0].outcome is Outcome.UNKNOWN
    assert on.records[0].note


@pytest.mark.parametrize("server", BROKEN_LINES.values(), ids=BROKEN_LINES)
async def test_a_read_over_a_broken_line_is_repeated_and_never_half_believed(server: Any) -> None:
    server.requests.clear()
    async with server, bench(address=server.url) as on:
        with pytest.raises((Unreachable, ProtocolError)) as caught:
            await on.reader.session("s1")
    assert len(server.requests) in (2, 4)
    assert caught.value.message
    assert "()" not in caught.value.message


async def never_ends(reader: Any, writer: Any) -> None:
    """One byte now and then, for ever: no pause is long enough for a read timeout."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while not reader.at_eof():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def says_nothing(reader: Any, writer: Any) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await reader.read()


@pytest.mark.parametrize("behave", [never_ends, says_nothing])
async def test_only_the_deadline_of_the_whole_ends_a_slow_answer(behave: Any) -> None:
    async with RawServer(behave) as server, bench(address=server.url, write_deadline=0.1, read_deadline=0.1) as on:
        with pytest.raises(OutcomeUnknown) as caught:
            await on.writer.activate_session("s1")
        assert caught.value.code == "noAnswerInTime"
        assert server.connections == 1
        with pytest.raises(Unreachable, match=r"no answer within 0\.1 s"):
            await on.reader.session("s1")
        assert server.connections == 5


async def test_a_deadline_before_anything_was_sent_is_no_unknown_outcome() -> None:
    async def shakes_no_hand(reader: Any, writer: Any) -> None:
        await reader.read()

    server = RawServer(shakes_no_hand)
    async with server, bench(address=server.url.replace("http:", "https:"), write_deadline=0.1) as on:
        with pytest.raises(Unreachable) as caught:
            await on.writer.activate_session("s1")
    assert caught.value.certainty.startswith("Nothing was sent.")
    assert {record.outcome for record in on.records} == {Outcome.NOT_SENT}


async def test_reads_keep_their_connection_and_changes_never_use_a_kept_one() -> None:
    async def behave(reader: Any, writer: Any) -> None:
        while await server.read_request(reader):
            writer.write(GOOD)
            await writer.drain()

    server = RawServer(behave)
    async with server, bench(address=server.url) as on:
        for _ in range(3):
            await on.reader.session("s1")
        assert server.connections == 1
        await on.writer.activate_session("s1")
        await on.writer.activate_session("s1")
        assert server.connections == 3


async def test_a_read_after_503_takes_a_new_connection() -> None:
    async def behave(reader: Any, writer: Any) -> None:
        while await server.read_request(reader):
            first = len(server.requests) == 1
            writer.write(answer_bytes(b"{}", status="503 Service Unavailable") if first else GOOD)
            await writer.drain()

    server = RawServer(behave)
    async with server, bench(address=server.url) as on:
        await on.reader.session("s1")
    assert server.connections == 2


async def test_a_kept_connection_that_was_closed_meanwhile_costs_a_read_nothing() -> None:
    server = sends(answer_bytes(b'{"id": "s1"}'))
    async with server, bench(address=server.url) as on:
        await on.reader.session("s1")
        await on.reader.session("s1")
    assert server.connections == 2


@contextmanager
def unused_port() -> Any:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def test_a_refused_connection_sent_nothing_so_even_a_change_is_tried_again() -> None:
    with unused_port() as port:
        async with bench(address=f"http://127.0.0.1:{port}/v1.0") as on:
            with pytest.raises(Unreachable) as caught:
                await on.writer.activate_session("s1")
    assert caught.value.message == f"Cannot reach 127.0.0.1:{port} (refused)."
    assert caught.value.certainty.startswith("Nothing was sent.")
    assert {record.outcome for record in on.records} == {Outcome.NOT_SENT}
    assert len(on.records) == 4


async def test_a_name_that_does_not_exist_is_said_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with bench(address=ServiceAddress("https://backup-tui-test.invalid/v1.0")) as on:
        with pytest.raises(Unreachable, match="name not found"):
            await on.reader.session("s1")


async def test_no_tls_where_https_was_expected() -> None:
    async def behave(reader: Any, writer: Any) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with RawServer(behave) as server, bench(address=server.url.replace("http:", "https:")) as on:
        with pytest.raises(Unreachable, match="no TLS answer"):
            await on.writer.activate_session("s1")
    assert on.records[0].outcome is Outcome.NOT_SENT


async def test_a_certificate_that_is_not_trusted_is_final(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = _self_signed(tmp_path)
    if own is None:
        pytest.skip("no openssl to make a certificate with")
    context.load_cert_chain(*own)

    async def behave(reader: Any, writer: Any) -> None:
        writer.close()

    listener = await asyncio.start_server(behave, "127.0.0.1", 0, ssl=context)
    port = listener.sockets[0].getsockname()[1]
    async with listener, bench(address=f"https://127.0.0.1:{port}/v1.0") as on:
        with pytest.raises(Unreachable, match="certificate is not trusted") as caught:
            await on.reader.session("s1")
    assert "SSL_CERT_FILE" in caught.value.hint
    assert len(on.records) == 1


def _self_signed(folder: Any) -> Any:
    import shutil
    import subprocess

    if shutil.which("openssl") is None:
        return None
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


@pytest.mark.parametrize(
    ("name", "why"),
    [("roots.pem", "No such file or directory"), ("", "Is a directory"), ("words.txt", "it holds no certificate")],
)
def test_a_file_of_certificates_that_cannot_be_used_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, why: str
) -> None:
    from backup_tui.graph.transport import Transport

    (tmp_path / "words.txt").write_text("adele.vance@contoso.com\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))
    with pytest.raises(ConfigError) as caught:
        Transport(parse_address("https://graph.microsoft.com/v1.0"))
    assert caught.value.field == "SSL_CERT_FILE"
    assert f"{tmp_path / name}: {why}" in caught.value.message.replace("//", "/")


async def test_a_proxy_that_refuses_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async def behave(reader: Any, writer: Any) -> None:
        await server.read_request(reader)
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    server = RawServer(behave)
    async with server:
        port = server.url.rsplit(":", 1)[1].split("/")[0]
        monkeypatch.setenv("https_proxy", f"http://user:hunter2@127.0.0.1:{port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with bench(address="https://graph.microsoft.com/v1.0") as on:
            with pytest.raises(Unreachable) as caught:
                await on.writer.activate_session("s1")
    assert f"127.0.0.1:{port}" in caught.value.message
    assert "https_proxy" in caught.value.hint
    assert "hunter2" not in caught.value.sentences + repr(on.records)
    assert on.records[0].outcome is Outcome.NOT_SENT
    assert len(on.records) == 1
    assert server.requests[0].startswith(b"CONNECT graph.microsoft.com:443")


def test_this_machine_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.contoso.com:3128")
    monkeypatch.setenv("all_proxy", "http://proxy.contoso.com:3128")
    assert proxy_of("http", "127.0.0.1") is None
    assert proxy_of("http", "localhost") is None
    assert proxy_of("https", "graph.microsoft.com") is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://ada:hush#word@proxy.example:3128",
        "http://ada:12#hush@proxy.example:3128",
        "http://ada:hush/word@proxy.example:3128",
        "ada:hush?word@proxy.example:3128",
        "http://ada:hush@proxy.example:99999",
        "http://ada:hush@[::1",
        "http://ada:hush@",
    ],
)
def test_a_proxy_that_is_no_address_is_told_without_what_may_be_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    monkeypatch.delenv("https_proxy", raising=False)
    for open_ in (
        lambda: Transport(ServiceAddress("https://graph.microsoft.com/v1.0")),
        lambda: BlockingTransport().exchange(
            WireRequest("GET", "https://login.microsoftonline.com/x", {}, b""), deadline=5, limit=100
        ),
    ):
        with pytest.raises(ConfigError) as caught:
            open_()
        assert caught.value.field == "HTTPS_PROXY"
        told = f"{traceback.format_exception_only(caught.value)} {caught.value.sentences} {caught.value.value}"
        assert [word for word in ("hush", "word@", "ada", "12") if word in told] == []
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    (finding,) = reach("service", "Service", "https://graph.microsoft.com/v1.0").findings
    assert "hush" not in f"{finding}"


async def test_after_a_sleep_the_next_read_has_a_connection_of_its_own() -> None:
    server = sends(answer_bytes(b'{"id": "s1"}', headers=["Connection: keep-alive"]))
    async with server, bench(address=server.url) as on:
        await on.reader.session("s1")
        await on.reader.session("s1")
        kept = server.connections
        await on.client.drop_connections()
        await on.reader.session("s1")
    assert server.connections == kept + 1
