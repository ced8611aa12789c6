"""The simulated tenant: what it has, and what happens to it over time."""
