"""Use cases around protection policies: reviewed, activated, deactivated and followed to the end."""
