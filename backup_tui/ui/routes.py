"""Routes to the screens: a record for each destination, and the one table that maps it to a class.

A screen asks with `program.open(OpenSession(id))` and never imports another feature. The module of a destination is
imported when it is first opened: the first frame needs none of them.

The records are Structs: they are built at the start, and a named tuple takes ten times as long to build.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

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


class OpenTop(Struct, frozen=True):
    """One of the screens 1 to 5, as it was left, by its title."""

    title: str


class OpenSession(Struct, frozen=True):
    """The detail of a restore session."""

    session_id: str


class OpenSomeSessions(Struct, frozen=True):
    """Some of the restore sessions: what they have in common, and their ids."""

    title: str
    session_ids: tuple[str, ...]


class OpenIncident(Struct, frozen=True):
    """All sessions of a plan as one; without a name all restores of the tenant that run."""

    plan: str = ""


class OpenPlanAgain(Struct, frozen=True):
    """What has failed in a plan so far, by cause, and drafts that restore it again."""

    plan: str


class OpenWaveReview(Struct, frozen=True):
    """The review of a wave of a plan, by its index; of all waves without one. Nothing is started by opening it."""

    plan: str
    wave: int | None = None


class OpenReview(Struct, frozen=True):
    """The review of a draft's activation; nothing is started by opening it."""

    session_id: str


class OpenDeletion(Struct, frozen=True):
    """The review of a draft's deletion; nothing is deleted by opening it."""

    session_id: str


class OpenNewRestore(Struct, frozen=True):
    """The form of a new restore: on `form`, else on the form in progress, or an empty one."""

    form: "RestoreForm | None" = None


class OpenFailedAgain(Struct, frozen=True):
    """The choice of causes from which a new restore of what failed is made."""

    session_id: str


class OpenUnknown(Struct, frozen=True):
    """What is known of a change without an answer, by the number of its entry in the journal."""

    intent_id: int


class OpenPlanCheck(Struct, frozen=True):
    """The check of a plan file; it only reads."""

    path: "Path"


class OpenPolicy(Struct, frozen=True):
    """A policy with its units."""

    policy_id: str


class OpenPolicyReview(Struct, frozen=True):
    """The review of switching a policy on or off; nothing is sent by opening it."""

    policy_id: str
    action: "PolicyAction"


class OpenPolicyEdit(Struct, frozen=True):
    """The form in which a policy's units are changed: listed units that join and that leave, by their ids."""

    policy_id: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class OpenNewPolicy(Struct, frozen=True):
    """The form of a new policy, with listed units that join it; nothing is sent by opening it."""

    add: tuple[str, ...] = ()
    service: "Service | None" = None


class OpenPolicyRename(Struct, frozen=True):
    """The form of a policy's new name."""

    policy_id: str


class OpenPolicyDeletion(Struct, frozen=True):
    """The review of a policy's deletion; nothing is deleted by opening it."""

    policy_id: str


class OpenUnitReview(Struct, frozen=True):
    """The review of giving up or keeping a unit's backup; nothing is sent by opening it."""

    service: "Service"
    unit_id: str
    action: "UnitAction"


class OpenUnitPoints(Struct, frozen=True):
    """The restore points of one unit."""

    service: "Service"
    unit_id: str


class OpenFiles(Struct, frozen=True):
    """The files of a site or OneDrive account in its newest express point at or before a time (UTC)."""

    service: "Service"
    unit_id: str
    before: "datetime | None" = None


class OpenMail(Struct, frozen=True):
    """The search for mails inside one mailbox; nothing is searched by opening it."""

    unit_id: str


class OpenService(Struct, frozen=True):
    """What is known of the backup service: its state, who controls it, who gets mails."""


class OpenNotifyForm(Struct, frozen=True):
    """The form of who gets mails about the backup; nothing is sent by opening it."""

    setting: "EmailNotificationsSetting"


class OpenEnableForm(Struct, frozen=True):
    """The form of who pays for the backup that is turned on; nothing is sent by opening it."""


class OpenServiceApps(Struct, frozen=True):
    """The applications that can be given control of the backup."""


class OpenStatistics(Struct, frozen=True):
    """What the service itself counts of each policy (beta version only)."""


class OpenTenant(Struct, frozen=True):
    """Tenant and sign-in: who is signed in, what may be done."""


class OpenTenants(Struct, frozen=True):
    """What the tenants of all profiles are doing; nothing can be changed there."""


