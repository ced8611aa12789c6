"""Specifies the five calls that this program was asked for, each as its page has it.

Every page is walked three times: in the page's own words against the simulated service, through the program's client,
and by a command. CONTRIBUTING.md names the page, the key, the command and the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from backup_tui.config import Token
from backup_tui.errors import InvalidRequest, StateConflict, UsageError
from backup_tui.graph.address import parse_address
from backup_tui.graph.client import Client
from backup_tui.graph.gate import ThrottleGate
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.clock import Clock
from backup_tui.models.services import Destination, Service
from backup_tui.signin.flows.ready_made import ReadyMadeToken
from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

Command = Callable[..., Any]
PAGE_FORM = "#microsoft.graph.restoreSessionBase"
EMPTY_IDENTITY = {"@odata.type": "microsoft.graph.identitySet"}


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A service whose restores take their time, so that what is started is still running when it is looked at."""
    with running(Settings(units=60, speed=1, history=False, **getattr(request, "param", {}))) as service:
        yield service


class Page:
    """Speaks to the service as the pages do: plain HTTP, one version, nothing of the program in between."""

    def __init__(self, served: Running) -> None:
        self._served = served
        self.http = httpx.Client(headers={"Authorization": "Bearer of-a-person"}, trust_env=False)

    def send(self, method: str, path: str, body: object = None, version: str = "v1.0") -> httpx.Response:
        """One request; `path` below the version's `solutions/backupRestore`."""
        url = f"{self._served.base_url.removesuffix('v1.0')}{version}/solutions/backupRestore/{path}"
        sent: dict[str, Any] = {} if body is None else {"json": body}
        return self.http.request(method, url, **sent)

    def draft(self, workload: WorkloadKey = "onedrive", count: int = 1) -> str:
        """A draft made with plain requests; returns its id."""
        paths = {"onedrive": "oneDriveForBusiness", "sharepoint": "sharePoint"}
        parts = {"onedrive": "driveRestoreArtifacts", "sharepoint": "siteRestoreArtifacts"}
        artifacts = [
            {"restorePoint": {"id": point}, "destinationType": "new"} for point in self.points(workload, count)
        ]
        answer = self.send("POST", f"{paths[workload]}RestoreSessions", {parts[workload]: artifacts})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def points(self, workload: WorkloadKey, count: int) -> list[str]:
        """Ids of restore points of so many different units."""
        service = self._served.service
        now = service.now()
        newest = (next(newest_first(unit, now, now - 86_400, now), None) for unit in service.tenant.units[workload])
        found = [point.id for point in newest if point is not None]
        assert len(found) >= count
        return found[:count]

    def policy(self, status: str) -> str:
        """Id of the first policy in a status."""
        listed = self.send("GET", "protectionPolicies").json()["value"]
        return next(str(policy["id"]) for policy in listed if policy["status"] == status)

    def error(self, answer: httpx.Response) -> tuple[int, str]:
        """Status and code of a refusal."""
        return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def page(served: Running) -> Iterator[Page]:
    speaker = Page(served)
    yield speaker
    speaker.http.close()


@asynccontextmanager
async def client(served: Running, version: str = "v1.0") -> Any:
    """The program's own client on the service."""
    clock = Clock()
    address = parse_address(served.base_url.removesuffix("v1.0") + version)
    tokens = ReadyMadeToken(Token("of-a-person"))
    async with Client(address, tokens, clock, sink=lambda _: None, gate=ThrottleGate(clock)) as open_client:
        yield open_client


# -- pages 000 and 001: activate a restore session ------------------------------------------------------------


@pytest.mark.parametrize("served", [{"page_forms": True}], indirect=True)
async def test_page_000_activate_answers_wrapped_in_beta(served: Running, page: Page) -> None:
    answer = page.send("POST", f"restoreSessions/{page.draft()}/activate", version="beta")
    assert answer.status_code == 200
    assert set(answer.json()) == {"value"}
    assert answer.json()["value"]["@odata.type"] == PAGE_FORM
    async with client(served, "beta") as ours:
        started = await ours.writer.activate_session(page.draft())
        assert started.status == "activating"


