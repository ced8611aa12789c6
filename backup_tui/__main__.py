"""`python -m backup_tui`."""

from backup_tui.cli import main

raise SystemExit(main())
