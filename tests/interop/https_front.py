"""Ends TLS in front of the simulated service, for clients that show a token to https addresses only.

    python tests/interop/https_front.py FOLDER PORT SERVICE

makes a certificate authority and a certificate for localhost in FOLDER (``ca.pem`` is what a client is to trust), and
passes what arrives on https://localhost:PORT on to SERVICE, such as http://127.0.0.1:8365.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
KEPT = (
    "content-type",
    "retry-after",
    "request-id",
    "client-request-id",
    "date",
    "www-authenticate",
    "content-location",
)


def write_certificates(folder: Path) -> None:
    """Write ``ca.pem``, ``server.pem`` and ``server.key``, good for a week."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "interop authority")])

    def certificate(name: x509.Name, public: ec.EllipticCurvePublicKey, *, authority: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(authority_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=7))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(authority_key, hashes.SHA256())

    own = certificate(authority_name, authority_key.public_key(), authority=True)
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    server = certificate(server_name, key.public_key(), authority=False)
    (folder / "ca.pem").write_bytes(own.public_bytes(Encoding.PEM))
    (folder / "server.pem").write_bytes(server.public_bytes(Encoding.PEM))
    secret = folder / "server.key"
    secret.touch(mode=0o600)
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def front(service: str) -> Starlette:
    """Return an application that passes requests on, with the host they were sent to and that it was https."""
    client = httpx.AsyncClient(timeout=30)

    async def pass_on(request: Request) -> Response:
        dropped = ("connection", "transfer-encoding", "content-length", "accept-encoding")
        headers = {name: value for name, value in request.headers.items() if name not in dropped}
        headers["x-forwarded-proto"] = "https"
        path = request.scope["raw_path"].decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        url = f"{service}{path}" + (f"?{query}" if query else "")
        try:
            answer = await client.request(request.method, url, headers=headers, content=await request.body())
        except httpx.TransportError as error:
            return Response(f"no answer from {service}: {type(error).__name__}", 502, media_type="text/plain")
        kept = {name: value for name, value in answer.headers.items() if name in KEPT}
        return Response(answer.content, answer.status_code, kept)

    return Starlette(routes=[Route("/{path:path}", pass_on, methods=METHODS)])


def main(folder: Path, port: int, service: str) -> None:
    """Serve until interrupted."""
    write_certificates(folder)
    uvicorn.run(
        front(service.rstrip("/")),
        host="localhost",
        port=port,
        ssl_certfile=folder / "server.pem",
        ssl_keyfile=str(folder / "server.key"),
        log_level="warning",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
