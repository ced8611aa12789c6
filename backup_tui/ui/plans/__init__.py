"""The screens of plans: the check, the incident, and what starts a wave."""