async def test_page_001_activate_starts_a_draft_once(served: Running, page: Page) -> None:
    first, second = page.draft("sharepoint"), page.draft("sharepoint", 2)
    answer = page.send("POST", f"restoreSessions/{first}/activate", version="beta")
    assert answer.status_code == 200
    assert answer.json()["status"] == "activating"
    assert answer.json()["@odata.type"].lower() == "#microsoft.graph.sharepointrestoresession"
    again = page.send("POST", f"restoreSessions/{first}/activate", version="beta")
    assert page.error(again) == (403, "RestoreSessionActionNotAllowed")
    async with client(served) as ours:
        started = await ours.writer.activate_session(second)
        assert (started.service, started.status) == (Service.SHAREPOINT, "activating")
        with pytest.raises(StateConflict):
            await ours.writer.activate_session(second)


@pytest.mark.parametrize(
    ("served", "version"), [({"page_forms": True}, "beta"), ({}, "v1.0")], indirect=["served"], ids=["000", "001"]
)
def test_pages_000_and_001_by_command(served: Running, page: Page, command: Command, version: str) -> None:
    session = page.draft()
    url = served.base_url.removesuffix("v1.0") + version
    done = command("sessions", "activate", session, "--confirm", "restore 1", "--graph-url", url)
    assert done.code == 0, done.err
    assert page.send("GET", f"restoreSessions/{session}").json()["status"] in ("activating", "active")


# -- page 002: update a restore session on the base path --------------------------------------------------------


@pytest.mark.parametrize("served", [{"page_forms": True}], indirect=True)
async def test_page_002_the_base_update_takes_every_member_and_keeps_its_own_values(
    served: Running, page: Page
) -> None:
    session = page.draft()
    before = page.send("GET", f"restoreSessions/{session}").json()
    body = {
        "@odata.type": PAGE_FORM,
        "status": "completed",
        "createdBy": EMPTY_IDENTITY,
        "completedDateTime": "2015-06-19T12-01-03.45Z",
        "error": {"@odata.type": "microsoft.graph.publicError"},
    }
    answer = page.send("PATCH", f"restoreSessions/{session}", body, version="beta")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["@odata.type"]) == (session, PAGE_FORM)
    assert page.send("GET", f"restoreSessions/{session}").json() == before
    refused = page.send("PATCH", f"restoreSessions/{session}", {"colour": "blue"}, version="beta")
    assert page.error(refused) == (400, "InvalidPatchRequest")

    async with client(served, "beta") as ours:
        updated = await ours.writer.update_session_base(session, body)
        assert (updated.id, updated.status) == (session, "draft")
        with pytest.raises(InvalidRequest):
            await ours.writer.update_session_base(session, {"colour": "blue"})
        await ours.writer.activate_session(session)
        with pytest.raises(StateConflict):
            await ours.writer.update_session_base(session, body)
    assert page.error(page.send("PATCH", f"restoreSessions/{session}", body, version="beta"))[0] == 403
    async with client(served) as ours:
        with pytest.raises(UsageError, match="beta"):
            await ours.writer.update_session_base(session, body)


@pytest.mark.parametrize("served", [{"page_forms": True}], indirect=True)
def test_page_002_by_command(served: Running, page: Page, command: Command) -> None:
    session = page.draft()
    beta = ("--graph-url", served.base_url.removesuffix("v1.0") + "beta")
    edit = ("sessions", "edit", session, "--base")
    body = json.dumps({"@odata.type": PAGE_FORM, "status": "completed", "completedDateTime": None})

    done = command(*edit, body, *beta)
    assert (done.code, done.out) == (0, f"{session}\n"), done.err
    assert "Not as sent: status." in done.err, "an accepted request is not told as a change"
    shown = command(*edit, body, *beta, "--json")
    assert (shown.json["id"], shown.json["status"]) == (session, "draft")
    listed = command("journal", "list", *beta)
    assert listed.out.count("CHANGE") == 2

    for wrong, code in ((("{colour}",), 2), (("[]",), 2), (("{}",), 2), (('{"colour": "blue"}',), 1)):
        assert command(*edit, *wrong, *beta).code == code, wrong
    assert command(*edit, body).code == 2, "the current version of the service has no such call"
    assert command(*edit, body, "--remove", "x.txt", *beta).code == 2
    assert page.send("POST", f"restoreSessions/{session}/activate").status_code == 200
    ended = command(*edit, body, *beta, "--json")
    assert (ended.code, ended.error["code"]) == (1, "RestoreSessionActionNotAllowed")


