"""Specifies that what stands between here and the service is blamed for what it does, and nothing else is."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from scripted_service import RawServer, bench
from test_graph_sockets import _self_signed, unused_port

from backup_tui.errors import ConfigError, OutcomeUnknown, ProtocolError, Unreachable
from backup_tui.graph.address import parse_address
from backup_tui.graph.transport import Transport
from backup_tui.models.calls import Outcome

GRAPH = "https://graph.microsoft.com/v1.0"


def by_way_of(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", url)


@pytest.mark.parametrize(
    ("answer", "what", "hint"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required", "needs a user and password (407)", "http://USER:PASSWORD@"),
        (b"HTTP/1.1 403 Forbidden", "blocked it (403)", "Ask whoever runs the proxy"),
        (b"HTTP/1.1 502 Bad Gateway", "blocked it (502)", "https_proxy"),
    ],
)
async def test_a_proxy_that_says_no_is_told_with_what_it_wants(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, what: str, hint: str
) -> None:
    async def behave(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer + b"\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>No</html>")

    async with RawServer(behave) as server:
        port = server.url.rsplit(":", 1)[1].split("/")[0]
        by_way_of(monkeypatch, f"http://ada:hunter2@127.0.0.1:{port}")
        async with bench(address=GRAPH) as on:
            with pytest.raises(Unreachable) as caught:
                await on.writer.delete_session("s1")
    assert f"the proxy 127.0.0.1:{port} {what}" in caught.value.message
    assert hint in caught.value.hint
    assert "hunter2" not in caught.value.sentences + repr(on.records)
    assert [record.outcome for record in on.records] == [Outcome.NOT_SENT]


async def test_a_proxy_that_is_not_there_is_not_called_a_service_that_does_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unused_port() as port:
        by_way_of(monkeypatch, f"http://127.0.0.1:{port}")
        async with bench(address=GRAPH) as on:
            with pytest.raises(Unreachable) as caught:
                await on.reader.session("s1")
    assert f"(the proxy 127.0.0.1:{port}: refused)" in caught.value.message
    assert "https_proxy" in caught.value.hint
    assert "service runs" not in caught.value.hint


async def test_a_proxy_whose_name_is_wrong_is_the_name_that_was_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    by_way_of(monkeypatch, "http://proxy.contoso.invalid:3128")
    async with bench(address=GRAPH) as on:
        with pytest.raises(Unreachable) as caught:
            await on.reader.session("s1")
    assert "(the proxy proxy.contoso.invalid:3128: name not found)" in caught.value.message


async def test_a_certificate_that_is_not_trusted_names_who_issued_it(tmp_path: Path) -> None:
    own = _self_signed(tmp_path)
    if own is None:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own)
    listener = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = listener.sockets[0].getsockname()[1]
    async with listener, bench(address=f"https://127.0.0.1:{port}/v1.0") as on:
        with pytest.raises(Unreachable) as caught:
            await on.writer.delete_session("s1")
    assert "issued by CN=localhost" in caught.value.message
    assert "SSL_CERT_FILE" in caught.value.hint
    assert len(on.records) == 1


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b""])
async def test_what_does_not_speak_tls_is_told_so_and_asked_once(says: bytes) -> None:
    async def behave(reader: Any, writer: Any) -> None:
        await reader.read(100)
        writer.write(says)
        writer.close()

    async with RawServer(behave) as server, bench(address=server.url.replace("http:", "https:")) as on:
        with pytest.raises(Unreachable, match="no TLS answer"):
            await on.reader.session("s1")
    assert [record.outcome for record in on.records] == [Outcome.NOT_SENT]


async def test_plain_http_to_a_port_that_speaks_tls_says_what_may_be_meant() -> None:
    alert = b"\x15\x03\x01\x00\x02\x02\x46"

    async def behave(reader: Any, writer: Any) -> None:
        await reader.read(100)
        writer.write(alert)
        writer.close()

    async with RawServer(behave) as server, bench(address=server.url) as on:
        with pytest.raises(ProtocolError) as caught:
            await on.reader.session("s1")
    assert "the answer is not HTTP" in caught.value.message
    assert "need https" in caught.value.hint


@pytest.mark.parametrize("name", ["/nowhere/keys.log", "/", "/dev/null/x", "/dev/full"])
def test_a_key_log_that_cannot_be_written_is_blamed_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", name)
    with pytest.raises(ConfigError) as caught:
        Transport(parse_address(GRAPH))
    assert (caught.value.field, caught.value.value) == ("SSLKEYLOGFILE", name)
    assert "cannot be written" in caught.value.message


def test_a_key_log_that_can_be_written_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    Transport(parse_address(GRAPH))


@pytest.mark.parametrize(
    "broken", [ssl.SSLError("[BIO] system lib"), OSError(5, "Input/output error"), ConnectionResetError(104, "reset")]
)
async def test_an_error_below_the_client_is_a_lost_answer_and_no_fault_of_ours(broken: OSError) -> None:
    async def breaks(scope: Any, receive: Any, send: Any) -> None:
        raise broken

    async with bench(breaks) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.delete_session("s1")
        with pytest.raises(Unreachable, match="connection was lost"):
            await on.reader.session("s1")
