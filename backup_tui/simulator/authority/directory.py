"""The directories of the simulated identity platform, and the people in them."""

from msgspec import Struct

from backup_tui.simulator.domain.identifiers import guid
from backup_tui.simulator.http.callers import ADELE_ID

ANY_DIRECTORY = ("organizations", "common")  # tenants of an authority that take people of every directory

ROLE_IDS = {
    "SharePoint Backup Administrator": "9d3e04ba-3ee4-4d1b-a3a7-9aef423a09be",
    "Exchange Backup Administrator": "49eb8f75-97e9-4e37-9b2b-6c3ebfcffa31",
    "Microsoft 365 Backup Administrator": "1707125e-0aa2-4d4d-8655-a7c786c76a25",
    "SharePoint Administrator": "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
}
"""Template ids of directory roles by name, as the claim ``wids`` carries them (page permissions-reference)."""


class Directory(Struct, frozen=True, dict=True):
    """A tenant."""

    id: str
    domain: str  # its verified domain
    name: str  # what its error messages call it


class Person(Struct, frozen=True, dict=True):
    """Somebody who can sign in."""

    id: str  # object id
    name: str
    email: str  # user principal name
    home: Directory  # the directory the account is in


CONTOSO = Directory("1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10", "contoso.com", "Contoso")
FABRIKAM = Directory("c7a1d5e2-9b34-4f08-8e6d-2b5f0c9a7e31", "fabrikam.com", "Fabrikam")
PEOPLE = (
    Person(ADELE_ID, "Adele Vance", "adele.vance@contoso.com", CONTOSO),
    Person("845457dc-4bb2-4815-bef3-8628ebd1952e", "Ryan", "ryan@contoso.com", CONTOSO),
    Person(guid("person", "megan"), "Megan Bowen", "megan.bowen@fabrikam.com", FABRIKAM),
)


def directory_of(tenant: str) -> Directory | None:
    """Return the directory that a tenant of an authority names, by id or by domain; None for an unknown one."""
    wanted = tenant.lower()
    return next((each for each in (CONTOSO, FABRIKAM) if wanted in (each.id, each.domain)), None)


def person_of(email: str) -> Person:
    """Return a person by address. Raises ValueError if nobody has it."""
    for person in PEOPLE:
        if person.email == email.lower():
            return person
    raise ValueError(f"unknown person {email!r}; known: {', '.join(each.email for each in PEOPLE)}")
