"""What the command line said, and everything that is settled before anything starts."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from backup_tui.config.clouds import GLOBAL, Cloud
from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.config.origins import Resolved
from backup_tui.config.resolve_sign_in import NOTHING_SAID, NoSignIn
from backup_tui.config.sign_in import SignInSettings
from backup_tui.config.token import Token
from backup_tui.config.zones import named_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SCENES = ("usual", "incident", "quiet")  # where a demo can begin; the first one unless another is named

NOT_SHOWN = frozenset({"api_version"})
"""Names among what is settled that are derived together with another setting, which shows the same."""
DEFAULT_VERSION = "v1.0"
DEFAULT_LOCK_WAIT = 10.0
DEFAULT_POLL_SECONDS = 5.0


class Flags(Struct, frozen=True):
    """What was given on the command line; `None`, `False` or empty means not given."""

    graph_url: str | None = None
    trust_hosts: tuple[str, ...] = ()  # `--trust-host`, each of them
    demo: bool = False
    scene: str = ""  # `--demo=SCENE`
    read_only: bool = False
    low_bandwidth: bool = False
    profile: str | None = None
    tz: str | None = None
    lock_wait: float | None = None  # `--lock-wait`, seconds
    log_level: str | None = None
    theme: str | None = None  # `--theme`, one of `THEMES`
    client_id: str | None = None
    tenant: str | None = None
    # `--sign-in`; empty when it was given without a way to sign in, `None` when it was not given
    sign_in: str | None = None
    authority: str | None = None
    secret_fd: int | None = None  # `--secret-fd`, a descriptor that is read to its end
    force_cloud: bool = False
    record: str | None = None  # `--record`, a new file
    replay: str | None = None  # `--replay`, a file that `--record` wrote


class Settings(Struct, frozen=True):
    """Everything that is settled before anything is opened."""

    # address of the service with its version, not yet checked against the known clouds; unused in a demo
    graph_url: str = f"{GLOBAL.graph}/{DEFAULT_VERSION}"
    # hosts beside the worldwide cloud that the person named: `--trust-host`, or a forced cloud's
    trusted_hosts: tuple[str, ...] = ()
    # the ready-made token; `None` when none was given or another flow is used, and in a demo
    token: Token | None = None
    demo: bool = False  # everything happens in the simulated tenant that ships inside
    scene: str = "usual"  # where the demo begins, one of `SCENES`
    record: Path | None = None  # where the service's answers are recorded; `None` for nowhere
    replay: Path | None = None  # the recording that answers in the place of a service; `None` for none
    read_only: bool = False  # nothing may be changed
    profile: str = ""  # name of the profile; empty when there is none
    tz: str = "UTC"  # name of the zone of the times
    tz_settled: bool = True  # `False` when nobody chose the zone and the machine only says UTC: ask once
    state_dir: Path | None = None  # folder of the journal; `None` in a demo, which has a temporary one
    lock_wait: float = DEFAULT_LOCK_WAIT  # seconds that a command waits for another instance that is changing things
    bell: bool = False  # the terminal's bell rings when a restore ends, first fails or does not move
    window_title: bool = False  # the title of the terminal's window says the same
    notify: str = "off"  # how a desktop notification is asked of the terminal, one of `NOTIFY`
    mouse: bool = True  # the terminal sends what the mouse does
    links: str = "auto"  # whether addresses are links of the terminal, one of `CHOICES`
    progress: str = "auto"  # whether the task bar shows how far restores are, one of `CHOICES`
    on_event: tuple[str, ...] = ()  # the command that is told of events; empty for none
    two_people: bool = False  # nobody starts what they drafted or last changed
    low_bandwidth: bool = False  # fewer frames and reads, for a thin line
    cache_last_view: bool = True  # the first screen's rows are kept for the next start
    item_key: str = "id"  # name of an added file's key in a draft of a OneDrive account, one of `ITEM_KEYS`
    limits: ServiceLimits = LIMITS  # how much the service takes at a time
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # own keys of commands, by the commands' ids
    log_level: str = "warning"  # one of `LOG_LEVELS`
    theme: str = ""  # look of the screens, one of `THEMES`; empty when nothing says which
    colour: str = ""  # colour of the first line, one of `COLOURS`; empty for the theme's own
    word: str = ""  # word in the first line; may be empty
    tenant: str = ""  # directory id or domain that the sign-in must be for; empty when any will do
    # how to sign in; `None` in a demo without `--sign-in`, and where nothing says how
    sign_in: SignInSettings | None = None
    no_sign_in: NoSignIn = NOTHING_SAID  # why `sign_in` is `None`; only what needs the service minds
    demo_sign_in: bool = False  # the demo begins at a sign-in
    cloud: Cloud = GLOBAL  # the cloud of the service
    poll_seconds: float = DEFAULT_POLL_SECONDS  # seconds between two looks at a running restore
    profiles: tuple[str, ...] = ()  # names of all profiles of the file, in its order
    config_path: Path | None = None  # where `config.toml` is, or would be
    config_exists: bool = False  # whether it is there
    # each setting as it may be shown, with where it came from
    settled: Mapping[str, Resolved] = field(default_factory=dict)
    flags: Flags = Flags()  # what the command line said

    @property
    def zone(self) -> "ZoneInfo":
        """The zone that `tz` names."""
        return named_zone(self.tz)

    @property
    def seconds_between_reads(self) -> float:
        """Seconds between two looks at a running restore: twice as many over a thin line."""
        return self.poll_seconds * (2 if self.low_bandwidth else 1)

    def need_sign_in(self) -> SignInSettings:
        """How to sign in. Raises SignInError: nothing says how, or something is missing for it (`NoSignIn`)."""
        if self.sign_in is None:
            raise self.no_sign_in.error()
        return self.sign_in
