"""What `backup-tui doctor` looks at, one thing after the other, whatever the one before it came to."""

from backup_tui.workspace.checkup.examination import examine
from backup_tui.workspace.checkup.findings import CheckupFinding, Result

__all__ = ["CheckupFinding", "Result", "examine"]