# -- page 003: activate a protection policy --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served", "refusal"),
    [({}, (400, "invalidStateForActivation")), ({"wrong_state": 403}, (403, "PolicyActionNotAllowed"))],
    indirect=["served"],
    ids=["as the page says", "as the page of error codes says"],
)
async def test_page_003_a_policy_is_activated_once(served: Running, page: Page, refusal: tuple[int, str]) -> None:
    active, inactive = page.policy("active"), page.policy("inactive")
    assert page.error(page.send("POST", f"protectionPolicies/{active}/activate")) == refusal
    async with client(served) as ours:
        with pytest.raises(StateConflict, match="needs an inactive policy"):
            await ours.writer.activate_policy(active)

    only_inactive_policies(served)
    answer = page.send("POST", f"ProtectionPolicies/{inactive}/activate")
    assert answer.status_code == 202, answer.text
    assert answer.headers["Content-Location"].endswith(f"/solutions/backupRestore/protectionPolicies('{inactive}')")
    assert answer.json()["status"] == "updating"
    assert {one["interval"]: one["period"] for one in answer.json()["retentionSettings"]} == {
        "R/PT10M": "P2W",
        "R/P1W": "P1Y",
    }
    async with client(served) as ours:
        ours_too = page.policy("inactive")
        assert (await ours.writer.activate_policy(ours_too)).status == "updating"


def test_page_003_by_command(served: Running, page: Page, command: Command) -> None:
    inactive = page.policy("inactive")
    only_inactive_policies(served)
    words = ("policies", "activate", inactive, "--confirm")
    assert command(*words, "protect something else").code == 2
    name = command("policies", "show", inactive, "--json").json["displayName"].casefold()
    done = command(*words, f"protect {name} contoso", "--json")
    assert done.code == 0, done.err
    assert done.json["status"] == "updating"
    again = command(*words, f"protect {name} contoso", "--json")
    assert (again.code, again.error["code"]) == (1, "NotPossibleNow"), "the review sees it before anything is sent"


def only_inactive_policies(served: Running) -> None:
    """Nothing is backed up: the service allows one active policy for each of its services."""
    for policy in served.service.tenant.policies:
        policy.on = False


def _service_of(page: Page, policy: str) -> str:
    kind = page.send("GET", f"protectionPolicies/{policy}").json()["@odata.type"].lower()
    return next(word for word in ("exchange", "onedrive", "sharepoint") if word in kind)


# -- page 004: create a OneDrive restore session ----------------------------------------------------------------


async def test_page_004_a_session_is_made_from_base_members_or_from_artifacts(served: Running, page: Page) -> None:
    body = {
        "@odata.type": "#microsoft.backupRestore.oneDriveForBusinessRestoreSession",
        "status": "draft",
        "createdBy": EMPTY_IDENTITY,
        "completedDateTime": None,
        "error": {"@odata.type": "microsoft.graph.publicError"},
    }
    answer = page.send("POST", "oneDriveForBusinessRestoreSessions", body, version="beta")
    assert answer.status_code == 201
    made = answer.json()
    assert made["status"] == "draft"
    assert made["@odata.type"].endswith(".oneDriveForBusinessRestoreSession")
    (point,) = page.points("onedrive", 1)
    artifacts = [{"restorePoint": {"id": point}, "destinationType": "new"}]
    full = page.send("POST", "oneDriveForBusinessRestoreSessions", {**body, "driveRestoreArtifacts": artifacts}, "beta")
    assert full.status_code == 201
    listed = page.send("GET", f"oneDriveForBusinessRestoreSessions/{full.json()['id']}/driveRestoreArtifacts").json()
    assert [one["restorePoint"]["id"] for one in listed["value"]] == [point]

    async with client(served, "beta") as ours:
        empty = await ours.reader.session(made["id"])
        assert (empty.service, empty.status) == (Service.ONEDRIVE, "draft")
        drafted = await ours.writer.create_session(Service.ONEDRIVE, [NewArtifact(point, Destination.NEW)])
        assert (drafted.service, drafted.status) == (Service.ONEDRIVE, "draft")


@pytest.mark.parametrize("version", ["v1.0", "beta"])
def test_page_004_by_command(served: Running, command: Command, names: Callable[..., str], version: str) -> None:
    unit = next(one for one in served.service.tenant.units["onedrive"] if one.trait == "sound" and one.address)
    words = ("sessions", "draft", "--service", "onedrive", "--units", names(unit.address), "--before", "latest")
    url = served.base_url.removesuffix("v1.0") + version
    done = command(*words, "--to", "new", "--graph-url", url, "--json")
    assert done.code == 0, done.err
    assert done.json["status"] == "draft"
    assert [one["destinationType"] for one in done.json["artifacts"]] == ["new"]
