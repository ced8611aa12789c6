"""A faithful local Backup Storage service.

It answers the part of Microsoft Graph under ``/solutions/backupRestore`` from a simulated tenant, in process
(``app.create_app``) or on a socket (``server.serve``). It shares no code with the client: its JSON is written
from the service's contract alone, so that a misreading in the client cannot hide behind the same one here.

Moments are seconds since 1970 (UTC); "refuses with" names the status and the code of the ``Refusal`` that is raised.
"""
