"""The small languages of the API: filters, rules, and searches in mailboxes."""
