"""Routes to the screens: a record for each destination, with what makes its screen.

A screen asks with `program.open(OpenSession(id))` and never imports another feature. The module of a destination is
imported when it is first opened: the first frame needs none of them.

The records are Structs: they are built at the start, and a named tuple takes ten times as long to build.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from msgspec import Struct
from msgspec.structs import astuple

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from textual.screen import Screen

    from backup_tui.models.notifications import EmailNotificationsSetting
    from backup_tui.models.services import Service
    from backup_tui.protection.offboarding import UnitAction
    from backup_tui.protection.policies import PolicyAction
    from backup_tui.restore.drafts.form import RestoreForm


class Open(Struct, frozen=True):
    """A destination."""

    screen: ClassVar[str]  # its module, and what makes its screen from the members of the record, in their order


class OpenTop(Open, frozen=True):
    """One of the screens 1 to 5, as it was left, by its title."""

    title: str


class OpenSession(Open, frozen=True):
    """The detail of a restore session."""

    screen = "sessions.detail:SessionDetail"
    session_id: str


class OpenSomeSessions(Open, frozen=True):
    """Some of the restore sessions: what they have in common, and their ids."""

    screen = "sessions.screen:SomeSessions"
    title: str
    session_ids: tuple[str, ...]


class OpenIncident(Open, frozen=True):
    """All sessions of a plan as one; without a name all restores of the tenant that run."""

    screen = "plans.incident:IncidentScreen"
    plan: str = ""


class OpenPlanAgain(Open, frozen=True):
    """What has failed in a plan so far, by cause, and drafts that restore it again."""

    screen = "plans.again:PlanAgain"
    plan: str


class OpenWaveReview(Open, frozen=True):
    """The review of a wave of a plan, by its index; of all waves without one. Nothing is started by opening it."""

    screen = "plans.wave_review:wave_review"
    plan: str
    wave: int | None = None


class OpenReview(Open, frozen=True):
    """The review of a draft's activation; nothing is started by opening it."""

    screen = "sessions.start_review:start_review"
    session_id: str


class OpenDeletion(Open, frozen=True):
    """The review of a draft's deletion; nothing is deleted by opening it."""

    screen = "sessions.delete_review:delete_review"
    session_id: str


class OpenNewRestore(Open, frozen=True):
    """The form of a new restore: on `form`, else on the form in progress, or an empty one."""

    screen = "new_restore.screen:NewRestore"
    form: "RestoreForm | None" = None


class OpenFailedAgain(Open, frozen=True):
    """The choice of causes from which a new restore of what failed is made."""

    screen = "sessions.failed_again:FailedAgain"
    session_id: str


class OpenUnknown(Open, frozen=True):
    """What is known of a change without an answer, by the number of its entry in the journal."""

    screen = "review.lost_answer:SettleUnknown"
    intent_id: int


class OpenPlanCheck(Open, frozen=True):
    """The check of a plan file; it only reads."""

    screen = "plans.check:PlanCheckScreen"
    path: "Path"


class OpenPolicy(Open, frozen=True):
    """A policy with its units."""

    screen = "policies.detail:PolicyDetail"
    policy_id: str


class OpenPolicyReview(Open, frozen=True):
    """The review of switching a policy on or off; nothing is sent by opening it."""

    screen = "policies.reviews:policy_review"
    policy_id: str
    action: "PolicyAction"


class OpenPolicyEdit(Open, frozen=True):
    """The form in which a policy's units are changed: listed units that join and that leave, by their ids."""

    screen = "policies.edit:EditForm"
    policy_id: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class OpenNewPolicy(Open, frozen=True):
    """The form of a new policy, with listed units that join it; nothing is sent by opening it."""

    screen = "policies.edit:NewPolicy"
    add: tuple[str, ...] = ()
    service: "Service | None" = None


class OpenPolicyRename(Open, frozen=True):
    """The form of a policy's new name."""

    screen = "policies.edit_rename:RenameForm"
    policy_id: str


