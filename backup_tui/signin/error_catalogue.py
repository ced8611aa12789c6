"""What the authority's refusals mean: AADSTS number, suberror or error to plain sentences and what to do.

The rows are in `authority_errors.txt`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from backup_tui.errors import SignInError
from backup_tui.signin import codes
from backup_tui.text_tables import read_table

CERTAIN = "Nothing was changed. Running restores continue; what you typed is kept."

_FILE = Path(__file__).with_name("authority_errors.txt")


class AuthorityMeaning(Struct, frozen=True):
    """What a refusal comes down to; `{tenant}`, `{client}`, `{consent}` and `{authority}` are filled in."""

    code: str  # one of `codes`
    message: str  # what happened
    hint: str  # what to do
    needs_person: bool = True  # `False` where trying again later can help without anybody
    certainty: str = CERTAIN  # what is certain now


PERSONAL = AuthorityMeaning(
    codes.PERSONAL_ACCOUNT,
    "Personal Microsoft accounts aren't supported.",
    "Use a work or school account.",
    certainty="Nothing was sent.",
)
"""In every permission table of the API: delegated (personal Microsoft account), not supported."""

PERSONAL_NUMBERS = frozenset({500202, 500207, 500208})
"""AADSTS numbers of an account whose kind is wrong, whatever it is called."""

OF_OTHERS = frozenset({50020, 90072})
"""AADSTS numbers of an account of another identity provider, which the description names."""

BUSY = AuthorityMeaning(
    codes.AUTHORITY_UNREACHABLE,
    "{authority} has an outage; nobody can sign in now.",
    "No action needed: it is retried automatically.",
    needs_person=False,
)

TRANSIENT = frozenset({50033, 90006, 90024, 90033})  # AADSTS numbers that pass without anybody

TRANSIENT_ERRORS = frozenset({"temporarily_unavailable", "server_error", "service_not_available"})

FIXED_ERRORS = frozenset({"authorization_declined", "expired_token", "code_expired", "bad_verification_code"})
"""Errors that say all there is to say about a code, whatever number is beside them."""


class Catalogue(Struct, frozen=True):
    """The table, by what is looked up in it."""

    meanings: Mapping[str, AuthorityMeaning]  # every meaning by its name
    by_number: Mapping[int, str]  # AADSTS number to the name of its meaning
    by_suberror: Mapping[str, str]  # the same for suberrors
    by_error: Mapping[str, str]  # the same for errors

    def name_of(self, numbers: list[int], suberror: str, error: str) -> str:
        """The name of the meaning that is the most telling: of a number, a suberror, the error."""
        if error not in FIXED_ERRORS:
            for number in numbers:
                if number in self.by_number:
                    return self.by_number[number]
        return self.by_suberror.get(suberror) or self.by_error.get(error, "unknown")


@cache
def catalogue() -> Catalogue:
    """The table, read when the first refusal is looked up."""
    rows = read_table(_FILE)
    wrong = [row["name"] for row in rows if row["code"] not in codes.CODES]
    if wrong:
        raise ValueError(f"{_FILE.name}: the code of {', '.join(wrong)} does not exist.")
    return Catalogue(
        {row["name"]: AuthorityMeaning(row["code"], row["message"], row["hint"]) for row in rows},
        {int(number): row["name"] for row in rows for number in row["numbers"].split()},
        {suberror: row["name"] for row in rows for suberror in row["suberrors"].split()},
        {error: row["name"] for row in rows for error in row["errors"].split()},
    )


@cache
def _local() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in read_table(_FILE.with_name("local_errors.txt"))}


def local_error(
    name: str,
    *,
    code: str = "",
    detail: str = "",
    needs_person: bool = True,
    wait: float | None = None,
    **values: object,
) -> SignInError:
    """An error that arises on this machine.

    Args:
        name: Its name in `local_errors.txt`.
        code: One of `codes`, where it is not the row's.
        values: What its sentences name, made safe.
    """
    row = _local()[name]
    return SignInError(
        row["message"].format(**values),
        certainty=row["certainty"] or CERTAIN,
        hint=row["hint"].format(**values),
        code=code or row["code"],
        needs_person=needs_person,
        detail=detail,
        wait=wait,
    )
