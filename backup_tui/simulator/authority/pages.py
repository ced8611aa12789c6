"""The pages a person sees: plain HTML without scripts, pictures or anything from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape

from starlette.responses import HTMLResponse

from backup_tui.simulator.authority.directory import Person

_STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;line-height:1.5}"
    "button,input{font:inherit;padding:.4rem .8rem}input{width:14rem;letter-spacing:.1rem}"
    "li{font-family:monospace}small{color:#555}"
)
_HEADERS = {
    "Cache-Control": "no-store, no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_NOTE = "<p><small>This is a simulation; nobody is signed in anywhere.</small></p>"


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}{_NOTE}</body></html>"
    )
    return HTMLResponse(text, status, _HEADERS)


def told(title: str, text: str, status: int = 200) -> HTMLResponse:
    """Return a page of one paragraph; title and text are escaped here."""
    return _page(title, f"<p>{escape(text)}</p>", status)


def enter_code(action: str, code: str = "", wrong: str = "") -> HTMLResponse:
    """Return the page where a device code is typed. ``wrong``: what was wrong with it, empty for nothing."""
    form = (
        f'<form method="post" action="{escape(action)}"><p><label>Code<br>'
        f'<input name="code" value="{escape(code)}" autofocus autocomplete="off" maxlength="16"></label></p>'
        '<p><button name="do" value="next">Next</button></p></form>'
    )
    complaint = f"<p><strong>{escape(wrong)}</strong></p>" if wrong else ""
    return _page("Enter code", f"<p>Enter the code that the program shows.</p>{complaint}{form}")


def decide(
    action: str, person: Person, client_id: str, permissions: Sequence[str], hidden: Mapping[str, str]
) -> HTMLResponse:
    """Return the page where a person lets an application in, or does not."""
    listed = "".join(f"<li>{escape(each)}</li>" for each in permissions)
    body = (
        f"<p>Sign in as <strong>{escape(person.name)}</strong> ({escape(person.email)}) to the application "
        f"<code>{escape(client_id)}</code>?</p><ul>{listed}</ul>"
        f'<form method="post" action="{escape(action)}">{_carried(hidden)}'
        '<p><button name="do" value="approve">Continue</button> '
        '<button name="do" value="decline">Cancel</button></p></form>'
    )
    return _page("Are you trying to sign in?", body)


def _carried(values: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in values.items()
    )


def send_on(address: str, values: Mapping[str, str]) -> HTMLResponse:
    """Return the page that hands the answer of a sign-in to the program (OAuth form post response mode)."""
    body = (
        f'<form method="post" action="{escape(address)}">{_carried(values)}'
        "<p><button autofocus>Back to the program</button></p></form>"
    )
    return _page("Signed in" if "code" in values else "Not signed in", body)
