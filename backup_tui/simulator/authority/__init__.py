"""The simulated identity platform: who may sign in, and the tokens they get, under ``/_authority``.

It is made from Microsoft's public pages (device authorization grant, authorization code flow, client credentials,
managed identities, error codes) for ``msal`` to talk to. Addresses, each below ``/_authority/{tenant}`` where the
tenant is ``contoso.com``, ``fabrikam.com``, the id of one of them, ``organizations`` or ``common``:

- ``/v2.0/.well-known/openid-configuration``, ``/discovery/v2.0/keys``
- ``/oauth2/v2.0/devicecode``, ``/oauth2/v2.0/token``, ``/oauth2/v2.0/authorize``
- ``/adminconsent`` and ``/v2.0/adminconsent``

and below ``/_authority`` alone ``/device``, the page where a person types a device code,
``/common/discovery/instance``, and the endpoints of managed identities: ``/metadata/identity/oauth2/token`` of a
virtual machine and ``/msi/token`` of App Service.

``msal`` speaks https only. A caller on this machine sends its https requests as http with ``X-Forwarded-Proto: https``,
and the configuration then names https endpoints; pages for a person (device code, the browser's sign-in) keep http.

How it behaves is told to it by the attributes of ``Switches`` (see there), from Python
(``service.authority.switches``) or over HTTP: ``GET /_simulator/authority`` shows them with what was asked so far,
``POST`` changes those it names, ``DELETE`` puts everything back to how it started. ``POST`` takes these deeds too:

- ``{"approve": "<user code>"}``, ``{"decline": "<user code>"}``: what a person does with a device code; ``"*"`` stands
  for all that wait.
- ``{"certificate": "<PEM>"}`` registers a certificate with the applications; without one any is taken that signs
  with its own key.
- ``{"challenge": true}``: a claims challenge (continuous access evaluation). The API refuses every token until one is
  shown that was got with these claims; ``false`` takes it back.
- ``{"end_tokens": true}``: every access token of now is refused from now on, without a challenge.
"""
