"""What is settled before anything starts: flags, environment, `config.toml`, zone, token, way to sign in."""

from backup_tui.config.file import COLOURS, LOG_LEVELS, PROFILE_KEYS, TOP_KEYS, VERSIONS
from backup_tui.config.loading import load_settings, settings_of_profile
from backup_tui.config.settings import DEFAULT_POLL_SECONDS, Flags, Settings
from backup_tui.config.sign_in import CACHES, CLOUDS, FLOWS, Cloud, SignInSettings
from backup_tui.config.token import Secret, Token
from backup_tui.config.variables import READ_ONLY_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE, VARIABLES
from backup_tui.config.zone_rules import offset_words, read_offset
from backup_tui.config.zones import named_zone

__all__ = [
    "CACHES",
    "CLOUDS",
    "COLOURS",
    "DEFAULT_POLL_SECONDS",
    "FLOWS",
    "LOG_LEVELS",
    "PROFILE_KEYS",
    "READ_ONLY_VARIABLE",
    "TOKEN_VARIABLE",
    "TOP_KEYS",
    "URL_VARIABLE",
    "VARIABLES",
    "VERSIONS",
    "Cloud",
    "Flags",
    "Secret",
    "Settings",
    "SignInSettings",
    "Token",
    "load_settings",
    "named_zone",
    "offset_words",
    "read_offset",
    "settings_of_profile",
]
