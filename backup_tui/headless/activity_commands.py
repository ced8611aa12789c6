"""The command of the service's activity log, as data."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import SERVICE, TIME, Option

KINDS = ("restore", "policy", "rule", "offboarding")
"""The words of `protection.activity_log.KINDS`, repeated because that module is not needed to show a help text."""

ACTIVITY_COMMANDS: tuple[Command, ...] = (
    Command(
        "activity list",
        "list what administrators did, as the service's own log has it, newest first",
        "activity:list_activity",
        (
            Option("--since TIME", f"only entries from this time on; {TIME}"),
            Option("--until TIME", "only entries up to this time"),
            Option("--kind KIND", ", ".join(KINDS), {"choices": KINDS}),
            Option("--by TEXT", "only what somebody did whose name or address contains TEXT"),
            Option("--session ID", "only what was done with this session; 8 characters are enough", id_of="session"),
            SERVICE,
        ),
        ("activity list --since 7d --kind restore", "activity list --by adele --json"),
        header=("WHEN", "RESULT", "BY", "SERVICE", "WHAT"),
        notes="Only the beta version of the service has this log: --graph-url https://graph.microsoft.com/beta, or "
        'api_version = "beta" in the profile. It needs BackupRestore-Monitor.Read.All. What this program sent is in '
        "journal list.",
    ),
)