class OpenPolicyDeletion(Open, frozen=True):
    """The review of a policy's deletion; nothing is deleted by opening it."""

    screen = "policies.reviews:deletion_review"
    policy_id: str


class OpenUnitReview(Open, frozen=True):
    """The review of giving up or keeping a unit's backup; nothing is sent by opening it."""

    screen = "units.review:unit_review"
    service: "Service"
    unit_id: str
    action: "UnitAction"


class OpenUnitPoints(Open, frozen=True):
    """The restore points of one unit."""

    screen = "units.points:UnitPoints"
    service: "Service"
    unit_id: str


class OpenFiles(Open, frozen=True):
    """The files of a site or OneDrive account in its newest express point at or before a time (UTC)."""

    screen = "files.screen:FilesScreen"
    service: "Service"
    unit_id: str
    before: "datetime | None" = None


class OpenMail(Open, frozen=True):
    """The search for mails inside one mailbox; nothing is searched by opening it."""

    screen = "mail.screen:FindMail"
    unit_id: str


class OpenService(Open, frozen=True):
    """What is known of the backup service: its state, who controls it, who gets mails."""

    screen = "service.screen:ServiceDetail"


class OpenNotifyForm(Open, frozen=True):
    """The form of who gets mails about the backup; nothing is sent by opening it."""

    screen = "service.notify_form:NotifyForm"
    setting: "EmailNotificationsSetting"


class OpenEnableForm(Open, frozen=True):
    """The form of who pays for the backup that is turned on; nothing is sent by opening it."""

    screen = "service.forms:EnableForm"


class OpenServiceApps(Open, frozen=True):
    """The applications that can be given control of the backup."""

    screen = "service.apps:AppsScreen"


class OpenStatistics(Open, frozen=True):
    """What the service itself counts of each policy (beta version only)."""

    screen = "service.statistics:StatisticsScreen"


class OpenTenant(Open, frozen=True):
    """Tenant and sign-in: who is signed in, what may be done."""

    screen = "sign_in.tenant:TenantScreen"


class OpenTenants(Open, frozen=True):
    """What the tenants of all profiles are doing; nothing can be changed there."""

    screen = "sign_in.tenants:TenantsScreen"


class OpenReport(Open, frozen=True):
    """The report of sessions, or of a plan: its forms and its folder."""

    screen = "evidence.report:ReportForm"
    sessions: tuple[str, ...] = ()
    plan: str = ""


class OpenHandover(Open, frozen=True):
    """The hand-over card of sessions, of a plan, or of everything that is open."""

    screen = "evidence.handover:Handover"
    sessions: tuple[str, ...] = ()
    plan: str = ""


class OpenDrill(Open, frozen=True):
    """A drill: units drawn by lot, and what earlier drills showed; nothing is sent by opening it."""

    screen = "evidence.drill:DrillScreen"


class OpenReadNames(Open, frozen=True):
    """The names of a colleague's file, to be taken as far as the service confirms them."""

    screen = "evidence.handover:ReadNames"


TOPS = {
    "Overview": "overview.screen:OverviewScreen",
    "Policies": "policies.screen:PoliciesScreen",
    "Sessions": "sessions.screen:SessionsScreen",
    "Units": "units.screen:UnitsScreen",
    "Activity": "activity.screen:ActivityScreen",
}
"""Title of each of the screens 1 to 5, in their order, and its class."""


def screen_for(place: Open) -> "Screen[Any]":
    """A new screen for a destination, which it keeps as `place`; its module is imported if it was not yet."""
    named = TOPS[place.title] if isinstance(place, OpenTop) else place.screen
    module, _, name = named.partition(":")
    make: Any = getattr(import_module(f"backup_tui.ui.{module}"), name)
    screen = make() if isinstance(place, OpenTop) else make(*astuple(place))
    screen.place = place
    return cast("Screen[Any]", screen)
