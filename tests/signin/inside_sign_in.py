"""From `tracker auth login` to the mailbox, with nothing changed but who answers to the providers' names."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest

from tests.machine.provider import CLIENT_SECRET, Fault, said
from tests.signin.production import USER, page, redirected, signing_in, visit

if TYPE_CHECKING:
    from tests.machine.provider import Provider
    from tests.signin.production import Home


def kept(home: Home) -> dict[str, object]:
    return dict(json.loads(home.tokens.read_text()))


def test_a_code_typed_in_elsewhere_opens_the_mailbox_at_microsoft(home: Home, provider: Provider) -> None:
    assert "sign-in needed" in home.run("auth", "status", expect=1)
    assert "run: tracker auth login work" in home.run("sync", expect=77)
    assert not provider.calls, "nobody is called before a person has signed in"
    words = home.run("auth", "login", "work")
    assert "enter the code ABCD-EFGH[31m" in words, "what the provider says is made harmless"
    assert "work: it works; 4 folders can be read" in words
    assert home.tokens.stat().st_mode & 0o777 == 0o600
    assert home.tokens.parent.stat().st_mode & 0o777 == 0o700
    assert "work: ok: microsoft" in home.run("auth", "status", "work")
    provider.calls.clear()
    home.run("sync")
    assert provider.calls == {"introspect": 1}, "a token that holds is used as it is"


def test_a_browser_on_this_machine_signs_in_at_microsoft(home: Home, provider: Provider) -> None:
    with signing_in(home, "--browser") as process:
        address = page(process)
        assert f"login_hint={USER.replace('@', '%40')}" in address
        target = redirected(address, home.ca_file)
        assert target.startswith("http://localhost:")
        base = target.partition("?")[0]
        for stray in ("favicon.ico", "?code=forged&state=guessed"):
            with pytest.raises(HTTPError):
                visit(f"{base}/{stray}")
        assert "go back to tracker" in visit(target)
        assert process.stdout is not None
        assert "it works" in process.stdout.read()
    assert provider.calls["authorization_code"] == 1


def test_a_browser_signs_in_at_google_with_a_client_secret(at_google: Home, provider: Provider) -> None:
    with signing_in(at_google) as process:
        address = page(process)
        for part in ("access_type=offline", "prompt=consent", "code_challenge_method=S256", "mail.google.com"):
            assert part in address
        assert CLIENT_SECRET not in address
        visit(redirected(address, at_google.ca_file))
        assert process.stdout is not None
        assert "it works" in process.stdout.read()
    at_google.age()
    before = kept(at_google)
    at_google.run("sync")
    assert provider.calls["refresh_token"] == 1
    after = kept(at_google)
    assert after["refresh_token"] != before["refresh_token"]
    assert str(after["expires_at"]) > str(before["expires_at"])


def test_the_address_of_a_page_that_does_not_load_can_be_pasted(at_google: Home) -> None:
    """The browser is on another machine than the program."""
    with signing_in(at_google) as process:
        target = redirected(page(process), at_google.ca_file)
        assert process.stdin is not None
        assert process.stdout is not None
        for typed in ("", "what?", target.replace("code=", "code=x&other=").replace("state=", "state=x"), target):
            process.stdin.write(f"{typed}\n")
            process.stdin.flush()
            time.sleep(0.1)
        words = process.stdout.read()
    assert words.count("that is not the address") == 2
    assert "it works" in words


def test_a_box_for_mail_that_is_not_ticked_is_said_to_be_so(at_google: Home, provider: Provider) -> None:
    provider.scope = "openid"
    with signing_in(at_google, expect=77) as process:
        visit(redirected(page(process), at_google.ca_file))
        assert process.stdout is not None
        assert "the sign-in gives no access to mail" in process.stdout.read()
    assert not at_google.tokens.exists()


def test_an_organisation_is_asked_at_its_own_address(home: Home, provider: Provider) -> None:
    text = home.config.read_text()
    home.config.write_text(f'{text}tenant = "contoso.example"\n')
    home.run("auth", "login", "work")
    assert "/contoso.example/v2.0/.well-known/openid-configuration" in provider.paths
    home.config.write_text(text)
    assert "is another one than at the last" in home.run("sync", expect=77)


@pytest.mark.parametrize(
    ("name", "fault", "code", "words"),
    [
        ("devicecode", said("unauthorized_client"), 78, "does not accept the registration: unauthorized_client"),
        ("device_code", said("authorization_declined"), 77, "the sign-in did not come about"),
        ("device_code", said("expired_token"), 77, "the sign-in did not come about"),
        ("openid-configuration", Fault(404, "{}"), 69, "makes no sense"),
        ("devicecode", Fault(503), 69, "cannot serve us now (HTTP 503)"),
    ],
)
def test_a_sign_in_that_fails_says_why_and_leaves_nothing(
    home: Home, provider: Provider, name: str, fault: Fault, code: int, words: str
) -> None:
    provider.faults[name] = fault
    assert words in home.run("auth", "login", "work", expect=code)
    assert not home.tokens.exists()


def test_who_signs_out_has_to_sign_in_again(home: Home) -> None:
    home.run("auth", "login", "work")
    assert "signed out here" in home.run("auth", "logout", "work")
    assert not home.tokens.exists()
    assert "nobody was signed in" in home.run("auth", "logout", "work")
    home.run("sync", expect=77)


def test_no_secret_shows_anywhere_but_in_the_token_file(home: Home, provider: Provider) -> None:
    words = home.run("-vv", "auth", "login", "work")
    home.age()
    for command in (("sync",), ("status",), ("auth", "status"), ("config", "show"), ("report", "--format", "json")):
        words += home.run("-vv", *command) if command != ("config", "show") else home.run(*command)
    home.age()
    repeated = json.dumps({"error": "odd", "error_description": f"what is {kept(home)['refresh_token']}?"})
    provider.faults["refresh_token"] = Fault(400, repeated)
    words += (said_so := home.run("-v", "sync", expect=69))
    assert "what is ***?" in said_so
    kept_elsewhere = b"".join(
        path.read_bytes() for path in home.folder.rglob("*") if path.is_file() and path.parent != home.tokens.parent
    )
    assert len(provider.told) > 5
    shown = [secret for secret in provider.told if secret in words or secret.encode() in kept_elsewhere]
    assert shown == []
