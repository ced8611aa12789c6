"""The shared client of Microsoft Graph's Backup Storage API. `reader`, `writer` and `client` are what other rooms use.

`requests` and `retry` are pure; `transport` alone imports httpx, when a `Client` is opened; `request_pipeline` is the
one way that every request takes."""
