"""The commands that change a policy itself, as data."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import CONFIRM, SERVICE, UNITS, WATCH_INTERVAL, Option, id_of

_MORE = "Prints the review and the phrase; nothing changes without it."
_POLICY = id_of("policy", "POLICY")._replace(settings={"dest": "id"})
_LIST = (
    Option("--skip-unresolved", "continue without the names that match no unit, or one that does not fit"),
    Option("--leftovers FILE", "write the names that do not fit into FILE, as a table to correct"),
)
_WAIT = (Option("--wait", "watch each unit until the service has finished (exit 6 if units failed)"), WATCH_INTERVAL)
_UNITS = Option("--units LIST", UNITS, required=True)

# fmt: off
POLICY_COMMANDS = (
    Command("policies create", "create an inactive policy, with the units of a list or without units",
            "policy_edits:create_policy",
            (SERVICE._replace(required=True), Option("--name NAME", "what the policy is called", required=True),
             _UNITS._replace(required=False), *_LIST, CONFIRM),
            ('policies create --service onedrive --name "Sales" --units sales.csv --confirm "create sales contoso"',),
            _MORE,
            "A service with an active policy allows no other one: add the units to the active one."),
    Command("policies rename", "give a policy another name", "policy_edits:rename_policy",
            (_POLICY, Option("--name NAME", "the new name", required=True), CONFIRM),
            ('policies rename 3f2a91c4 --name "Sites 2027" --confirm "rename sites pilot contoso"',),
            _MORE),
    Command("policies delete", "delete an inactive policy; its units leave it, their points stay",
            "policy_edits:delete_policy",
            (_POLICY, CONFIRM),
            ('policies delete 3f2a91c4 --confirm "delete sites pilot contoso"',),
            _MORE),
    Command("policies add", "add the units of a list to a policy", "policy_edits:add_units",
            (_POLICY, _UNITS, *_LIST, CONFIRM, *_WAIT),
            ('policies add 3f2a91c4 --units new.csv --skip-unresolved --confirm "change onedrive all contoso" --wait',),
            _MORE,
            "Run again after a kill or a lost answer, it sends only what is missing."),
    Command("policies remove",
            "remove the units of a list from a policy: they are no longer backed up, their points stay",
            "policy_edits:remove_units",
            (_POLICY, _UNITS, *_LIST, CONFIRM, *_WAIT),
            ('policies remove 3f2a91c4 --units left.csv --confirm "change onedrive all contoso" --wait',),
            _MORE,
            "Run again after a kill or a lost answer, it sends only what is missing."),
    Command("policies watch", "watch a policy and its units until the service has finished a change",
            "policy_edits:watch_policy",
            (_POLICY, WATCH_INTERVAL),
            ("policies watch 3f2a91c4",),
            notes="Exit code 6 if the service reports a problem with units of the policy."),
)
# fmt: on
