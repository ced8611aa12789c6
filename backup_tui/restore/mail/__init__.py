"""Mails of one mailbox: searched for over its points, and restored from the one that has them."""
