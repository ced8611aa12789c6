"""Background reading: what to read next, when, and when not. `sync` has `Sync`, `schedule` the rules."""
