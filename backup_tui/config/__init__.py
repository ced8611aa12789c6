"""What is settled before anything starts: flags, environment, `config.toml`, zone, token."""

from backup_tui.config.file import COLOURS, LOG_LEVELS, PROFILE_KEYS, TOP_KEYS, VERSIONS
from backup_tui.config.settings import (
    READ_ONLY_VARIABLE,
    TOKEN_VARIABLE,
    URL_VARIABLE,
    VARIABLES,
    Flags,
    Settings,
    load_settings,
)
from backup_tui.config.token import Token
from backup_tui.config.zones import named_zone

__all__ = [
    "COLOURS",
    "LOG_LEVELS",
    "PROFILE_KEYS",
    "READ_ONLY_VARIABLE",
    "TOKEN_VARIABLE",
    "TOP_KEYS",
    "URL_VARIABLE",
    "VARIABLES",
    "VERSIONS",
    "Flags",
    "Settings",
    "Token",
    "load_settings",
    "named_zone",
]
