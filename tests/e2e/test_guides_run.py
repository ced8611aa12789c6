"""The commands of the guides, run in their order as they are printed, with the names and ids that there are."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

import pytest
from test_commands_restore import let_running_ones_end
from test_mail_commands import hits, mailboxes

from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

Command = Callable[..., Any]
GUIDES = Path(__file__).parents[2] / "docs" / "guides"
ID = r"\bID\b|\b(?:d91e03b7|0f4aa9c1|47b62db9)\b"
"""What the guides print for the id of the newest draft."""
DRAFTING = (["sessions", "draft"], ["mail", "draft"], ["files", "restore"], ["drill", "new"])
REVIEWED = (["sessions", "activate"], ["plan", "run"])
WATCHING = (["sessions", "watch"], ["plan", "resume"])


class Walk(NamedTuple):
    """One guide.

    Attributes:
        guide: Its name.
        names: What is there for the names, times and ids that the guide prints, made before the first command.
        codes: The exit code of the commands that begin like this, where it is not 0, or 2 for a review.
    """

    guide: str
    names: Callable[[Running, Command], Mapping[str, str]]
    codes: Mapping[str, int] = {}


def sound(served: Running, service: WorkloadKey, count: int) -> list[Unit]:
    """Units whose restores succeed."""
    now = served.service.now()
    units = [
        unit
        for unit in served.service.tenant.units[service]
        if (unit.trait, unit.error) == ("sound", None)
        and unit.joined < now - 30 * 86_400
        and unit.address
        and unit.policy
        and not unit.sparse
        and unit.state(now)[0] == "protected"
    ]
    assert len(units) >= count
    return units[:count]


def write(name: str, *lines: str) -> None:
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def accounts(served: Running, count: int) -> list[str]:
    return [unit.address for unit in sound(served, "onedrive", count)]


def flaky(served: Running) -> str:
    """An account whose first restore fails for no reason."""
    drives = served.service.tenant.units["onedrive"]
    return str(next(unit.address for unit in drives if unit.trait == "flaky" and unit.address and unit.policy))


def one_mailbox(served: Running, command: Command) -> Mapping[str, str]:
    return {"aaliyah.ferrari@contoso.com": sound(served, "exchange", 1)[0].address}


def one_mail(served: Running, command: Command) -> Mapping[str, str]:
    first, second = mailboxes(served, 2)
    write("people.txt", first.address, second.address)
    word = next(f"word{number}" for number in range(500) if all(hits(served, first, f"word{number}").values()))
    return {
        "aaliyah.ferrari@contoso.com": first.address,
        "budget*": word,
        "invoice 4711": word,
        "27 Nov 19:40": "1d",
        " --sender ryan@contoso.com": "",
    }


def one_file(served: Running, command: Command) -> Mapping[str, str]:
    (unit,) = sound(served, "sharepoint", 1)
    found = command("files", "find", "--unit", unit.url, ".docx", "--json").json
    path = next(one["path"] for one in found if one["type"] == "file")
    name = path.rpartition("/")[2]
    return {
        "/sites/finance": unit.url,
        "budget 2026": name,
        "/Documents/Budget/Budget 2026.xlsx": path,
        "2026-11-21 02:00 UTC": "latest",
    }


def one_site(served: Running, command: Command) -> Mapping[str, str]:
    return {"https://contoso.sharepoint.com/sites/aurora-apac": sound(served, "sharepoint", 1)[0].url}


def a_department(served: Running, command: Command) -> Mapping[str, str]:
    *whole, misspelt = accounts(served, 6)
    write("finance.csv", "address", flaky(served), *whole, misspelt.replace("@", "x@"), "nobody.at.all@contoso.com")
    return {}


def ransomware(served: Running, command: Command) -> Mapping[str, str]:
    names = [flaky(served), *accounts(served, 6)]
    write("incident.csv", "address,service", *(f"{name},onedrive" for name in names))
    write("directors.csv", *names[:2])
    return {"2026-11-20 14:10": "1d"}


def leaver(served: Running, command: Command) -> Mapping[str, str]:
    (unit,) = sound(served, "onedrive", 1)
    return {"adele": unit.address.partition("@")[0], "71deedf4-afb7-4759-a36c-6da92bfe518f": unit.owner}


def a_list(served: Running, command: Command) -> Mapping[str, str]:
    write("list.csv", *accounts(served, 3))
    return {"/usr/local/bin/tell-team": "true", "~/": f"{Path.cwd()}/"}


def with_a_plan(served: Running, command: Command) -> Mapping[str, str]:
    """A plan with its drafts, and sessions that have ended."""
    let_running_ones_end(command)
    write("plan.csv", *accounts(served, 2))
    before = ("--before", "1d", "--to", "new")
    assert (
        command("plan", "new", "ransom-20nov.toml", "--units", "plan.csv", "--service", "onedrive", *before).code == 0
    )
    assert command("plan", "draft", "ransom-20nov.toml").code == 0
    first, second = [one["id"] for one in command("sessions", "list", "--status", "completed", "--json").json][:2]
    beta = served.base_url.removesuffix("v1.0") + "beta"
    return {"61633878": first, "d91e03b7": second, "https://graph.microsoft.com/beta": beta}


def nothing(served: Running, command: Command) -> Mapping[str, str]:
    let_running_ones_end(command)
    return {}


WALKS = (
    Walk("one-mailbox", one_mailbox),
    Walk("one-mail", one_mail),
    Walk("one-file", one_file),
    Walk("one-site", one_site),
    Walk("a-department", a_department, {"plan run finance --confirm": 6}),
    Walk("ransomware", ransomware, {"plan run ransom --wave directors --confirm": 6}),
    Walk("drill", nothing),
    Walk("leaver", leaver),
    Walk("four-eyes", a_list),
    Walk("audit", with_a_plan),
    Walk("watch-only", with_a_plan),
    Walk("automation", a_list),
)


def guide_lines(guide: str) -> list[str]:
    """What the blocks for a shell print, without comments; the lines of one command are joined."""
    text = re.sub(r" \\\n\s+", " ", (GUIDES / f"{guide}.md").read_text(encoding="utf-8"))
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines() if line.strip()]


def phrase(text: str) -> str:
    """The phrase of a review."""
    found = re.search(r'--confirm "([^"]+)"', text)
    assert found is not None, text
    return found[1]


class Shell:
    """Runs the lines of a guide as a shell would."""

    def __init__(self, walk: Walk, command: Command, names: Mapping[str, str]) -> None:
        self.walk = walk
        self.command = command
        self.names = names
        self.draft = ""
        self.drill = ""

    def real(self, line: str) -> str:
        """A line with what is there."""
        for printed, there in self.names.items():
            line = line.replace(printed, there)
        line = re.sub(r"\d{4}-\d\d-\d\d-onedrive-4711", self.drill, line)
        if "--manifest" in line:
            sum_of_file = hashlib.sha256(Path("report-november/manifest.json").read_bytes()).hexdigest()
            line = re.sub(r"--manifest \w+", f"--manifest {sum_of_file}", line)
        return re.sub(ID, self.draft, line) if self.draft else line

    def run(self, line: str) -> None:
        """Runs one line and checks how it ended."""
        words = shlex.split(self.real(line))
        target = words.pop() if len(words) > 2 and words[-2] in (">", ">>") else None
        words = [word for word in words if word not in (">", ">>")]
        if words[0] == "echo":
            assert target is not None
            write(target, *words[1:])
            return
        if words[0] == "mkdir":
            Path(words[-1]).mkdir(parents=True, exist_ok=True)
            return
        words = words[1:]
        if words[:2] in (*REVIEWED, *WATCHING) and ({"--wait", "--until-done"} & set(words)):
            words += ["--interval", "0.1"]
        if "--confirm" in words:
            self.agree(words)
        done = self.command(*words)
        asked = line.removeprefix("backup-tui ")
        code = next((code for begin, code in self.walk.codes.items() if asked.startswith(begin)), 0)
        if words[:2] in REVIEWED and "--confirm" not in words:
            code = 2
            phrase(done.out + done.err)
        assert done.code == code, f"{line}: {done.code}, {done.out[-500:]}{done.err}"
        if words[:2] in DRAFTING:
            self.draft = done.out.split()[-1]
        if words[:2] == ["drill", "new"]:
            (self.drill,) = set(re.findall(r"\d{4}-\d\d-\d\d-onedrive-4711", done.out + done.err))
        if target is not None:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            write(target, done.out)

    def agree(self, words: list[str]) -> None:
        """Puts the phrase of the review in place of the one that is printed, which reads the same but for numbers."""
        place = words.index("--confirm")
        printed = words[place + 1]
        reviewed = [*words[:place], *(word for word in words[place + 2 :] if word != "--wait")]
        done = self.command(*reviewed)
        words[place + 1] = phrase(done.out + done.err)
        assert re.sub(r"\d+", "N", words[place + 1]) == re.sub(r"\d+", "N", printed)


def commands_only(lines: list[str]) -> Iterator[str]:
    """Without what opens the screens or serves a tenant."""
    for line in lines:
        words = [word for word in shlex.split(line)[1:] if not word.startswith("-")]
        if words and words[0] != "simulator" and "--authority" not in line:
            yield line


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.guide)
def test_the_commands_of_a_guide_work_as_printed(
    walk: Walk, command: Command, served: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    shell = Shell(walk, command, walk.names(served, command))
    for line in commands_only(guide_lines(walk.guide)):
        shell.run(line)


@pytest.fixture
def second() -> Iterator[Running]:
    with running(Settings(units=60, seed=7, speed=36_000.0)) as service:
        yield service


def test_the_first_sign_in_works_as_printed(
    command: Command, served: Running, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    approve = json.dumps({"sign_in": "approve", "after": 0}).encode()
    place = served.base_url.replace("/v1.0", "/_simulator/authority")
    urlopen(Request(place, data=approve, headers={"Content-Type": "application/json"})).close()
    monkeypatch.delenv("BACKUP_TUI_ACCESS_TOKEN")
    monkeypatch.setenv("BACKUP_TUI_AUTHORITY", served.base_url.replace("/v1.0", "/_authority"))
    monkeypatch.setenv("BACKUP_TUI_TOKEN_CACHE", "file")
    shell = Shell(Walk("first-sign-in", nothing), command, {})
    for line in guide_lines("first-sign-in"):
        shell.run(line)


def test_several_tenants_are_read_as_printed(
    command: Command,
    served: Running,
    second: Running,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("BACKUP_TUI_ACCESS_TOKEN", "BACKUP_TUI_GRAPH_URL"):
        monkeypatch.delenv(name)
    secret = tmp_path / "secret"
    secret.write_text("a-secret")
    secret.chmod(0o600)
    text = (GUIDES / "many-tenants.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    for name, service in (("contoso", served), ("fabrikam", second)):
        more = {
            "sign_in": "secret",
            "secret_file": str(secret),
            "graph_url": service.base_url,
            "authority": service.base_url.replace("/v1.0", "/_authority"),
        }
        added = "\n".join(f"{key} = {json.dumps(value)}" for key, value in more.items())
        shown = shown.replace(f"[profile.{name}]", f"[profile.{name}]\n{added}")
    config = Path(environment["XDG_CONFIG_HOME"]) / "backup-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(shown.replace("fabrikam.com", "contoso.com"), encoding="utf-8")
    shell = Shell(Walk("many-tenants", nothing), command, {})
    for line in guide_lines("many-tenants"):
        shell.run(line)


def test_every_guide_is_run() -> None:
    alone = {"first-sign-in", "many-tenants", "protect-accounts", "rules", "README"}
    assert {guide.stem for guide in GUIDES.glob("*.md")} == {walk.guide for walk in WALKS} | alone
