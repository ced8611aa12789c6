"""Who did something: https://learn.microsoft.com/graph/api/resources/identityset"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from backup_tui.models.base import GraphModel, Text


class Identity(GraphModel):
    """A person, an application or a device. Some answers carry the id as `identity`, or all of it in there."""

    id: Text = None
    display_name: Text = None
    email: Text = None
    user_principal_name: Text = None

    @classmethod
    def prepared(cls, members: Mapping[str, Any]) -> Mapping[str, Any]:
        inner = members.get("identity")
        if isinstance(inner, Mapping):
            return {**inner, **members}
        return {**members, "id": inner} if isinstance(inner, str) and not members.get("id") else members


class IdentitySet(GraphModel):
    """Who did something, by any of the three kinds of identity."""

    user: Identity | None = None
    application: Identity | None = None
    device: Identity | None = None

    @property
    def label(self) -> str:
        """The shortest name that tells who it was; empty when the service did not say."""
        for who in (self.user, self.application, self.device):
            if who is not None:
                name = who.display_name or who.email or who.user_principal_name or who.id
                if name:
                    return name
        return ""

    @property
    def user_id(self) -> str | None:
        """Object id of the person, for matching with the sign-in's `oid`."""
        return self.user.id if self.user is not None else None

    @property
    def application_id(self) -> str | None:
        """Client id of the application, for matching with an app-only sign-in's `appid`."""
        return self.application.id if self.application is not None else None


class ErrorDetail(GraphModel):
    """One entry of `details` in an error."""

    code: Text = None
    message: Text = None
    target: Text = None


class InnerError(ErrorDetail):
    """A nested error; only its code is of use."""

    details: tuple[ErrorDetail, ...] = ()


class PublicError(InnerError):
    """An error inside an object: https://learn.microsoft.com/graph/api/resources/publicerror"""

    inner_error: InnerError | None = None


class NameTrouble(Struct, frozen=True):
    """One name of a list that the service could not use. `name`: as it was handed in; empty when the service does not
    say which one. `code`: `SiteUrlNotFound`. `message`: what the service says about it."""

    name: str
    code: str
    message: str


def troubles_of(error: PublicError | None) -> tuple[NameTrouble, ...]:
    """The names that could not be used, as far as the service reports them one by one."""
    details = error.details if error is not None else ()
    return tuple(NameTrouble(one.target or "", one.code or "", one.message or "") for one in details)
