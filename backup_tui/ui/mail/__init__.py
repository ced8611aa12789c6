"""Mails of one mailbox: the search, its hits over the points, and the draft of what a point has."""
