"""The simulated identity platform: who may sign in, and the tokens they get, under ``/_authority``.

It is made from Microsoft's public pages for ``msal`` to talk to; ``endpoints.ROUTES`` has its addresses, most of them
below ``/_authority/{tenant}``, where the tenant is ``contoso.com``, ``fabrikam.com``, the id of one of them,
``organizations`` or ``common``. ``msal`` speaks https only: a caller on this machine sends its https requests as http
with ``X-Forwarded-Proto: https``, and the configuration then names https endpoints; pages for a person keep http.

``Switches`` say how it behaves, from Python (``service.authority.switches``) or over HTTP: ``GET
/_simulator/authority`` shows them with what was asked so far, ``POST`` changes those it names, ``DELETE`` resets
everything. ``POST`` accepts these deeds too:

- ``{"approve": "<user code>"}``, ``{"decline": "<user code>"}``: what a person does with a code (``"*"``: all).
- ``{"certificate": "<PEM>"}`` registers a certificate; without one any is taken that signs with its own key.
- ``{"challenge": true}``: the API refuses every token that was not requested with the claims of this challenge.
- ``{"end_tokens": true}``: every existing access token is refused from now on, without a challenge.
"""
