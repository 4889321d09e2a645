"""How an account is reached: TLS in all its forms, signing in, and every way in which a line can fail."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.machine.accounts import on_dovecot, opened, settings
from tests.machine.certificates import Authority
from tests.machine.scripted import scripted, serving
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import BadServerReply, ConfigError, Unreachable
from tracker.sources import source_module
from tracker.sources.imap import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

INBOX = Folder("INBOX", FolderRole.INBOX)
FOLDERS = ["INBOX", "Junk", "Sent", "Trash"]


def test_the_registry_knows_the_kind_imap() -> None:
    assert source_module("imap").open_source is open_source


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
def test_an_account_opens_over_each_kind_of_line(dovecot: Dovecot, tls: str) -> None:
    user = dovecot.user()
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    with opened(on_dovecot(dovecot, user, tls=tls, port=port)) as source:
        assert [folder.name for folder in source.folders()] == FOLDERS


def test_a_servers_own_certificate_can_be_pinned(dovecot: Dovecot) -> None:
    with opened(on_dovecot(dovecot, dovecot.user(), ca_file=dovecot.certificate.certificate)) as source:
        assert len(source.folders()) == 4


def test_an_unknown_authority_is_refused_and_the_hint_names_ca_file(dovecot: Dovecot) -> None:
    def password() -> str:
        pytest.fail("the password was asked for before the server was known")

    account = on_dovecot(dovecot, dovecot.user(), ca_file=None, password=password)
    with pytest.raises(Unreachable, match="authority that is not known here") as caught:
        open_source(account)
    assert "ca_file" in caught.value.hint


def test_starttls_checks_the_certificate_too(dovecot: Dovecot) -> None:
    account = on_dovecot(dovecot, dovecot.user(), tls="starttls", port=dovecot.port, ca_file=None)
    with pytest.raises(Unreachable, match="authority that is not known here"):
        open_source(account)


def server_side(authority: Authority, name: str, **issue: object) -> ssl.SSLContext:
    certificate = authority.issue(name, **issue)  # type: ignore[arg-type] # passed on as they are
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


def test_an_expired_certificate_is_refused_and_the_hint_names_the_clock(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    tls = server_side(authority, "old", expires_in=timedelta(days=-1))
    with (
        scripted(tls=tls) as server,
        pytest.raises(Unreachable, match="certificate has expired") as caught,
    ):
        open_source(settings(server.port, tls="implicit", ca_file=authority.certificate))
    assert "clock" in caught.value.hint


@pytest.mark.parametrize(("host", "words"), [("127.0.0.1", "another address"), ("localhost", "another host")])
def test_a_certificate_for_another_host_is_refused(tmp_path: Path, host: str, words: str) -> None:
    authority = Authority(tmp_path)
    tls = server_side(authority, "other", hosts=("imap.example.org",))
    with scripted(tls=tls) as server, pytest.raises(Unreachable, match=words):
        open_source(settings(server.port, tls="implicit", host=host, ca_file=authority.certificate))


def test_a_tls_older_than_1_2_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    tls = server_side(authority, "server")
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls.maximum_version = tls.minimum_version = ssl.TLSVersion.TLSv1_1
    with scripted(tls=tls) as server, pytest.raises(Unreachable, match="no common TLS") as caught:
        open_source(settings(server.port, tls="implicit", ca_file=authority.certificate))
    assert "TLS 1.2" in caught.value.hint


def test_a_plain_port_is_no_tls_port_and_the_hint_names_both_remedies(dovecot: Dovecot) -> None:
    with pytest.raises(Unreachable, match=f"port {dovecot.port} answers, but not in TLS$") as caught:
        open_source(on_dovecot(dovecot, dovecot.user(), port=dovecot.port))
    assert 'tls = "starttls"' in caught.value.hint
    assert "993" in caught.value.hint
    assert "none" not in caught.value.hint


@pytest.mark.parametrize("tls", ["starttls", "none"])
def test_a_tls_port_sends_no_greeting_and_the_hint_names_implicit_tls(dovecot: Dovecot, tls: str) -> None:
    with pytest.raises(Unreachable, match=f"port {dovecot.tls_port} sends no greeting$") as caught:
        open_source(on_dovecot(dovecot, dovecot.user(), port=dovecot.tls_port, tls=tls, timeout=0.5))
    assert 'set tls = "implicit"' in caught.value.hint


def test_a_server_that_falls_silent_behind_its_greeting_is_no_tls_port() -> None:
    with scripted(CAPABILITY=b"") as server, pytest.raises(Unreachable, match="does not answer in time") as caught:
        open_source(settings(server.port, timeout=0.3))
    assert "implicit" not in caught.value.hint


def test_what_comes_after_starttls_and_is_no_tls_asks_for_no_other_port() -> None:
    capability = b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done\r\n"

    def talk(line: socket.socket) -> None:
        line.sendall(b"* OK hello\r\n")
        for reply in (capability, b"TAG OK begin\r\n", b"* OK and now?\r\n"):
            tag = line.recv(1024).split(b" ")[0]
            line.sendall(reply.replace(b"TAG", tag))

    with serving(talk) as port, pytest.raises(Unreachable, match="no common TLS"):
        open_source(settings(port, tls="starttls"))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_is_none_is_a_configuration_error(tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with pytest.raises(ConfigError, match="cannot be used"):
        open_source(settings(1, tls="implicit", ca_file=ca_file))


def test_starttls_that_is_not_offered_sends_no_password() -> None:
    with scripted() as server, pytest.raises(Unreachable, match="does not offer STARTTLS"):
        open_source(settings(server.port, tls="starttls"))
    assert all("LOGIN" not in command for command in server.received)


def test_data_after_the_reply_to_starttls_is_refused() -> None:
    capability = b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done\r\n"
    injected = b"TAG OK begin\r\n* OK [ALERT] not from your server\r\n"
    with (
        scripted(CAPABILITY=capability, STARTTLS=injected) as server,
        pytest.raises(BadServerReply, match="between STARTTLS and TLS"),
    ):
        open_source(settings(server.port, tls="starttls"))


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_a_connection_that_is_signed_in_already_is_refused(tls: str) -> None:
    with (
        scripted(greeting=b"* PREAUTH welcome back\r\n") as server,
        pytest.raises(BadServerReply, match="PREAUTH"),
    ):
        open_source(settings(server.port, tls=tls))


@pytest.mark.parametrize("host", ["imap.example.org", "192.0.2.1", "localhost.example.org", "::2"])
def test_no_line_without_tls_leaves_this_machine(host: str) -> None:
    with pytest.raises(ConfigError, match="would show the password") as caught:
        open_source(settings(143, host=host))
    assert "implicit" in caught.value.hint


def test_an_unknown_kind_of_line_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="ssl"):
        open_source(settings(143, tls="ssl"))


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="refuses connections"):
            open_source(settings(taken.getsockname()[1]))


def test_a_host_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="cannot be found"):
        open_source(settings(993, tls="implicit", host="no-such-host.invalid"))


def silent(line: socket.socket) -> None:
    while line.recv(1024):
        pass


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    started = time.monotonic()
    with serving(silent) as port, pytest.raises(Unreachable, match="sends no greeting"):
        open_source(settings(port, timeout=0.3))
    assert time.monotonic() - started < 2


def test_a_tls_handshake_that_never_ends_is_given_up_in_time() -> None:
    with serving(silent) as port, pytest.raises(Unreachable, match="does not answer in time"):
        open_source(settings(port, tls="implicit", timeout=0.3))


def test_a_server_that_hangs_up_before_its_greeting_may_have_waited_for_tls() -> None:
    with serving(lambda _line: None) as port, pytest.raises(Unreachable, match="sends no greeting") as caught:
        open_source(settings(port))
    assert 'set tls = "implicit"' in caught.value.hint


def test_half_a_greeting_is_no_sign_of_tls() -> None:
    with (
        serving(lambda line: line.sendall(b"* OK hel")) as port,
        pytest.raises(Unreachable, match="unterminated line") as caught,
    ):
        open_source(settings(port))
    assert "implicit" not in caught.value.hint


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"* BYE go away\r\n", b"220 smtp\r\n", b""])
def test_a_server_of_another_kind_is_unreachable(greeting: bytes) -> None:
    def talk(line: socket.socket) -> None:
        line.sendall(greeting)

    with serving(talk) as port, pytest.raises(Unreachable):
        open_source(settings(port))
