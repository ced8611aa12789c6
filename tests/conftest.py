"""How many examples a property test tries: few with each change, many when somebody takes the time for it.

`HYPOTHESIS_PROFILE=thorough pytest` takes ten times as many.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("few", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=400, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "few"))
