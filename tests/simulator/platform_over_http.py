"""The real msal on the simulated identity platform, over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import msal

from backup_tui.simulator.authority.platform import Authority
from backup_tui.simulator.domain.clock import SimulatorClock
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

SCOPE = ["https://graph.microsoft.com/.default"]
CLIENT = "5f1c9c1e-2d67-4d0c-8f7a-61b1d7e3c0aa"


class Loopback:
    """The http client that msal is given: its https requests to this machine go out as http."""

    def __init__(self) -> None:
        self._http = httpx.Client(timeout=20)

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        return self._http.get(self._sent(url), params=params, headers=self._told(url, headers))

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        # msal hands an assertion over as bytes, which httpx would write as b'...'.
        form = {name: value.decode() if isinstance(value, bytes) else value for name, value in (data or {}).items()}
        return self._http.post(self._sent(url), params=params, data=form, headers=self._told(url, headers))

    def close(self) -> None:
        self._http.close()

    def _sent(self, url: str) -> str:
        return url.replace("https://127.0.0.1", "http://127.0.0.1", 1)

    def _told(self, url: str, headers: Any) -> dict[str, str]:
        more = {"X-Forwarded-Proto": "https"} if urlsplit(url).scheme == "https" else {}
        return {**{name: str(value) for name, value in (headers or {}).items() if value is not None}, **more}


@dataclass
class Platform:
    """One running service with its identity platform."""

    server: Running
    http: Loopback

    @property
    def authority(self) -> Authority:
        return self.server.service.authority

    @property
    def origin(self) -> str:
        return self.server.base_url.removesuffix("/v1.0")

    def url(self, path: str) -> str:
        return f"{self.origin}/_authority{path}"

    def named(self, tenant: str = "contoso.com") -> str:
        """The authority as msal wants to read it."""
        return self.url(f"/{tenant}").replace("http://", "https://", 1)

    def public(self, tenant: str = "contoso.com", **options: Any) -> msal.PublicClientApplication:
        return msal.PublicClientApplication(
            CLIENT, authority=self.named(tenant), instance_discovery=False, http_client=self.http, **options
        )

    def confidential(self, credential: Any, tenant: str = "contoso.com", **options: Any) -> Any:
        return msal.ConfidentialClientApplication(
            CLIENT,
            client_credential=credential,
            authority=self.named(tenant),
            instance_discovery=False,
            http_client=self.http,
            **options,
        )

    def signed_in(self, app: msal.PublicClientApplication | None = None) -> tuple[msal.PublicClientApplication, Any]:
        """A program with somebody signed in by device code, and what it got."""
        app = app or self.public()
        self.authority.switches.set({"sign_in": "approve", "interval": 1})
        got = app.acquire_token_by_device_flow(app.initiate_device_flow(SCOPE))
        assert "access_token" in got, got
        return app, got

    def tell(self, **values: Any) -> dict[str, Any]:
        """Change switches as a person at a shell does."""
        answer = httpx.post(f"{self.origin}/_simulator/authority", json=values)
        assert answer.status_code == 200, answer.text
        switches: dict[str, Any] = answer.json()
        return switches

    def call(self, token: str, path: str = "", method: str = "GET", **options: Any) -> httpx.Response:
        """Call the API with a token."""
        url = f"{self.server.base_url}/solutions/backupRestore{path}"
        return httpx.request(method, url, headers={"Authorization": f"Bearer {token}"}, **options)


@contextmanager
def platform(clock: SimulatorClock | None = None, **settings: Any) -> Iterator[Platform]:
    """Run a service of its own."""
    with running(Settings(**{"units": 30, "history": False, **settings}), clock) as server:
        http = Loopback()
        try:
            yield Platform(server, http)
        finally:
            http.close()
