"""`[keys]` of `config.toml`: the keys of commands, as people write them and as the screens know them."""

from collections.abc import Callable, Mapping

from backup_tui.errors import ConfigError, UsageError

_SIGNS = {
    "!": "exclamation_mark", '"': "quotation_mark", "#": "number_sign", "$": "dollar_sign", "%": "percent_sign",
    "&": "ampersand", "'": "apostrophe", "(": "left_parenthesis", ")": "right_parenthesis", "*": "asterisk",
    "+": "plus", ",": "comma", "-": "minus", ".": "full_stop", "/": "slash", ":": "colon", ";": "semicolon",
    "<": "less_than_sign", "=": "equals_sign", ">": "greater_than_sign", "?": "question_mark", "@": "at",
    "[": "left_square_bracket", "\\": "backslash", "]": "right_square_bracket", "^": "circumflex_accent",
    "_": "underscore", "`": "grave_accent", "{": "left_curly_bracket", "|": "vertical_line",
    "}": "right_curly_bracket", "~": "tilde",
}  # fmt: skip
"""Signs, and what the screens call their keys."""
_NAMED = {
    **{name: name for name in ("space", "enter", "tab", "up", "down", "left", "right", "home", "end", "insert")},
    **{name: name for name in ("delete", "backspace", *(f"f{number}" for number in range(1, 13)))},
    "esc": "escape", "escape": "escape", "pgup": "pageup", "pageup": "pageup", "pgdn": "pagedown",
    "pagedown": "pagedown", "shift+tab": "shift+tab",
}  # fmt: skip
_SAME_AS = {"i": "Tab", "m": "Enter", "j": "Enter", "h": "Backspace"}
"""Letters that with ctrl send what another key sends."""
_LIST_FILES = "@"
KEPT = {"escape": ("back", "leave"), "ctrl+q": ("leave",), "ctrl+z": ("suspend",), "ctrl+c": ()}
"""Keys that always do the same, so that nobody is locked in, and the commands that may name them."""
_HOW = 'Write a key such as "e", "E", "?", "ctrl+e", "alt+e" or "f5", or a list of keys.'


def written_key(key: str) -> str:
    """How a key of the screens is written for a person: `question_mark` is `?`."""
    return _WRITTEN.get(key, key)


_WRITTEN = {name: sign for sign, name in _SIGNS.items()} | {"escape": "esc", "pagedown": "PgDn", "pageup": "PgUp"}
_WRITTEN |= {"home": "Home", "end": "End"}


def read_key(text: str) -> str:
    """What the screens call a key that a person wrote. Raises `UsageError`: there is no such key, or a terminal cannot
    send it as one of its own."""
    named = _NAMED.get(text.lower())
    if named is not None:
        return named
    if len(text) == 1:
        if text == _LIST_FILES:
            raise UsageError("@ begins the name of a list file", hint=_HOW)
        if text in _SIGNS or (text.isascii() and text.isalnum()):
            return _SIGNS.get(text, text)
    modifier, _, rest = text.partition("+")
    match modifier.lower():
        case "ctrl" if len(rest) == 1 and rest.isascii() and rest.isalpha():
            if rest.lower() in _SAME_AS:
                raise UsageError(f"terminals send the same for {text} as for {_SAME_AS[rest.lower()]}", hint=_HOW)
            return f"ctrl+{rest.lower()}"
        case "alt" if len(rest) == 1 and rest.isascii() and rest.isalnum():
            return f"alt+shift+{rest.lower()}" if rest.isupper() else f"alt+{rest}"
        case "shift" if len(rest) == 1 and rest.isascii() and rest.isalpha():
            return rest.upper()
    raise UsageError(f"{text!r:.40} isn't a key", hint=_HOW)


def read_keys(value: object) -> tuple[str, ...]:
    """The keys of one command, each once. Raises `UsageError`: one of them cannot be used; says which."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{value!r:.40} is neither a key nor a list of keys", hint=_HOW)
    return tuple(dict.fromkeys(read_key(text) for text in texts))


def own_keys(
    written: Mapping[str, object], error: Callable[[str, str, str], ConfigError]
) -> dict[str, tuple[str, ...]]:
    """The keys of every command that `[keys]` names. `written`: the section. `error`: makes the error of one of its
    lines: of the command, what is wrong, and what to do. Raises `ConfigError`: a key cannot be used."""
    keys: dict[str, tuple[str, ...]] = {}
    for command, value in written.items():
        try:
            keys[command] = read_keys(value)
        except UsageError as problem:
            raise error(command, problem.message, problem.hint) from problem
        for key in keys[command]:
            if command not in KEPT.get(key, (command,)):
                always = {"escape": "goes back", "ctrl+z": "suspends the program"}.get(key, "quits")
                raise error(command, f"{written_key(key)} always {always}", "Choose another key.")
    return keys
