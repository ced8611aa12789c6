"""The sites and accounts that a link may mean: from a mail, shared, or deep inside a library. What is found here is
only proposed: a link that somebody received is not the name of a site, and a restore rolls the whole site back."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

_DEFENSE_2 = re.compile(r"urldefense[\w.]*/v2/url\?u=([^&\s]+)", re.IGNORECASE)
_DEFENSE_2_CODE = str.maketrans("-_", "%/")
_EMBEDDED = re.compile(r"https?:/{1,2}[^\s&|]+", re.IGNORECASE)
_SHARED = re.compile(r"/:\w:/([a-z])/", re.IGNORECASE)
_MANAGED = {"s": "/sites/", "t": "/teams/", "g": "/", "r": "/", "p": "/personal/"}
_SITE_PATH = re.compile(r"/(?:sites|teams)/[^/?&#]+", re.IGNORECASE)
_PERSONAL = re.compile(r"/(?:personal|:\w:/p)/([^/?&#]+)", re.IGNORECASE)
_MOST = 20

PERSONAL_PATH = str.maketrans("@.", "__")
"""How an address is written in the path of a OneDrive; what it was cannot be told from the path."""


def site_keys(text: str) -> Iterator[str]:
    """What the sites that a link may lie in would be compared as, the likeliest first: `host/sites/x` or `/sites/x`."""
    for link in _links(text):
        where = _SHARED.sub(lambda match: _MANAGED.get(match[1].lower(), "/"), link)
        address, _, query = where.partition("#")[0].partition("?")
        host, slash, path = re.sub(r"^\w[\w+.-]*:/+", "", address).partition("/")
        host = host.rpartition("@")[2].partition(":")[0].casefold()
        yield from _upwards(host, slash + path.rstrip("/").casefold())
        for inner in _SITE_PATH.finditer(query):
            yield host + inner[0].casefold()


def personal_keys(text: str) -> Iterator[str]:
    """The accounts that a link to a OneDrive names, in the form of its path: `adele_vance_contoso_com`."""
    for link in _links(text):
        for match in _PERSONAL.finditer(link):
            yield match[1].casefold()


def is_account_of(address: str, link: str) -> bool:
    """Whether a link is one into the OneDrive of an address, by its path."""
    return address.casefold().translate(PERSONAL_PATH) in personal_keys(link)


def _links(text: str) -> Iterator[str]:
    """The links that are wrapped in a link, then the link itself, all decoded however often they were encoded."""
    defended = _DEFENSE_2.search(text)
    if defended is not None:
        yield _decoded(defended[1].translate(_DEFENSE_2_CODE))
    whole = _decoded(text.strip())
    for match in list(_EMBEDDED.finditer(whole, 1))[:_MOST]:
        yield re.sub(r"__;.*$", "", match[0])
    yield whole


def _decoded(text: str) -> str:
    for _ in range(5):
        once = unquote(text)
        if once == text:
            break
        text = once
    return text


def _upwards(host: str, path: str) -> Iterator[str]:
    """The path itself, then each folder above it; the host alone unless the path lies in a site of its own."""
    for _ in range(_MOST):
        if not path:
            break
        yield host + path
        last = path.rpartition("/")[2]
        for cut in re.finditer(r"[\s,;]", last):  # a URL and the words after it
            yield host + path[: len(path) - len(last) + cut.start()]
        path = path.rpartition("/")[0]
        if path in ("/sites", "/teams", "/personal"):
            return
    if host:
        yield host
