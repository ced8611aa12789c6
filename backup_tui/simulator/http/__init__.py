"""From a request to an operation, and from objects to JSON."""
