"""The commands about the service itself, as data: state, e-mail, turning it on, and which application controls it."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import CONFIRM, Option, id_of

_WHO = ("nobody", "global-admins", "backup-admins", "all-admins")
_REVIEWED = "Prints the review and the phrase; nothing changes without it."


def _app(verb: str, summary: str, notes: str, *more: Option) -> Command:
    """A command that changes one registered application."""
    options = (id_of("application"), *more, CONFIRM)
    date = " --from 14d" if more else ""
    example = f'service apps {verb} 71633878{date} --confirm "{verb} fabrikam continuity contoso"'
    return Command(f"service apps {verb}", summary, f"service_apps:{verb}_app", options, (example,), _REVIEWED, notes)


# fmt: off
SERVICE_COMMANDS = (
    Command("service show", "show what the service allows and until when, who controls it, and who gets e-mail",
            "service:show_service",
            examples=("service show",)),
    Command("service notify", "change who gets e-mail about the backup, and about what", "service:notify",
            (Option("--on", "send e-mail", {"dest": "enabled", "action": "store_true", "default": None},
                    either="switch"),
             Option("--off", "send no e-mail", {"dest": "enabled", "action": "store_false"}, either="switch"),
             Option("--to GROUP", ", ".join(_WHO), {"choices": _WHO}, either="whom"),
             Option("--address EMAIL", "send to this address (repeatable)", {"action": "append"}, either="whom"),
             Option("--about important|all", "all adds each change of policies and restores",
                    {"choices": ("important", "all")}),
             CONFIRM),
            ('service notify --on --to all-admins --confirm "notify contoso"',),
            "Prints the review and the phrase; nothing changes without it."),
    Command("service enable", "turn the backup on for the tenant", "service:enable",
            (Option("--owner TENANT", "id of the tenant whose billing profile pays (the one signed in to)"), CONFIRM),
            ('service enable --confirm "enable backup contoso"',),
            _REVIEWED,
            "It cannot be turned off from here. Whether billing is set up shows only in the answer."),
    Command("service statistics", "show what the service itself counts of one policy, or of all, and when it counted",
            "statistics:show_statistics",
            (id_of("policy")._replace(settings={"dest": "id", "nargs": "?"}),),
            ("service statistics", "service statistics 3f2a91c4"),
            header=("POLICY", "UNITS", "PROTECTED", "BEING PROTECTED", "COULD NOT BE PROTECTED",
                    "NO LONGER PROTECTED", "BEING UNPROTECTED", "COULD NOT BE UNPROTECTED", "BEING OFFBOARDED",
                    "COUNTED", "NAME"),
            notes="Only the beta version of the service counts: --graph-url https://graph.microsoft.com/beta, or "
                  'api_version = "beta" in the profile.'),
    Command("service apps list", "list the applications that can be given control, the one in control first",
            "service_apps:list_apps",
            examples=("service apps list",),
            header=("ID", "STATUS", "FROM", "REGISTERED", "APPLICATION", "NAME")),
    Command("service apps show", "show one registered application", "service_apps:show_app",
            (id_of("application"),),
            ("service apps show 71633878",)),
    Command("service apps add", "register the application that this program signs in with", "service_apps:add_app",
            (CONFIRM,),
            ('service apps add --confirm "register backup-tui contoso"',),
            _REVIEWED,
            "It controls nothing before it is activated."),
    _app("activate", "give an application control of the backup from a day on",
         "Microsoft's product page names a grace period of 7 to 30 days. Until the day it may only read policies and "
         "units, and whoever is in control stays in control. A change back to Microsoft's admin center is not "
         "supported.",
         Option("--from TIME", "7d, 2w: from now (7d), or a date with its year, such as '2026-12-20 14:00'",
                {"dest": "effective", "default": "7d"})),
    _app("deactivate", "have the application in control hand it over",
         "The service sets the day; until then it stays in control."),
    _app("remove", "remove the registration of an application",
         "Without the application in control, the service turns the backup of the tenant off."),
)
# fmt: on
