"""What every screen has: frame, keys, help, palette, pager."""
