"""The shared client of Microsoft Graph's Backup Storage API.

    address       where the service is, and which hosts are spoken to at all
    operations    the kinds of calls, and what right each needs
    requests      pure: paths, queries and bodies of every call, a module for each room
    wire          what passes between the request path and the transport
    transport     the one module that imports httpx
    retry         pure: what may be repeated, and when
    gate          one throttle gate for everything that goes to a tenant
    codes         every documented error code: class of error and three sentences
    answers       bytes of an answer -> a verdict
    paging        lists, followed to their end or honestly broken off
    request_path  the one way that every request takes
    objects       the object in an answer, held against what was asked
    protection_reads, protection_writes   the parts of reader and writer about rules, bulk additions, control, mails
    deltas        what the service answers to a change of a draft's contents
    granular, bulk, browsing  single items, lists of names, the inside of points: the Reader's and Writer's rooms
    reader, writer, client   what the other rooms use

Importing this package loads nothing of it; `httpx` is loaded when a `Client` is opened.
"""