class OpenReport(Struct, frozen=True):
    """The report of sessions, or of a plan: its forms and its folder."""

    sessions: tuple[str, ...] = ()
    plan: str = ""


class OpenHandover(Struct, frozen=True):
    """The hand-over card of sessions, of a plan, or of everything that is open."""

    sessions: tuple[str, ...] = ()
    plan: str = ""


class OpenDrill(Struct, frozen=True):
    """A drill: units drawn by lot, and what earlier drills showed; nothing is sent by opening it."""


class OpenReadNames(Struct, frozen=True):
    """The names of a colleague's file, to be taken as far as the service confirms them."""


Open = (
    OpenTop
    | OpenSession
    | OpenSomeSessions
    | OpenIncident
    | OpenPlanAgain
    | OpenWaveReview
    | OpenReview
    | OpenDeletion
    | OpenNewRestore
    | OpenFailedAgain
    | OpenUnknown
    | OpenPlanCheck
    | OpenPolicy
    | OpenPolicyReview
    | OpenPolicyEdit
    | OpenNewPolicy
    | OpenPolicyRename
    | OpenPolicyDeletion
    | OpenUnitReview
    | OpenUnitPoints
    | OpenFiles
    | OpenMail
    | OpenService
    | OpenNotifyForm
    | OpenEnableForm
    | OpenServiceApps
    | OpenStatistics
    | OpenTenant
    | OpenTenants
    | OpenReport
    | OpenHandover
    | OpenReadNames
    | OpenDrill
)
"""A destination."""

TOPS = {
    "Overview": "overview.screen:OverviewScreen",
    "Policies": "policies.screen:PoliciesScreen",
    "Sessions": "sessions.screen:SessionsScreen",
    "Units": "units.screen:UnitsScreen",
    "Activity": "activity.screen:ActivityScreen",
}
"""Title of each of the screens 1 to 5, in their order, and its class."""

_SCREENS: dict[type[Any], str] = {
    OpenSession: "sessions.detail:SessionDetail",
    OpenSomeSessions: "sessions.screen:SomeSessions",
    OpenIncident: "plans.incident:IncidentScreen",
    OpenPlanAgain: "plans.again:PlanAgain",
    OpenWaveReview: "plans.wave_review:wave_review",
    OpenReview: "sessions.start_review:start_review",
    OpenDeletion: "sessions.delete_review:delete_review",
    OpenNewRestore: "new_restore.screen:NewRestore",
    OpenFailedAgain: "sessions.failed_again:FailedAgain",
    OpenUnknown: "review.lost_answer:SettleUnknown",
    OpenPlanCheck: "plans.check:PlanCheckScreen",
    OpenPolicy: "policies.detail:PolicyDetail",
    OpenPolicyReview: "policies.review:policy_review",
    OpenPolicyEdit: "policies.edit:EditForm",
    OpenNewPolicy: "policies.edit:NewPolicy",
    OpenPolicyRename: "policies.edit_rename:RenameForm",
    OpenPolicyDeletion: "policies.edit_review:deletion_review",
    OpenUnitReview: "units.review:unit_review",
    OpenUnitPoints: "units.points:UnitPoints",
    OpenFiles: "files.screen:FilesScreen",
    OpenMail: "mail.screen:FindMail",
    OpenService: "service.screen:ServiceDetail",
    OpenNotifyForm: "service.notify_form:NotifyForm",
    OpenEnableForm: "service.forms:EnableForm",
    OpenServiceApps: "service.apps:AppsScreen",
    OpenStatistics: "service.statistics:StatisticsScreen",
    OpenTenant: "sign_in.tenant:TenantScreen",
    OpenTenants: "sign_in.tenants:TenantsScreen",
    OpenReport: "evidence.report:ReportForm",
    OpenHandover: "evidence.handover:Handover",
    OpenReadNames: "evidence.handover:ReadNames",
    OpenDrill: "evidence.drill:DrillScreen",
}
"""Module of each destination, and what makes its screen from the members of its record, in their order."""


def screen_for(place: Open) -> "Screen[Any]":
    """A new screen for a destination, which it keeps as `place`; its module is imported if it was not yet."""
    named = TOPS[place.title] if isinstance(place, OpenTop) else _SCREENS[type(place)]
    module, _, name = named.partition(":")
    make: Any = getattr(import_module(f"backup_tui.ui.{module}"), name)
    screen = make() if isinstance(place, OpenTop) else make(*astuple(place))
    screen.place = place
    return cast("Screen[Any]", screen)
