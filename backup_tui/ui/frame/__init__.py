"""Shared by all screens: frame, keys, help, palette, pager."""
