"""Specifies that the sign-in goes to the service and nowhere else, over real sockets.

Two servers listen: the service, and a foreign one that counts its connections. Whatever the service's answers say,
in links, redirects or headers, the foreign one gets none, so it gets no token either. That it would count what comes
is proven with the same server.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_service import SECRET, Bench, RawServer, answer_bytes, bench

from backup_tui.errors import ForeignLink, IncompleteList, OutcomeUnknown, ProtocolError, SignInError
from backup_tui.graph.address import parse_address
from backup_tui.graph.paging import collect, collect_by, next_url
from backup_tui.models.services import Service

GRAPH = "https://graph.microsoft.com/v1.0"
PATH = "/v1.0/solutions/backupRestore/restoreSessions?$skiptoken=b"


@dataclass
class Two:
    """The service and the foreign server."""

    own: RawServer
    foreign: RawServer
    on: Bench

    @property
    def hosts(self) -> dict[str, str]:
        """`own` and `foreign` as host and port, `port` of the foreign one, `path` of a page."""
        own, foreign = (server.url.split("/")[2] for server in (self.own, self.foreign))
        return {"own": own, "foreign": foreign, "port": foreign.split(":")[1], "path": PATH}


@asynccontextmanager
async def two(*answers: Any) -> AsyncIterator[Two]:
    """Both servers and a client of the service, which gives its answers in turn; each takes the hosts."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await own.read_request(reader):
            answer = answers[min(len(own.requests), len(answers)) - 1]
            writer.write(answer(both.hosts) if callable(answer) else answer)
            await writer.drain()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await foreign.read_request(reader):
            writer.write(answer_bytes(b'{"value": []}'))
            await writer.drain()

    own, foreign = RawServer(serve), RawServer(take)
    async with own, foreign, bench(address=own.url) as on:
        both = Two(own, foreign, on)
        yield both


def page(link: str, **more: Any) -> Any:
    def answer(hosts: dict[str, str]) -> bytes:
        body = {"value": [{"id": "1"}], "@odata.nextLink": link.format(**hosts), **more}
        return answer_bytes(json.dumps(body).encode())

    return answer


LAST = answer_bytes(b'{"value": [{"id": "2"}]}')

