"""An invited delegate of Vienna: in by invitation, accredited, without the phone, and back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.running import Site
from tests.browser.test_second_round import delegate, officer

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]
ADDRESS = "deputy@vienna.example"
PASSWORD = "a long word of the deputy"
LETTER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def here(site: Site, path: str) -> str:
    """The site by its name: browsers keep passkeys for names, not for numbers."""
    return site.url.replace("127.0.0.1", "localhost") + path


def letters_to(site: Site, address: str) -> list[str]:
    """The subjects and texts of the letters to an address, oldest first."""
    found = []
    for file in sorted((site.folder / "mail").glob("*"), key=lambda each: each.stat().st_mtime_ns):
        for part in re.split(rb"\n-{79}\n", file.read_bytes()):
            message = message_from_bytes(part.strip(), policy=policy.default)
            if message["To"] == address:
                found.append(f"{message['Subject']}\n{message.get_content()}")
    return found


def code_of(secret: str, *, step: int = 0) -> str:
    """What the app on the phone shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def set_up_app(page: Page) -> str:
    """Go through the page of the authenticator app; its secret."""
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them: continue").click()
    return secret


def sign_in_with_password(page: Page, site: Site) -> None:
    page.goto(here(site, "/en/accounts/login/"))
    page.locator("[name=login]").fill(ADDRESS)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def give_virtual_key(page: Page) -> None:
    """A device that confirms by itself, as a finger on a sensor would."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_invited_accredited_without_the_phone_and_back(
    shared_site: Site, visitor: Visitor, pictures: Path
) -> None:
    site = shared_site

    # The head of delegation invites.
    head = delegate(visitor(), site, "Vienna")
    head.goto(f"{site.url}/en/desk/vienna/people/invite/")
    head.locator("[name=email]").fill(ADDRESS)
    head.locator("[name=role][value=voting_delegate]").check()
    head.locator("[name=language]").select_option("en")
    head.get_by_role("button", name="Send the invitation").click()
    (letter,) = letters_to(site, ADDRESS)
    path = re.search(r"/en/invitations/\S+", letter)
    assert path is not None

    # The city's mail scanner opens the link three times; nothing happens.
    scanner = visitor()
    for _each in range(3):
        assert scanner.request.get(here(site, path[0])).status == 200

    # The deputy accepts, with a name and a password of their own.
    deputy = visitor(viewport={"width": 390, "height": 844})
    deputy.goto(here(site, path[0]))
    deputy.get_by_label("Name").fill("Deputy of Vienna")
    deputy.locator("[name=password]").fill(PASSWORD)
    deputy.get_by_role("button", name="Accept the invitation").click()

    # First a second factor: an app, then a passkey that signs in by itself.
    expect(deputy.get_by_role("heading", name="One more step")).to_be_visible()
    deputy.screenshot(path=pictures / "second-factor-step-phone.png", full_page=True)
    lost = set_up_app(deputy)
    expect(deputy).to_have_url(here(site, "/en/desk/vienna/"))
    assert scanner.request.get(here(site, path[0])).status == 410

    give_virtual_key(deputy)
    deputy.goto(here(site, "/en/accounts/2fa/webauthn/add/"))
    deputy.get_by_label("Name of the key").fill("Phone of the deputy")
    deputy.get_by_label("Passkey: signs me in").check()
    deputy.get_by_role("button", name="Add").click()
    expect(deputy.get_by_text("1 key is set up.")).to_be_visible()
    deputy.goto(here(site, "/en/accounts/logout/"))
    deputy.get_by_role("main").get_by_role("button", name="Sign out").click()
    deputy.goto(here(site, "/en/accounts/login/"))
    deputy.get_by_role("button", name="Sign in with a passkey").click()
    expect(deputy).to_have_url(here(site, "/en/desk/vienna/"))

    # The office reads the letter of credence and accredits.
    registrar = officer(visitor(), site, "Registrar of members")
    registrar.goto(f"{site.url}/en/office/mandates/")
    registrar.get_by_role("link", name="Deputy of Vienna").first.click()
    registrar.locator("[type=file]").set_input_files(
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": LETTER}
    )
    registrar.get_by_role("button", name="Upload the letter").click()
    registrar.get_by_label("Reference and date of the letter").fill("2018-11-20, VIE-17")
    registrar.get_by_label("I have read the letter").check()
    registrar.get_by_role("button", name="Accredit").click()
    expect(registrar.get_by_text("Accredited").first).to_be_visible()

    # The desk, with the vote that waits.
    deputy.goto(here(site, "/en/desk/vienna/"))
    expect(deputy.get_by_role("heading", name="Desk of Vienna")).to_be_visible()
    expect(deputy.get_by_role("heading", name="What waits for you")).to_be_visible()
    deputy.screenshot(path=pictures / "desk-of-the-deputy-phone.png", full_page=True)

    # The phone is gone: a password alone opens nothing.
    without = visitor()
    sign_in_with_password(without, site)
    expect(without.get_by_role("heading", name="Your second factor")).to_be_visible()
    without.goto(here(site, "/en/desk/vienna/"))
    expect(without.get_by_role("heading", name="Desk of Vienna")).to_have_count(0)
    expect(without).to_have_url(re.compile(r"/en/accounts/"))

    # One officer asks, the other confirms; the deputy is told, and every session has ended.
    registrar.goto(f"{site.url}/en/office/second-factors/?q={ADDRESS}")
    registrar.get_by_role("link", name="Deputy of Vienna").first.click()
    registrar.get_by_label("What was lost, and how").fill(
        "The phone was lost, the recovery codes with it."
    )
    registrar.locator("[name=check_made]").first.check()
    registrar.get_by_label("What you saw or heard").fill("Called back.")
    registrar.get_by_role("button", name="Ask for the reset").click()
    request = registrar.url
    expect(registrar.get_by_role("button", name="Confirm: reset")).to_have_count(0)
    general = officer(visitor(), site, "Secretary-general")
    general.goto(request)
    general.get_by_role("checkbox").check()
    general.get_by_role("button", name="Confirm: reset the second factor").click()
    expect(general.get_by_text("The second factor is reset").first).to_be_visible()
    deputy.goto(here(site, "/en/desk/vienna/"))
    expect(deputy).to_have_url(re.compile(r"/en/accounts/login/"))
    assert len([text for text in letters_to(site, ADDRESS) if "second factor" in text]) == 2

    # Back: the password, the step once more, a new app.
    sign_in_with_password(without, site)
    expect(without.get_by_role("heading", name="One more step")).to_be_visible()
    assert set_up_app(without) != lost
    expect(without).to_have_url(here(site, "/en/desk/vienna/"))
    without.screenshot(path=pictures / "desk-of-the-deputy.png", full_page=True)
    assert '"intact": true' in site.command("verify_audit", "--json")
