"""Controls a running service, and how it misbehaves."""
