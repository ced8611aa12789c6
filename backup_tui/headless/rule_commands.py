"""The commands of inclusion rules, of bulk additions to policies and of what these leave out, as data."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import CONFIRM, UNITS, Option, id_of

_POLICY = id_of("policy", "POLICY")
_RULE = Option("RULE", "rule id, of this policy; 8 characters are enough")
_JOB = Option("JOB", "id of the bulk addition; 8 characters are enough")
_BETA = 'Beta version of the service only: --graph-url https://graph.microsoft.com/beta, or api_version = "beta".'
_REVIEW = "Prints the review and the phrase; nothing changes without it."

# fmt: off
_SAYS = (
    Option("--group ID", "members of the group with this object id (repeatable)",
           {"dest": "groups", "action": "append", "default": []}),
    Option("--name TEXT", "sites whose name contains TEXT (repeatable)",
           {"dest": "names", "action": "append", "default": []}),
    Option("--address TEXT", "sites whose address contains TEXT (repeatable)",
           {"dest": "addresses", "action": "append", "default": []}),
    Option("--expression TEXT", "the rule in the service's own language, in place of the others"),
)
# fmt: on
_DYNAMIC = Option("--dynamic", "follow the groups from now on, not once; cannot be changed later")

# fmt: off
RULE_COMMANDS: tuple[Command, ...] = (
    Command("rules list", "list the inclusion rules of a policy", "rules:list_rules",
            (_POLICY,),
            ("rules list 3f2a91c4",), header=("ID", "KIND", "STATUS", "CHANGED", "ADDS")),
    Command("rules show", "show one inclusion rule, and what it holds now", "rules:show_rule",
            (_POLICY, _RULE),
            ("rules show 3f2a91c4 8d10b2e7",)),
    Command("rules preview", "count what a rule would take in, as far as that is known", "rules:preview",
            (_POLICY, *_SAYS, Option("--rule RULE", "a rule that the policy has, in place of a new one")),
            ("rules preview 3f2a91c4 --name Finance --name Legal", "rules preview 3f2a91c4 --rule 8d10b2e7"),
            more="Only reads.",
            notes="The service has no preview. Sites are counted among those that are or were protected. How many "
                  "accounts a group has is known only where another policy follows the same groups."),
    Command("rules add", "add an inclusion rule to a policy", "rules:add_rule",
            (_POLICY, *_SAYS, _DYNAMIC, CONFIRM, Option("--wait", "wait until the rule is applied")),
            ('rules add 3f2a91c4 --name Finance --confirm "add rule sites all contoso"',
             "rules add 3f2a91c4 --group 6b5e3c1a-8f21-4c8e-9d3b-2f6a7c4e1b90 --dynamic"),
            _REVIEW,
            "A rule that the policy has already is not made again. With --wait, exits with 6 if something could not be "
            "added."),
    Command("rules change", "let a dynamic rule follow other groups", "rules:change_rule",
            (_POLICY, _RULE, *_SAYS, CONFIRM, Option("--wait", "wait until the rule is applied")),
            ("rules change 3f2a91c4 8d10b2e7 --group 6b5e3c1a-8f21-4c8e-9d3b-2f6a7c4e1b90",),
            _REVIEW),
    Command("rules run", "apply a rule again that is applied once", "rules:run_rule",
            (_POLICY, _RULE, CONFIRM, Option("--wait", "wait until the rule is applied, and count what it added")),
            ('rules run 3f2a91c4 8d10b2e7 --confirm "run rule 8d10b2e7 contoso"',),
            _REVIEW),
    Command("rules remove", "remove an inclusion rule, and keep what it added or stop protecting it",
            "rules:remove_rule",
            (_POLICY, _RULE, Option("--keep-units", "what it added stays in the policy", required=True, either="units"),
             Option("--unprotect", "what only this rule holds leaves the policy (dynamic rules)", required=True,
                    either="units"),
             CONFIRM, Option("--wait", "wait until the rule is gone")),
            ('rules remove 3f2a91c4 8d10b2e7 --keep-units --confirm "remove rule 8d10b2e7 contoso"',
             'rules remove 3f2a91c4 8d10b2e7 --unprotect --confirm "unprotect mailboxes all contoso"'),
            _REVIEW),
    Command("bulk list", "list the bulk additions to a policy", "bulk:list_jobs", (_POLICY,), ("bulk list 3f2a91c4",),
            header=("ID", "NAMES", "FAILED", "STATUS", "CHANGED", "NAME")),
    Command("bulk show", "show one bulk addition, and each name that it could not add", "bulk:show_job",
            (_POLICY, _JOB, Option("--leftovers FILE", "write the names to correct into this file, to be read again")),
            ("bulk show 3f2a91c4 51c07be2", "bulk show 3f2a91c4 51c07be2 --leftovers tofix.csv")),
    Command("bulk add", "hand a list of up to 50,000 names to a policy at once", "bulk:add_names",
            (_POLICY, Option("--units FILE", UNITS, required=True),
             Option("--title TEXT", "what the bulk addition is called"),
             Option("--skip-unresolved", "continue without the names that cannot be sent"),
             Option("--leftovers FILE", "write the names to correct into this file, to be read again"),
             Option("--again", "send names that were handed to this policy before once more"), CONFIRM,
             Option("--wait", "wait until the service has looked up every name")),
            ("bulk add 3f2a91c4 --units names.csv",
             'bulk add 3f2a91c4 --units names.csv --skip-unresolved --confirm "add 300 mailboxes all contoso" --wait'),
            _REVIEW,
            "The service looks the names up afterwards and reports those that it could not add. Names that were handed "
            "to this policy before are not sent again without --again. With --wait, exits with 6 if names were not "
            "added."),
    Command("exclusions show", "show one thing that a policy with full workload backup leaves out",
            "exclusions:show_exclusion",
            (_POLICY, Option("ID", "id of the exclusion, or how it begins; policies show lists them")),
            ("exclusions show 3f2a91c4 7c1d",),
            notes=_BETA),
    Command("exclusions jobs", "list the bulk exclusions from a policy, or show one and each name that failed",
            "exclusions:list_jobs",
            (_POLICY, Option("JOB", "id of a bulk exclusion; 8 characters are enough", {"nargs": "?"})),
            ("exclusions jobs 3f2a91c4", "exclusions jobs 3f2a91c4 51c07be2"),
            notes=_BETA),
    Command("exclusions add", "leave names out of a policy with full workload backup: they are no longer backed up",
            "exclusions:exclude",
            (_POLICY, Option("--units FILE", UNITS, required=True),
             Option("--title TEXT", "what the bulk exclusion is called"), CONFIRM),
            ('exclusions add 3f2a91c4 --units names.csv --confirm "exclude 3 sites all contoso"',),
            _REVIEW,
            f"The service looks the names up afterwards; exclusions jobs tells which it could not find. {_BETA}"),
)
# fmt: on
