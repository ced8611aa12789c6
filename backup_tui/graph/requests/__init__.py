"""Every call that this program makes: path, query and body, in the form of the current pages. Pure.

`protection`: the service, policies, units, rules, who controls, who gets mails, what was done; `points`: restore points
and looking into them; `sessions`: restore sessions with their units, single items and lists of names."""