LINKS = {
    "another port of this machine": "http://{foreign}{path}",
    "another port by name": "http://localhost:{port}{path}",
    "another port, short": "http://127.1:{port}{path}",
    "another port, one number": "http://2130706433:{port}{path}",
    "another port, hexadecimal": "http://0x7f000001:{port}{path}",
    "another port, IPv6": "http://[::ffff:127.0.0.1]:{port}{path}",
    "https there": "https://{foreign}{path}",
    "https here": "https://{own}{path}",
    "no scheme": "//{foreign}{path}",
    "no scheme, backslashes": "\\\\{foreign}{path}",
    "one slash and one backslash": "/\\{foreign}{path}",
    "many slashes": "http:////{foreign}{path}",
    "no slashes": "http:{foreign}{path}",
    "user name": "http://{own}@{foreign}{path}",
    "user name and password": "http://{own}:x@{foreign}{path}",
    "user name at the service": "http://{foreign}@{own}{path}",
    "user name, encoded": "http://{own}%40{foreign}{path}",
    "backslash before the at": "http://{own}\\@{foreign}{path}",
    "slash, encoded": "http://{own}%2f@{foreign}{path}",
    "question mark": "http://{foreign}?@{own}{path}",
    "number sign": "http://{foreign}#@{own}{path}",
    "tab in the host": "http://127.0.0.1\t:{port}{path}",
    "line ends": "http://{own}/x HTTP/1.1\r\nHost: {foreign}\r\n\r\n",
    "line end before": "\nhttp://{foreign}{path}",
    "wide digits": "http://１２７.0.0.1:{port}{path}",
    "ideographic full stops": "http://127。0。0。1:{port}{path}",
    "look-alike letters": "http://lоcalhost:{port}{path}",
    "punycode": "http://xn--lcalhost-nbh:{port}{path}",
    "soft hyphen": "http://local\u00adhost:{port}{path}",
    "full stop at the end": "http://127.0.0.1.:{port}{path}",
    "scheme in capitals": "HTTP://{foreign}{path}",
    "websocket": "ws://{foreign}{path}",
    "file": "file://{foreign}{path}",
    "FTP": "ftp://{foreign}{path}",
    "script": "javascript:fetch('http://{foreign}')",
    "data": "data:application/json,{{}}",
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
async def test_a_link_leads_nowhere_but_to_the_service(link: str) -> None:
    async with two(page(link), LAST) as both:
        with pytest.raises((ForeignLink, IncompleteList)) as caught:
            await collect(both.on.reader.sessions())
        assert both.foreign.connections == 0
        assert len(both.own.requests) == 1
        assert both.own.requests[0].count(SECRET.encode()) == 1
    assert isinstance(caught.value, ForeignLink)
    assert "The sign-in was not sent there." in caught.value.certainty
    assert SECRET not in caught.value.sentences


async def test_a_link_on_a_later_page_is_looked_at_like_the_first() -> None:
    second = page("http://{own}{path}")
    async with two(second, page("http://{foreign}/evil")) as both:
        with pytest.raises(ForeignLink):
            await collect(both.on.reader.sessions())
        assert (both.foreign.connections, len(both.own.requests)) == (0, 2)


async def test_a_link_of_a_browse_is_looked_at_too() -> None:
    async with two(page("http://{foreign}/x")) as both:
        with pytest.raises(ForeignLink):
            await collect_by(both.on.reader.browse.items(Service.ONEDRIVE, "b1"), lambda item: item.item_key)
        assert (both.foreign.connections, len(both.own.requests)) == (0, 1)


async def test_a_link_to_the_service_is_followed_with_the_token_so_the_others_would_have_been() -> None:
    async with two(page("http://{own}{path}"), LAST) as both:
        assert [each.id for each in await collect(both.on.reader.sessions())] == ["1", "2"]
        assert [SECRET.encode() in request for request in both.own.requests] == [True, True]
        # The foreign server does count, and would have seen the token.
        async with bench(address=both.foreign.url) as there:
            await collect(there.reader.sessions())
        assert both.foreign.connections == 1
        assert SECRET.encode() in both.foreign.requests[0]


def redirect(status: str, *headers: str) -> Any:
    def answer(hosts: dict[str, str]) -> bytes:
        return answer_bytes(b"{}", status=status, headers=[header.format(**hosts) for header in headers])

    return answer


REDIRECTS = ["300 Multiple Choices", "301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("to", ["http://{foreign}{path}", "//{foreign}/x", "https://{foreign}/x", "http://{own}{path}"])
async def test_a_redirect_is_not_followed(status: str, to: str) -> None:
    async with two(redirect(status, f"Location: {to}")) as both:
        with pytest.raises(ProtocolError, match="redirect"):
            await both.on.reader.session("s1")
        with pytest.raises(OutcomeUnknown):
            await both.on.writer.activate_session("s1")
        assert (both.foreign.connections, len(both.own.requests)) == (0, 2)


HEADERS = {
    "Location": "Location: http://{foreign}/x",
    "Content-Location": "Content-Location: http://{foreign}/solutions/backupRestore/restoreSessions('s1')",
    "Link": 'Link: <http://{foreign}/x>; rel="next"',
    "Refresh": "Refresh: 0; url=http://{foreign}/x",
    "Alt-Svc": 'Alt-Svc: h2="{foreign}"; ma=86400, http/1.1="{foreign}"',
    "Operation-Location": "Operation-Location: http://{foreign}/x",
    "Azure-AsyncOperation": "Azure-AsyncOperation: http://{foreign}/x",
    "authority to ask": 'WWW-Authenticate: Bearer authorization_uri="http://{foreign}/authorize"',
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted"])
async def test_a_header_of_a_good_answer_leads_nowhere(header: str, status: str) -> None:
    def good(hosts: dict[str, str]) -> bytes:
        body = b'{"id": "s1", "status": "activating", "value": []}'
        return answer_bytes(body, status=status, headers=[header.format(**hosts)])

    async with two(good) as both:
        assert (await both.on.reader.session("s1")).id == "s1"
        assert (await both.on.writer.activate_session("s1")).status == "activating"
        assert await collect(both.on.reader.sessions()) == []
        assert (both.foreign.connections, len(both.own.requests)) == (0, 3)


async def test_a_refused_token_sends_nobody_to_ask_elsewhere() -> None:
    challenge = 'WWW-Authenticate: Bearer authorization_uri="http://{foreign}/authorize", error="insufficient_claims"'
    async with two(redirect("401 Unauthorized", challenge, "Location: http://{foreign}/x")) as both:
        with pytest.raises(SignInError):
            await both.on.reader.session("s1")
        assert (both.foreign.connections, len(both.own.requests)) == (0, 1)


@pytest.mark.parametrize(
    "name", ["@odata.deltaLink", "@odata.context", "@odata.id", "@odata.editLink", "webUrl", "nextLink"]
)
async def test_no_other_member_of_an_answer_is_followed(name: str) -> None:
    def good(hosts: dict[str, str]) -> bytes:
        return answer_bytes(json.dumps({"value": [], name: f"http://{hosts['foreign']}/x"}).encode())

    async with two(good) as both:
        assert await collect(both.on.reader.sessions()) == []
        assert (both.foreign.connections, len(both.own.requests)) == (0, 1)


TO_GRAPH = [
    "http://graph.microsoft.com{path}",
    "https://graph.microsoft.com:8443{path}",
    "https://graph.microsoft.com:80{path}",
    "https://graph.microsoft.com@elsewhere.example{path}",
    "https://graph.microsoft.com:443@elsewhere.example{path}",
    "https://elsewhere.example\\@graph.microsoft.com{path}",
    "https://graph.microsoft.com\\.elsewhere.example{path}",
    "https://graph.microsoft.com.elsewhere.example{path}",
    "https://graph.microsoft.com.{path}",
    "https://graph.microsoft.com%00.elsewhere.example{path}",
    "https://graph.microsoft.com%2eelsewhere.example{path}",
    "https://graph.microsoft.com;elsewhere.example{path}",
    "https://elsewhere.example/https://graph.microsoft.com{path}",
    "https://evil-graph.microsoft.com{path}",
    "https://graph.microsoft.us{path}",
    "https://grаph.microsoft.com{path}",
    "https://ｇraph.microsoft.com{path}",
    "https://graph。microsoft。com{path}",
    "https://xn--grph-53d.microsoft.com{path}",
    "https://graph.micro\u00adsoft.com{path}",
    "//elsewhere.example{path}",
    "///elsewhere.example{path}",
    "https:/elsewhere.example{path}",
    "https:elsewhere.example{path}",
    "https://[::1]{path}",
    "https://127.0.0.1{path}",
    "https://graph.microsoft.com:99999{path}",
    "https://graph.microsoft.com:４４３{path}",
]


@pytest.mark.parametrize("link", TO_GRAPH)
def test_what_only_looks_like_microsoft_graph_is_foreign(link: str) -> None:
    asked = f"{GRAPH}/solutions/backupRestore/restoreSessions"
    try:
        url = next_url(link.format(path=PATH), asked, parse_address(GRAPH))
    except ForeignLink as error:
        assert error.code == "foreignLink"  # noqa: PT017  # a link below the service's own path is good as well
        return
    assert url.startswith("https://graph.microsoft.com/"), url


PIECES = [
    "graph.microsoft.com",
    "evil.example",
    "@",
    ":",
    "443",
    "80",
    "/",
    "\\",
    "?",
    "#",
    ".",
    "%40",
    "%2f",
    "[",
    "]",
    "ｇ",
    "。",
    "\xad",
    "xn--",
    ";",
    "v1.0/solutions",
]


@given(
    st.sampled_from(["", "http:", "https:", "HTTPS:", "ftp:", "\\"]),
    st.sampled_from(["", "/", "//", "///", "/\\", "\\\\"]),
    st.lists(st.sampled_from([*PIECES, "\t"]), max_size=7).map("".join),
)
def test_no_mixture_of_these_leads_away(scheme: str, slashes: str, rest: str) -> None:
    asked = f"{GRAPH}/solutions/backupRestore/restoreSessions"
    try:
        url = next_url(scheme + slashes + rest, asked, parse_address(GRAPH))
    except ForeignLink:
        return
    after = url.removeprefix("https://graph.microsoft.com").removeprefix(":443")
    assert after != url, url
    assert after[:1] in ("/", "?", ""), url
