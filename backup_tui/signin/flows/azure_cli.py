"""Borrows the sign-in of the Azure CLI, where that is one of a service principal or a managed identity.

A person's sign-in of `az` is of no use: its tokens belong to Microsoft's own application, which has a fixed set of
permissions, and those for backup and restore are not among them.

Page: https://learn.microsoft.com/cli/azure/account#az-account-get-access-token
"""

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping

from backup_tui.config.sign_in import ANY_TENANT
from backup_tui.errors import SignInError
from backup_tui.models.text import safe
from backup_tui.models.whoami import Token, read_token
from backup_tui.operating_system import kill_with_children
from backup_tui.signin.error_catalogue import local_error
from backup_tui.signin.flows.flow import FlowContext
from backup_tui.signin.grants import Grant, grant_of, seconds

APP_OF_AZ = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""Client id of the Azure CLI itself, in whose name people sign in with it."""

SECONDS = 60.0  # for one run of `az`, which may renew its own sign-in meanwhile

_MOST = 256 * 1024


class AzureCliFlow:
    """Runs `az account get-access-token`; keeps nothing."""

    notices: tuple[str, ...] = ()

    def __init__(self, context: FlowContext) -> None:
        self._settings = context.settings
        self._facts = context.facts
        self._clock = context.clock
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def silent(self, *, force: bool, claims: str) -> Grant:
        """A token of whoever `az` is signed in as, but no person. It renews its own, so nothing can be forced."""
        said = self._said()
        grant = grant_of({**said, "access_token": said.get("accessToken"), "expires_in": self._lasts(said)})
        if grant is None:
            raise self._useless("its output has no token")
        self._refuse_person(grant.token)
        return grant

    def forget(self) -> bool:
        """The sign-in is that of `az`; it is left alone."""
        return False

    def cancel(self) -> None:
        with self._lock:
            if self._running is not None and self._running.poll() is None:
                kill_with_children(self._running)

    def _command(self) -> list[str]:
        # Never one that lies where this program happens to be started.
        folders = [each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(each)]
        program = shutil.which("az", path=os.pathsep.join(folders))
        if program is None:
            raise local_error("az_missing")
        resource = self._settings.scope.removesuffix("/.default")
        command = [program, "account", "get-access-token", "--resource", resource, "-o", "json"]
        tenant = self._settings.tenant
        return command if tenant == ANY_TENANT else [*command, "--tenant", tenant]

    def _said(self) -> Mapping[str, object]:
        output, errors, ended = b"", b"", 0
        reason = ""
        command = self._command()
        try:
            with self._lock:
                running = self._running = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    cwd="/",
                    env=_environment(),
                )
            output, errors = running.communicate(timeout=SECONDS)
            ended = running.returncode
        except subprocess.TimeoutExpired:
            self.cancel()
            running.communicate()
            reason = f"it did not end within {SECONDS:g} s"
        except OSError as error:
            reason = f"it cannot be run ({(error.strerror or type(error).__name__).lower()})"
        finally:
            with self._lock:
                self._running = None
        if not reason and ended:
            raise self._refused(ended, errors)
        said: object = None
        if not reason and len(output) <= _MOST:
            with contextlib.suppress(ValueError, RecursionError):
                said = json.loads(output)
        if not isinstance(said, dict):
            raise self._useless(reason or "its output cannot be read")
        return said

    def _lasts(self, said: Mapping[str, object]) -> float:
        end = seconds(said.get("expires_on"), 0.0)
        if end > 0:
            return max(0.0, end - self._clock.now().timestamp())
        # Older versions tell the end in local time without a zone; the token itself tells it better.
        expires = read_token(Token(str(said.get("accessToken"))), "").expires
        return 0.0 if expires is None else max(0.0, (expires - self._clock.now()).total_seconds())

    def _refuse_person(self, token: Token) -> None:
        who = read_token(token, "")
        if who.app_id is None or who.app_id.lower() != APP_OF_AZ:
            return
        if any(scope.startswith("BackupRestore") for scope in who.scopes):
            return
        raise local_error("az_person", user=who.user_label)

    def _refused(self, ended: int, errors: bytes) -> SignInError:
        words = safe(self._facts.hidden(" ".join(errors[-4000:].decode("utf-8", "replace").split())), 300)
        if ended < 0:
            return local_error("az_ended", needs_person=False)
        return local_error("az_signed_out" if "az login" in words.lower() else "az_refused", ended=ended, detail=words)

    def _useless(self, reason: str) -> SignInError:
        resource = safe(self._settings.scope.removesuffix("/.default"), 100)
        return local_error("az_useless", reason=reason, resource=resource)


def _environment() -> dict[str, str]:
    """The environment for `az`: without ours, which may hold secrets that are none of its business."""
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("BACKUP_TUI_")}
    return {**theirs, "AZURE_CORE_ONLY_SHOW_ERRORS": "true", "AZURE_CORE_NO_COLOR": "true"}
