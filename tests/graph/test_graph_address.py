"""Specifies which service addresses are accepted: Graph, this machine, hosts named on purpose; never in clear."""

from __future__ import annotations

import subprocess
import sys

import pytest

from backup_tui.errors import UsageError
from backup_tui.graph.address import parse_address
from backup_tui.graph.requests.call import segment


@pytest.mark.parametrize(
    ("url", "base", "label"),
    [
        ("https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/v1.0", "graph.microsoft.com"),
        ("https://GRAPH.microsoft.com:443/BETA/", "https://graph.microsoft.com/beta", "graph.microsoft.com"),
        ("http://127.0.0.1:8365/v1.0", "http://127.0.0.1:8365/v1.0", "127.0.0.1:8365"),
        ("http://localhost:1/v1.0", "http://localhost:1/v1.0", "localhost:1"),
        ("http://[::1]:8365/v1.0", "http://[::1]:8365/v1.0", "::1:8365"),
    ],
)
def test_what_is_accepted(url: str, base: str, label: str) -> None:
    address = parse_address(url)
    assert address.base_url == base
    assert address.label == label
    assert address.version in ("v1.0", "beta")


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com@evil.example/v1.0",
        "https://user:pass@graph.microsoft.com/v1.0",
        "https://graph.microsoft.com.evil.example/v1.0",
        "https://evil.example/v1.0",
        "http://192.168.0.7:8365/v1.0",
        "https://graph.microsoft.com",
        "https://graph.microsoft.com/v2.0",
        "https://graph.microsoft.com/v1.0?x=1",
        "ftp://graph.microsoft.com/v1.0",
        "graph.microsoft.com/v1.0",
        "https://graph.microsoft.com:99999/v1.0",
        "https://graph.micro soft.com/v1.0",
        "https://graph.microsoft.com\\@evil.example/v1.0",
        "https://[::1/v1.0",
        "",
    ],
)
def test_what_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(url)
    assert caught.value.hint
    assert caught.value.certainty == "Nothing was sent."


def test_a_host_named_on_purpose_is_accepted_but_never_in_clear() -> None:
    assert parse_address("https://proxy.contoso.com/graph/v1.0", ["Proxy.Contoso.com"]).path == "/graph/v1.0"
    with pytest.raises(UsageError, match="encryption"):
        parse_address("http://proxy.contoso.com/v1.0", ["proxy.contoso.com"])


def test_a_national_cloud_is_named_and_needs_to_be_meant() -> None:
    with pytest.raises(UsageError, match="US Government L4"):
        parse_address("https://graph.microsoft.us/v1.0")
    assert parse_address("https://graph.microsoft.us/v1.0", ["graph.microsoft.us"]).host == "graph.microsoft.us"


@pytest.mark.parametrize("bad", ["", ".", "..", "\ud800"])
def test_an_id_that_is_a_step_in_the_path_is_not_sent(bad: str) -> None:
    with pytest.raises(UsageError):
        segment(bad)


def test_importing_the_client_does_not_load_httpx() -> None:
    code = "import sys, backup_tui.graph.client; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("url", ["ftp://ada:hush@x/v1.0", "https://ada:hu/hush@x/v1.0", "https://ada:hush@[::1/v1.0"])
def test_what_may_be_a_password_in_an_address_is_not_shown(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(url)
    assert "hush" not in caught.value.sentences
