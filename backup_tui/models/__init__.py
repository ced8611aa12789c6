"""The service's own objects and statuses: tolerant in, exact out, no I/O."""
