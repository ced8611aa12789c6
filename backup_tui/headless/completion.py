"""`backup-tui completion`: a script with which a shell completes the words of the command line."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from backup_tui.config import Settings
from backup_tui.config.settings import SCENES
from backup_tui.headless.arguments import build_parser
from backup_tui.headless.commands import COMMANDS, SHELLS
from backup_tui.headless.options import FLOWS, Option, global_options
from backup_tui.headless.output import Output
from backup_tui.headless.parser import Parser

_LONGEST_HELP = 60  # characters of what is said beside an option

_PROFILES = """
_backup_tui_profiles() {
  local file="${XDG_CONFIG_HOME:-$HOME/.config}/backup-tui/config.toml"
  sed -n 's/^\\[profile\\.\\([^]."]*\\)\\].*/\\1/p' "$file" 2>/dev/null
}
"""
_OFFER = {
    "bash": '_backup_tui_profile() { compgen -W "$(_backup_tui_profiles)" -- "$1"; }\n',
    "zsh": '_backup_tui_profile() { compadd -- ${(f)"$(_backup_tui_profiles)"}; }\n',
}
"""Offers the profiles of the configuration file."""

_BASH = """
# The value behind "=" is a word of its own here, and --demo and --json take only such a one.
_backup_tui() {
  local words=() word at=0 place
  for ((place = 0; place < ${#COMP_WORDS[@]}; place++)); do
    word=${COMP_WORDS[place]}
    if [[ $word == "=" ]]; then
      ((place == COMP_CWORD)) && words+=("") && at=$((${#words[@]} - 1))
      continue
    fi
    if [[ $word == --demo || $word == --json ]] && ((place < COMP_CWORD)) && [[ ${COMP_WORDS[place + 1]} != "=" ]]; then
      continue
    fi
    words+=("$word")
    ((place == COMP_CWORD)) && at=$((${#words[@]} - 1))
  done
  if [[ ${words[at - 1]} == --demo ]]; then
    COMPREPLY=($(compgen -W "SCENES" -- "${words[at]}"))
    return
  fi
  COMP_WORDS=("${words[@]}") COMP_CWORD=$at
  _shtab_backup_tui backup-tui "${words[at]}" "${words[at - 1]}"
}
complete -o bashdefault -F _backup_tui backup-tui
"""


async def print_completion(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Prints the script for one shell; reads neither settings nor the service."""
    import shtab

    root = build_parser()
    _say_what_options_do(root, global_options([]))
    for command in COMMANDS:
        parser = root
        for word in command.words.split():
            parser = parser.commands[word]
            _say_what_options_do(parser, (*global_options([]), *command.options))
    for parser in _all(root):
        for action in parser._actions:
            _complete_value(action, args.shell)
    functions = _PROFILES + {
        "bash": '_backup_tui_profile() { compgen -W "$(_backup_tui_profiles)" -- "$1"; }\n',
        "zsh": '_backup_tui_profile() { compadd -- ${(f)"$(_backup_tui_profiles)"}; }\n',
    }.get(args.shell, "")
    script = shtab.complete(root, args.shell, preamble=functions)
    out.text(_with_scenes(script, args.shell))
    if sys.stdout.isatty():
        out.narrate("", f"To save it for {args.shell}, once:", *(f"  {line}" for line in SHELLS[args.shell]))
    return 0


def _say_what_options_do(parser: Parser, options: Iterable[Option]) -> None:
    helps = {option.words.split()[0]: option.help for option in options}
    for action in parser._actions:
        told = next((helps[name] for name in action.option_strings if name in helps), "")
        if told:
            action.help = re.split(r"[;:(,]|, ", told)[0].strip().replace("'", "")[:_LONGEST_HELP]


def _complete_value(action: Any, shell: str) -> None:
    import shtab

    name = action.option_strings[0] if action.option_strings else ""
    if action.metavar in ("FILE", "PLAN.toml", "LIST"):
        action.complete = shtab.FILE
    elif action.metavar == "FOLDER":
        action.complete = shtab.DIRECTORY
    elif name == "--profile" and shell in ("bash", "zsh"):
        action.complete = {shell: "_backup_tui_profile"}
    elif name == "--sign-in":
        action.choices = FLOWS
    elif name in ("--demo", "--json"):  # they take no word of their own, only one behind "="
        action.nargs = 0
    if name == "--demo" and shell in ("bash", "powershell"):
        action.option_strings += [f"--demo={scene}" for scene in SCENES[1:]]


def _with_scenes(script: str, shell: str) -> str:
    """The script with what shtab cannot say: a value that is only taken behind "="."""
    scenes = " ".join(SCENES)
    match shell:
        case "bash":
            return script.replace("complete -o bashdefault -F _shtab_backup_tui backup-tui", "") + _BASH.replace(
                "SCENES", scenes
            )
        case "zsh":
            return re.sub(r'"--demo\[([^\]]*)\]"', rf'"--demo=-[\1]::SCENE:({scenes})"', script)
        case "fish":
            return re.sub(r"^(complete .* -l demo) ", rf'\1 -fa "{scenes}" ', script, flags=re.MULTILINE)
    return script


def _all(parser: Parser) -> Iterator[Parser]:
    yield parser
    for child in parser.commands.values():
        yield from _all(child)
