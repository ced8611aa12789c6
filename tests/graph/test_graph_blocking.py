"""Specifies the connection that waits in a thread of its own: the same policy, and it can be given up at once."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from pathlib import Path
from typing import Any

import pytest
from scripted_service import RawServer, answer_bytes

from backup_tui.errors import ConfigError
from backup_tui.graph.transport import BlockingTransport
from backup_tui.graph.wire import FailureKind, TransportFailure, WireAnswer, WireRequest

GOOD = answer_bytes(b"{}")
MEGABYTE = 1024 * 1024


def answers(data: bytes) -> Any:
    """After a request: these bytes, then the end of the line."""

    async def behave(reader: Any, writer: Any) -> None:
        if await server.read_request(reader):
            writer.write(data)
            await writer.drain()

    server = RawServer(behave)
    return server


def asks(transport: BlockingTransport, url: str, *, deadline: float = 20.0, body: bytes = b"") -> WireAnswer:
    method = "POST" if body else "GET"
    return transport.exchange(WireRequest(method, url, {"X-Own": "1"}, body), deadline=deadline, limit=MEGABYTE)


async def failure(url: str, **how: Any) -> TransportFailure:
    """How a request fails."""
    transport = BlockingTransport()
    try:
        with pytest.raises(TransportFailure) as caught:
            await asyncio.to_thread(asks, transport, url, **how)
        return caught.value
    finally:
        await asyncio.to_thread(transport.close)


async def test_what_is_sent_is_sent_as_it_is_and_answered() -> None:
    async with answers(answer_bytes(b'{"a": 1}', headers=["X-Told: yes"])) as server:
        transport = BlockingTransport()
        answer = await asyncio.to_thread(asks, transport, server.url, body=b"a=1&b=%20")
        assert (answer.status, answer.body, answer.headers["x-told"]) == (200, b'{"a": 1}', "yes")
        await asyncio.to_thread(transport.close)
        # Closed is not the end of it.
        assert (await asyncio.to_thread(asks, transport, server.url)).status == 200
        await asyncio.to_thread(transport.close)
    assert server.requests[0].endswith(b"a=1&b=%20")
    assert b"Authorization" not in server.requests[0]
    assert server.connections == 2


async def test_no_redirect_is_followed() -> None:
    async with answers(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as server:
        transport = BlockingTransport()
        assert (await asyncio.to_thread(asks, transport, server.url)).status == 302
        await asyncio.to_thread(transport.close)


@pytest.mark.parametrize("packed", [False, True])
async def test_no_more_is_taken_in_than_is_allowed(packed: bool) -> None:
    body = b"x" * (MEGABYTE + 1)
    told = answer_bytes(gzip.compress(body), headers=["Content-Encoding: gzip"]) if packed else answer_bytes(body)
    async with answers(told) as server:
        assert (await failure(server.url)).kind is FailureKind.TOO_LARGE


async def test_the_deadline_holds_for_all_of_it_however_busy_the_line_is() -> None:
    async def drips(reader: Any, writer: Any) -> None:
        await server.read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)

    server = RawServer(drips)
    async with server:
        told = await failure(server.url, deadline=0.3)
    assert (told.kind, told.sent) == (FailureKind.TIMEOUT, True)


async def test_a_request_that_hangs_is_given_up_from_another_thread_and_the_next_one_goes() -> None:
    asked = asyncio.Event()
    silent = True

    async def behave(reader: Any, writer: Any) -> None:
        await server.read_request(reader)
        asked.set()
        if silent:
            await reader.read()
        writer.write(GOOD)

    server = RawServer(behave)
    async with server:
        transport = BlockingTransport()
        hanging = asyncio.create_task(asyncio.to_thread(asks, transport, server.url))
        await asked.wait()
        transport.abort()
        async with asyncio.timeout(10):
            with pytest.raises(TransportFailure) as caught:
                await hanging
        assert caught.value.kind is FailureKind.GIVEN_UP
        with pytest.raises(TransportFailure) as again:
            await asyncio.to_thread(asks, transport, server.url)
        assert (again.value.kind, again.value.sent) == (FailureKind.GIVEN_UP, False)
        silent = False
        transport.ready()
        assert (await asyncio.to_thread(asks, transport, server.url)).status == 200
        await asyncio.to_thread(transport.close)
    assert server.connections == 2


async def test_nobody_there_is_told() -> None:
    told = await failure("http://127.0.0.1:1/")
    assert (told.kind, told.sent) == (FailureKind.REFUSED, False)


async def test_it_goes_by_way_of_the_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answers(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as server:
        monkeypatch.setenv("https_proxy", server.url.removesuffix("/v1.0").replace("http://", "http://ada:hunter2@"))
        told = await failure("https://login.microsoftonline.com/x", body=b"secret")
    assert told.kind is FailureKind.PROXY
    assert server.requests[0].startswith(b"CONNECT login.microsoftonline.com:443")
    assert b"secret" not in server.requests[0]
    assert "https_proxy" in told.hint
    assert "hunter2" not in f"{told} {vars(told)}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254"])
async def test_this_machine_and_its_own_wire_are_never_reached_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    async with answers(GOOD) as proxy:
        for name in ("http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1.0"))
        transport = BlockingTransport()
        with contextlib.suppress(TransportFailure):
            await asyncio.to_thread(asks, transport, f"http://{host}:1/", deadline=0.3)
        await asyncio.to_thread(transport.close)
    assert proxy.connections == 0


async def test_certificates_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        await asyncio.to_thread(asks, BlockingTransport(), "https://login.microsoftonline.com/x")


async def test_somebody_without_a_trusted_certificate_is_sent_nothing(own_certificate: Any) -> None:
    seen = []

    async def behave(reader: Any, writer: Any) -> None:
        seen.append(await reader.read())

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    server = await asyncio.start_server(behave, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        told = await failure(f"https://127.0.0.1:{port}/", body=b"client_secret=x")
    assert (told.kind, told.sent) == (FailureKind.UNTRUSTED, False)
    assert b"".join(seen) == b"", "whoever is asked for a certificate is sent nothing"


async def test_a_certificate_that_the_environment_vouches_for_is_trusted(
    own_certificate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate))

    async def behave(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(GOOD)
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    server = await asyncio.start_server(behave, "127.0.0.1", 0, ssl=context)
    async with server:
        transport = BlockingTransport()
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}/"
        assert (await asyncio.to_thread(asks, transport, url)).status == 200
        await asyncio.to_thread(transport.close)


@pytest.fixture
def own_certificate(tmp_path: Path) -> Any:
    """Key and certificate of `localhost` in one file, signed by themselves."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "localhost.pem"
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path
