"""The way to msal: loaded when it is first needed, silent in our logs, and with every failure in plain words."""

import logging
from collections.abc import Callable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from backup_tui.errors import BackupTuiError, ConfigError, SignInError
from backup_tui.graph.wire import TransportFailure
from backup_tui.signin.error_context import ErrorContext, again, in_trouble, refusal, unreachable, unreadable
from backup_tui.signin.msal_http import AuthorityBusy, NotAnAuthority, OAuthError

if TYPE_CHECKING:
    import types

CAPABILITIES = ["CP1"]
"""Tells the authority that this client understands claims challenges, so tokens can be called back at once.

Page: https://learn.microsoft.com/entra/identity-platform/claims-challenge
"""


def load_msal() -> "types.ModuleType":
    """The msal module. Its own log lines can hold codes and whole answers, so none of them is written."""
    for name in ("msal", "msal_extensions"):
        log = logging.getLogger(name)
        log.setLevel(logging.CRITICAL + 1)
        log.propagate = False
    import msal

    module: types.ModuleType = msal
    return module


def ask_msal(question: Callable[[], Any], facts: ErrorContext) -> Mapping[str, object]:
    """Asks msal something and gives back what the authority said. Returns an answer without an error in it; empty when
    msal has nothing to go by.

    Raises:
        SignInError: Anything else. Nothing of msal stays attached to it: those frames hold tokens and secrets.
        ConfigError: The environment names certificates or a proxy that cannot be used.
    """
    load_msal()
    from msal.exceptions import MsalError

    said: object = None
    error: BackupTuiError | None = None
    try:
        said = question()
    except SignInError as ours:
        error = again(ours)
    except ConfigError as theirs:  # certificates or a proxy that cannot be used
        error = copy(theirs)
    except TransportFailure as failure:
        error = unreachable(failure, facts)
    except AuthorityBusy as trouble:
        error = in_trouble(trouble.status, trouble.retry_after, facts)
    except NotAnAuthority as stranger:
        error = unreadable(str(stranger), facts)
    except OAuthError as refused:
        said = refused.said
    except (MsalError, *_MSAL_FAILS) as fault:
        # msal reads answers trustingly: a text where a number should be ends it in one of these.
        error = unreadable(f"msal failed with {type(fault).__name__}", facts)
    if error is None and isinstance(said, Mapping) and "error" in said and "access_token" not in said:
        error = refusal(said, facts)
    if error is not None:
        raise error
    return said if isinstance(said, Mapping) else {}


_MSAL_FAILS = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RuntimeError, OSError,
)  # fmt: skip
