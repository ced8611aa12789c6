"""Two people: whoever starts a restore is not who drafted it or changed it last.

A convention of this program, switched on by a profile (`two_people`). The service knows no such rule, so nobody is kept
from starting the draft with another tool, or with a profile without the setting. Who did what is taken from the
service's own identities (`createdBy`, `lastModifiedBy`) and from the claims of the token, which this program does not
verify.
"""

from collections.abc import Sequence

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.people import IdentitySet
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import counted, short_id
from backup_tui.models.whoami import WhoAmI

WAY_OUT = "The profile wants two people: somebody else has to start it."  # what to do when it blocks a start

_RANK = 1


def check_two_people(sessions: Sequence[RestoreSession], who: WhoAmI) -> list[Check]:
    """Whether somebody else made these drafts; a blocking line where that is not so, or not known. `sessions`: the
    drafts, as just read. `who`: who would start them."""
    reasons = [reason for session in sessions if (reason := why_not(session, who))]
    if reasons:
        of = f" (and {counted(len(reasons) - 1, 'other draft')})" if len(reasons) > 1 else ""
        return [Check(CheckResult.BLOCKING, f"two people: {reasons[0]}{of}", _RANK)]
    if not sessions:
        return []
    makers = sorted({one.created_by.label for one in sessions if one.created_by is not None and one.created_by.label})
    names = " and ".join(makers) or "somebody else"
    return [Check(CheckResult.OK, f"two people: {names} drafted it, you start it (not enforced by the service)", 2)]


def why_not(session: RestoreSession, who: WhoAmI) -> str:
    """Why this person may not start a draft, as a clause; empty when they may."""
    for identity, did in ((session.created_by, "drafted"), (session.last_modified_by, "last changed")):
        mine = _is_me(identity, who)
        if mine is None:
            whose = "who you are is" if not (who.object_id or who.app_id) else f"who {did} it is"
            return f"{whose} unknown, so {short_id(session.id)} cannot be started"
        if mine:
            return f"you {did} {short_id(session.id)}; somebody else has to start it"
    return ""


def refuse_own_draft(context: Context, session: RestoreSession) -> None:
    """The last look before a start. Raises `BackupTuiError`: the profile wants two people, and this is one, or nobody
    knows."""
    if context.two_people and (reason := why_not(session, context.who)):
        raise BackupTuiError(
            f"Two people: {reason}.", certainty="Nothing was started.", hint=WAY_OUT, code="TwoPeopleNeeded"
        )


def _is_me(identity: IdentitySet | None, who: WhoAmI) -> bool | None:
    """Whether that is who is signed in; `None` where the service or the token does not say."""
    if identity is None:
        return None
    person, application = identity.user_id, identity.application_id
    if who.app_only:
        # A token names an application by its client id and by the object id that it has in this tenant.
        mine = {text.lower() for text in (who.app_id, who.object_id) if text}
        theirs = person or application
        return None if not mine or not theirs else theirs.lower() in mine
    if person:
        return None if not who.object_id else person.lower() == who.object_id.lower()
    # An application alone did it, and this is a person.
    return False if application and who.object_id else None
