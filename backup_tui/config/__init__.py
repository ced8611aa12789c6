"""What is settled before anything starts: flags, environment, `config.toml`, zone, token, way to sign in."""

from backup_tui.config.clouds import CLOUDS
from backup_tui.config.file import COLOURS, PROFILE_KEYS, THEMES, TOP_KEYS
from backup_tui.config.loading import load_settings, settings_of_profile
from backup_tui.config.settings import Flags, Settings
from backup_tui.config.sign_in import FLOWS, SignInSettings
from backup_tui.config.token import Secret, Token
from backup_tui.config.variables import VARIABLES
from backup_tui.config.zone_rules import offset_words, read_offset
from backup_tui.config.zones import named_zone

__all__ = [
    "CLOUDS", "COLOURS", "FLOWS", "PROFILE_KEYS", "THEMES", "TOP_KEYS", "VARIABLES", "Flags", "Secret", "Settings",
    "SignInSettings", "Token", "load_settings", "named_zone", "offset_words", "read_offset", "settings_of_profile",
]  # fmt: skip
