"""Our own sign-in against an OpenID provider that is not Microsoft's, over https with a private authority.

Not part of the test suite: it needs node and the package ``oidc-provider`` in a folder of its own. See "Sign-in against
another OpenID provider" in CONTRIBUTING.md.

    python tests/interop/openid_provider.py FOLDER
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from backup_tui.config import Flags, Settings, load_settings
from backup_tui.errors import SignInError
from backup_tui.models.clock import Clock
from backup_tui.models.prompts import DeviceCode
from backup_tui.signin import make_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from backup_tui.models.prompts import Prompt
    from backup_tui.models.whoami import Token
    from backup_tui.signin.sign_in import SignIn

CLIENT = "7c1f4e7a-92f7-4c1c-9a3e-52d1c0f3b6aa"
HERE = Path(__file__).parent


def make_certificates(folder: Path) -> Path:
    """Makes a private certificate authority and a certificate of localhost; returns the authority's file."""
    if (folder / "server.pem").exists():
        return folder / "ca.pem"
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes"]
    usage = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
    signer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"]
    for command in (
        [*new, "-x509", "-days", "2", "-subj", "/CN=Private CA", "-keyout", "ca.key", "-out", "ca.pem", *usage],
        [*new, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"],
        ["openssl", "x509", "-req", "-in", "server.csr", *signer, "-extfile", "server.ext", "-out", "server.pem"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "ca.pem"


def collect(lines: Iterable[str], asked: list[str]) -> None:
    """Keeps the requests; the provider's warnings about being a try are passed over."""
    asked.extend(line.strip() for line in lines if line.startswith(("GET", "POST")))


@contextmanager
def provider(folder: Path, asked: list[str]) -> Iterator[str]:
    """Runs the provider; what it was asked is collected. Yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["node", str(HERE / "provider.mjs"), str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            if not process.stdout.readline():
                raise SystemExit(f"the provider did not start: {process.stderr.read()}")
            threading.Thread(target=collect, args=(process.stderr, asked), daemon=True).start()
            yield f"https://localhost:{port}"
        finally:
            process.terminate()


def settings(authority: str) -> Settings:
    """What the command line would say, and nothing of this machine."""
    flags = Flags(tenant="contoso", client_id=CLIENT, sign_in="device-code", authority=authority, tz="UTC")
    return load_settings(flags, environ={}, file=Path(os.devnull))


def person(ca: Path, page: str, code: str, *, agrees: bool) -> None:
    """Enters the code, signs in with any name and consents, in the provider's own pages."""
    trusted = ssl.create_default_context(cafile=str(ca))
    with httpx.Client(verify=trusted, follow_redirects=True) as browser:
        shown = browser.get(page)
        for _ in range(6):
            form = re.search(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", shown.text, re.DOTALL)
            if form is None:
                return
            fields = re.findall(r'name="([^"]+)"(?:\s+value="([^"]*)")?', form[2])
            given = {name: html.unescape(value) for name, value in fields}
            if "user_code" in given and not given["user_code"]:
                given["user_code"] = code
            elif "login" in given:
                given |= {"login": "alex", "password": "any"}
            elif not agrees:
                given["abort"] = "yes"
            shown = browser.post(html.unescape(form[1]), data=given)


def showing(ca: Path, *, agrees: bool) -> Callable[[Prompt], None]:
    """Hands the code to a person."""

    def show(prompt: Prompt) -> None:
        assert isinstance(prompt, DeviceCode)
        print(f"   the person opens {prompt.url} and enters {prompt.code}")
        doing = {"agrees": agrees}
        threading.Thread(target=person, args=(ca, prompt.url, prompt.code), kwargs=doing, daemon=True).start()

    return show


async def refused(sign_in: SignIn, show: Callable[[Prompt], None]) -> str:
    """Signs in, which must not work; says why it did not."""
    try:
        await sign_in.ask(show)
    except SignInError as error:
        return f"{error.code}: {error}"
    finally:
        await sign_in.aclose()
    raise SystemExit("it was let in, and must not have been")


def told(token: Token) -> str:
    """What may be printed of a token."""
    return f"a token of {len(token.reveal())} characters"


async def run(authority: str, ca: Path, asked: list[str]) -> None:
    """The whole try.

    Raises:
        SystemExit: Something came out otherwise than it must.
    """
    chosen = settings(authority)
    os.environ.pop("SSL_CERT_FILE", None)
    why = await refused(make_sign_in(chosen, clock=Clock()), showing(ca, agrees=True))
    if not why.startswith("AuthorityUnreachable") or asked:
        raise SystemExit(f"without the private authority: {why}; asked: {asked}")
    print(f"1. without SSL_CERT_FILE nothing is asked. {why}")

    os.environ["SSL_CERT_FILE"] = str(ca)
    sign_in = make_sign_in(chosen, clock=Clock())
    first = await sign_in.ask(showing(ca, agrees=True))
    print(f"2. signed in by device code: {told(first)}")
    if (await sign_in.token()).reveal() != first.reveal():
        raise SystemExit("the token was not kept")
    print("3. the same token is given again without asking")
    polls = asked.count("POST /contoso/v2.0/token")
    fresh = await sign_in.token(refresh=True)
    if fresh.reveal() == first.reveal() or asked.count("POST /contoso/v2.0/token") != polls + 1:
        raise SystemExit("it was not refreshed by one request")
    print(f"4. refreshed by one request with the refresh token: {told(fresh)}")
    await sign_in.forget()
    await sign_in.aclose()

    why = await refused(make_sign_in(chosen, clock=Clock()), showing(ca, agrees=False))
    if not why.startswith("CodeDeclined"):
        raise SystemExit(f"declined: {why}")
    print(f"5. declined by the person. {why}")
    print("What the provider was asked:")
    for line in dict.fromkeys(re.sub(r"/[\w-]{43}$", "/{id}", line) for line in asked):
        print(f"   {line}")


def main() -> None:
    """Starts the provider and signs in against it."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "node_modules" / "oidc-provider").is_dir():
        raise SystemExit(f"{(__doc__ or '').strip()}\n\nFOLDER: where `npm install oidc-provider` was run")
    folder = Path(sys.argv[1]).resolve()
    ca = make_certificates(folder)
    asked: list[str] = []
    with provider(folder, asked) as authority:
        print(f"provider at {authority}, trusted by {ca.name} alone")
        asyncio.run(run(authority, ca, asked))


if __name__ == "__main__":
    main()
