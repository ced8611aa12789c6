"""Specifies that no input makes the service fall over: whatever is sent is answered, with a Graph error or in full.

An exception inside the service would reach the test, because nothing stands between them.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.settings import Settings

APP = create_app(Settings(units=30), ManualClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC)))
API = "/v1.0/solutions/backupRestore"
UNIT = APP.state.service.tenant.everything[0].id
DRAFT = next(s.id for s in APP.state.service.sessions.values() if s.activated is None)

NOW = APP.state.service.now()
SITE = APP.state.service.tenant.units["sharepoint"][0]
EXPRESS = next(newest_first(SITE, NOW, 0, NOW, express=True))
BROWSE = APP.state.service.browse_sessions.create(EXPRESS.id, SITE.workload, NOW - 3600).id

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
SCALARS |= st.sampled_from(["new", "inPlace", UNIT, "2026-11-20T00:00:00Z", "0001-01-01T00:00:00Z", "\ud800"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "restorePoint": st.fixed_dictionaries({}, optional={"id": SCALARS, "@odata.id": SCALARS}) | VALUES,
        "destinationType": SCALARS,
        "@removed": VALUES,
        "id": SCALARS,
    },
)
ITEMS = st.fixed_dictionaries(
    {}, optional={"browseSessionId": st.just(BROWSE) | SCALARS, "id": SCALARS, "itemKey": SCALARS, "@removed": VALUES}
)
WORDS = ["Subject", "-like", "'a*'", "(", ")", "-and", "-or", "HasAttachment", "-eq", "true", "{2026-11-01}", "é"]
EXPRESSIONS = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join) | st.text(max_size=9)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "siteRestoreArtifacts": st.lists(ENTRIES, max_size=4) | VALUES,
        "siteRestoreArtifacts@delta": st.lists(ENTRIES, max_size=4) | VALUES,
        "mailboxRestoreArtifacts@delta": st.lists(ENTRIES, max_size=4) | VALUES,
        "protectionUnitIds": st.lists(st.just(UNIT) | SCALARS, max_size=4) | VALUES,
        "protectionTimePeriod": st.fixed_dictionaries({"startDateTime": SCALARS, "endDateTime": SCALARS}) | VALUES,
        "tags": SCALARS,
        "restorePointPreference": VALUES,
        "@odata.type": SCALARS,
        "status": VALUES,
        "granularSiteRestoreArtifacts": st.lists(ITEMS, max_size=4) | VALUES,
        "granularSiteRestoreArtifacts@delta": st.lists(ITEMS, max_size=4) | VALUES,
        "artifactQuery": st.fixed_dictionaries({"queryExpression": EXPRESSIONS}) | VALUES,
        "policyId": SCALARS,
        "restorePointId": SCALARS,
        "siteWebUrls": st.lists(st.sampled_from(["https://[", "https://contoso.com"]) | SCALARS, max_size=3) | VALUES,
        "siteIds": VALUES,
        "browseLocationItemKey": SCALARS,
        "browseResourceType": SCALARS,
        "filter": SCALARS,
        "orderBy": SCALARS,
    },
)
PIECES = [
    "displayName",
    "eq",
    "'a'",
    "(",
    ")",
    "and",
    "or",
    "not",
    ",",
    "contains",
    "7",
    "2026-11-20",
    "'",
    "null",
    "é",
]
QUERIES = st.dictionaries(
    st.sampled_from(["$filter", "$orderby", "$top", "$skip", "$skiptoken", "$expand", "$select", "$count"]),
    st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join) | st.text(max_size=9),
)


async def status(method: str, path: str, content: bytes | None, query: dict[str, str]) -> httpx.Response:
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    transport = httpx.ASGITransport(APP)
    async with httpx.AsyncClient(transport=transport, base_url="http://s.test", headers=headers) as client:
        return await client.request(method, API + path, content=content, params=query)


def check(answer: httpx.Response) -> None:
    body: Any = answer.json()
    assert answer.status_code < 500
    assert answer.status_code < 400 or body["error"]["code"]


@settings(deadline=None)
@given(
    st.sampled_from(
        [
            ("POST", "/sharePointRestoreSessions"),
            ("PATCH", f"/sharePointRestoreSessions/{DRAFT}"),
            ("PATCH", f"/restoreSessions/{DRAFT}"),
            ("POST", "/restorePoints/search"),
            ("POST", "/sharePointBrowseSessions"),
            ("POST", f"/sharePointBrowseSessions/{BROWSE}/browse"),
            ("POST", f"/sharePointRestoreSessions/{DRAFT}/siteRestoreArtifactsBulkAdditionRequests"),
        ]
    ),
    BODIES | VALUES,
)
def test_any_body_is_answered(operation: tuple[str, str], body: Any) -> None:
    content = json.dumps(body).encode()
    check(asyncio.run(status(*operation, content, {})))


@settings(deadline=None)
@given(st.sampled_from(["/siteProtectionUnits", "/restoreSessions", "/restorePoints", "/protectionPolicies"]), QUERIES)
def test_any_query_is_answered(path: Any, query: Any) -> None:
    check(asyncio.run(status("GET", path, None, query)))


def test_deep_nesting_is_refused() -> None:
    for expression in ("(" * 5000, "not " * 5000 + "id eq 'x'"):
        check(asyncio.run(status("GET", "/protectionPolicies", None, {"$filter": expression})))


def test_any_path_is_answered() -> None:
    for path in ("/restoreSessions/%0A", "/restoreSessions/%00", "/%F0%9F%98%80", "/a//b/", "/restoreSessions('%27')"):
        check(asyncio.run(status("GET", path, None, {})))
