"""Who is signed in to a workspace, and what follows from it: the tenant, and whether anything may be changed.

A workspace belongs to one person (or application) in one tenant: its store, its journal and its lock are kept under
that name. Signing in again as the same person continues in place; another person needs another workspace.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.config import Settings, SignInSettings, Token
from backup_tui.config.sign_in import APP_FLOWS, PERSON_FLOWS
from backup_tui.errors import SignInError
from backup_tui.graph.address import ServiceAddress
from backup_tui.models.clock import Clock
from backup_tui.models.features import Access, Feature
from backup_tui.models.whoami import WhoAmI, read_token
from backup_tui.store import updates as up
from backup_tui.store.access import barred, known_access
from backup_tui.store.store import Store
from backup_tui.workspace.demo import DEMO_SPEED, demo_token, recorded_claims

if TYPE_CHECKING:
    from backup_tui.graph.wire import TokenSource
    from backup_tui.models.prompts import Prompt
    from backup_tui.signin import SignIn


def consent_page(settings: Settings) -> str:
    """Page on which an administrator allows the application what it asks for; empty where none of ours signs in."""
    from backup_tui.signin import admin_consent_url  # late: only who asks for it needs the way in

    return "" if settings.sign_in is None else admin_consent_url(settings.sign_in)


class Mode(StrEnum):
    """What may be done here; the word is shown in the first line."""

    WRITE = "WRITE"
    READ_ONLY = "READ-ONLY"
    DEMO = "DEMO"
    DEMO_READ_ONLY = "DEMO READ-ONLY"
    REPLAY = "REPLAY"

    @property
    def demo(self) -> bool:
        return self in (Mode.DEMO, Mode.DEMO_READ_ONLY, Mode.REPLAY)

    @property
    def read_only(self) -> bool:
        return self in (Mode.READ_ONLY, Mode.DEMO_READ_ONLY, Mode.REPLAY)


class AnotherSignIn(SignInError):
    """Another person or tenant signed in, but the data shown belongs to the previous one, so it is left."""

    def __init__(self, who: WhoAmI, before: WhoAmI, hint: str = "It is opened again for the new sign-in.") -> None:
        super().__init__(
            f"Signed in as {who.user_label} of {who.tenant}; the data shown is that of {before.user_label} of "
            f"{before.tenant}.",
            certainty="Nothing was sent with the new sign-in.",
            hint=hint,
            code="AnotherSignIn",
        )
        self.who = who


class Identity:
    """The sign-in of one workspace. `who`: as far as the token says; before there is one, what the settings say."""

    def __init__(
        self, settings: Settings, address: ServiceAddress, store: Store, clock: Clock, sign_in: "SignIn | None" = None
    ) -> None:
        """Sends nothing. Raises `SignInError`: nothing says how to sign in."""
        self._settings = settings
        self._address = address
        self._store = store
        self._clock = clock
        self._sign_in = sign_in
        self._passed_over = settings.sign_in if settings.token is not None else None
        self._wrong_tenant = ""
        self.known = False
        self.who = WhoAmI(tenant=settings.tenant or address.label)
        self.mode = self._mode()
        self._tell()
        if settings.demo and not settings.demo_sign_in:
            claims = recorded_claims(settings.replay) if settings.replay is not None else None
            self._settings = settings = replace(settings, token=demo_token(claims))
        if settings.token is not None:
            self._settings = replace(settings, sign_in=SignInSettings(flow="token"))
            self._take(settings.token)
        elif sign_in is None:
            settings.need_sign_in()

    @property
    def sign_in(self) -> "SignIn":
        """Where tokens come from; made when it is first needed."""
        if self._sign_in is None:
            from backup_tui.signin import make_sign_in

            self._sign_in = make_sign_in(self._settings, clock=self._clock)
        return self._sign_in

    @property
    def tokens(self) -> "TokenSource":
        return OwnTokens(self)

    @property
    def how(self) -> SignInSettings:
        return self._settings.need_sign_in()

    @property
    def interactive(self) -> bool:
        return self.how.flow in PERSON_FLOWS

    @property
    def consent_url(self) -> str:
        try:
            return consent_page(self._settings)
        except SignInError:  # No place to sign in at: that is what the person is told.
            return ""

    @property
    def read_only(self) -> str | None:
        """Why nothing can be changed, as a sentence; `None` where changes are possible."""
        if not self.mode.read_only:
            return None
        if self._wrong_tenant:
            return f"Read-only: {self._wrong_tenant}"
        return "Opened read-only. Restart without --read-only (or read_only in the profile) to make changes."

    @property
    def access(self) -> tuple[Access, ...]:
        return known_access(self.who, self._store.denials, beta=self._address.version == "beta")

    def barred(self, feature: Feature) -> str | None:
        return barred(feature, self.who, self._store.denials)

    async def find(self, *, at_once: bool = False) -> None:
        """Signs in without asking anybody. Raises `SignInError`; its `needs_person` tells whether a person can."""
        if at_once:
            self.sign_in.renew_now()
        self._take(await self.sign_in.token())

    async def ask(self, show: "Callable[[Prompt], None]") -> None:
        """Lets a person sign in. Raises `AnotherSignIn`: somebody else signed in than the one whose workspace this is;
        `SignInError`: nobody signed in."""
        self._take(await self.sign_in.ask(show))

    async def is_kept(self) -> bool:
        """Whether the next start finds this sign-in: looked for as that start will, without asking anybody."""
        from backup_tui.signin import make_sign_in

        again = make_sign_in(self._settings, clock=self._clock)
        try:
            await again.token()
        except SignInError:
            return False
        finally:
            await again.aclose()
        return True

    async def forget(self) -> bool:
        """Removes what is kept of the sign-in; says whether there was something. Raises `SignInError`: it could not."""
        from backup_tui.workspace.last_view import clear_last_views

        clear_last_views(self._settings.state_dir)
        removed = await self.sign_in.forget()
        if self._passed_over is not None:
            # A token that was given goes before the sign-in that is kept, and does not keep that from being removed.
            from backup_tui.signin.cache.choosing import left_in_file

            removed = left_in_file(self._passed_over).remove() or removed
        self._store.apply(up.SignedOut(self._clock.now()))
        return removed

    async def aclose(self) -> None:
        """Gives up what is in progress; asking again afterwards starts over."""
        if self._sign_in is not None:
            await self._sign_in.aclose()

    def refuse_another(self, token: Token) -> None:
        """Raises `AnotherSignIn`: the token is of somebody else than who is signed in here, or of another tenant."""
        who = read_token(token, self._address.label)
        if self.known and not _same(self.who, who):
            raise AnotherSignIn(who, self.who, "T opens it again for the new sign-in; a command is run again.")

    def _take(self, token: Token) -> None:
        who = read_token(token, self._address.label)
        if self.known and not _same(self.who, who):
            raise AnotherSignIn(who, self.who)
        if who.personal:
            from backup_tui.signin.error_context import personal_account

            raise personal_account()
        self.who, self.known = who, True
        self._wrong_tenant = _wrong_tenant(self._settings, who)
        self.mode = self._mode()
        self._tell()
        self._store.apply(up.SignedOut(None))

    def _mode(self) -> Mode:
        settings = self._settings
        if settings.replay is not None:
            return Mode.REPLAY
        if settings.demo:
            return Mode.DEMO_READ_ONLY if settings.read_only else Mode.DEMO
        return Mode.READ_ONLY if settings.read_only or self._wrong_tenant else Mode.WRITE

    def _tell(self) -> None:
        settings = self._settings
        self._store.apply(
            up.ConnectionFacts(
                host=self._address.label,
                demo_speed=DEMO_SPEED if settings.demo and settings.replay is None else None,
                wrong_tenant=self._wrong_tenant,
                signs_in=bool(settings.sign_in and settings.sign_in.flow != "token"),
            )
        )


class OwnTokens:
    """A `TokenSource` that hands out one identity's tokens alone. A sign-in can change while we run, by another
    instance or the Azure CLI; nothing is asked or changed under the new name."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._looked_at: Token | None = None

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        """The token. Raises `AnotherSignIn`: it is somebody else's by now; `SignInError`: there is none."""
        token = await self._identity.sign_in.token(refresh=refresh, claims=claims)
        if token is not self._looked_at:
            self._identity.refuse_another(token)
            self._looked_at = token
        return token


def _same(one: WhoAmI, other: WhoAmI) -> bool:
    def key(who: WhoAmI) -> tuple[str | None, str | None]:
        return who.tenant_id or who.tenant, who.object_id or who.user or who.app_id

    return key(one) == key(other)


def _wrong_tenant(settings: Settings, who: WhoAmI) -> str:
    expected = settings.tenant.lower()
    if not expected or expected in (who.tenant.lower(), (who.tenant_id or "").lower()):
        return ""
    asked = settings.sign_in
    by_authority = asked is not None and asked.flow in (*PERSON_FLOWS, *APP_FLOWS) and asked.tenant == settings.tenant
    if by_authority and "." in expected and who.tenant_id is not None:
        # The token was made by this very tenant's authority. It names a directory id, not the domain that was asked,
        # and a guest's address is of another domain.
        return ""
    signed_in = who.tenant if who.known else "a tenant not named in its token"
    return f"{settings.profile or 'this profile'} expects {settings.tenant}, signed in to {signed_in}."
