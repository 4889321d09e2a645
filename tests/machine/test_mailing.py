"""Handing a mail to a real SMTP server: what arrives is what was written, whom we trust, and what failures mean."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from tests.machine.certificates import Authority
from tests.machine.daemons import free_ports
from tests.machine.smtp_server import PASSWORD, USER, running
from tracker.errors import BadServerReply, ConfigError, LoginRejected, TrackerError, Unreachable
from tracker.mailing import Letter, MailServer, compose, send

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.machine.smtp_server import PostOffice

ANN = "ann@example.org"
LETTER = Letter(
    ANN,
    "This week: 1 answer – größer",
    "Zoë\n.\nFrom here\n",
    "<p>Zoë</p>\n",
    date(2026, 11, 20),
    datetime(2026, 11, 20, 9, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def server_of(
    office: PostOffice,
    authority: Authority | None = None,
    *,
    tls: str = "none",
    host: str = "localhost",
    user: str = "",
    password: str = PASSWORD,
) -> MailServer:
    ca_file = authority.certificate if authority else None
    return MailServer(host, office.port, tls, ca_file, user, lambda: password)


def refusal(server: MailServer) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        send(server, compose(LETTER), ANN)
    error = caught.value
    assert error.hint
    assert "\n" not in error.message
    assert error.__cause__ is None, "a cause would quote the server, who may quote us"
    return error


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_mail_arrives_as_it_was_written_over_tls(authority: Authority, tls: str) -> None:
    with running(authority.issue(tls), tls=tls, login=True) as office:
        send(server_of(office, authority, tls=tls, user=USER), compose(LETTER), ANN)
    (envelope,), (mail,) = office.envelopes, office.mail
    assert (envelope.mail_from, envelope.rcpt_tos) == (ANN, [ANN])
    assert mail["Subject"] == LETTER.subject
    assert str(mail["From"]) == f"tracker <{ANN}>"
    assert mail["To"] == ANN
    text, html = mail.iter_parts()
    assert (text.get_content(), html.get_content()) == (LETTER.text.replace("\n", "\r\n"), "<p>Zoë</p>\r\n")
    assert office.logins == [True]
    assert office.hellos == ["[127.0.0.1]"], "what this machine is called is nobody's business"


def test_without_a_user_nothing_is_told_and_no_secret_is_asked_for() -> None:
    def never() -> str:
        raise AssertionError

    with running() as office:
        send(MailServer("127.0.0.1", office.port, "none", None, "", never), compose(LETTER), ANN)
    assert len(office.mail) == 1
    assert office.logins == []


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_of_an_unknown_authority_or_for_another_host_is_not_trusted(
    authority: Authority, tls: str
) -> None:
    with running(authority.issue("here"), tls=tls) as office:
        error = refusal(server_of(office, tls=tls, user=USER))
        assert isinstance(error, Unreachable)
        assert "cannot be trusted" in error.message
    with running(authority.issue("elsewhere", hosts=("mail.example.org",)), tls=tls) as office:
        assert "cannot be trusted" in refusal(server_of(office, authority, tls=tls, user=USER)).message
    assert office.logins == []


def test_a_server_without_tls_gets_neither_the_password_nor_the_mail(authority: Authority) -> None:
    with running(login=True) as office:
        error = refusal(server_of(office, authority, tls="starttls", user=USER))
        assert isinstance(error, Unreachable)
        assert "STARTTLS" in error.message
        assert "no common TLS" in refusal(server_of(office, authority, tls="implicit", user=USER)).message
    assert office.logins == []
    assert office.envelopes == []


def test_a_refused_login_is_told_without_the_password(authority: Authority) -> None:
    with running(authority.issue("login"), tls="implicit", login=True) as office:
        error = refusal(server_of(office, authority, tls="implicit", user=USER, password="wr0ng-w0rd"))
    assert isinstance(error, LoginRejected)
    assert "535" in error.message
    assert "wr0ng-w0rd" not in error.message + error.hint
    assert office.logins == [False], "one try: providers lock out"
    assert office.envelopes == []


def test_a_refused_mail_is_no_refused_login() -> None:
    with running() as office:
        office.refusal = "550 5.7.1 We do not like\x1b[31m it"
        error = refusal(server_of(office))
        assert isinstance(error, BadServerReply)
        assert "550 5.7.1 We do not like[31m it" in error.message
        office.refusal = "452 4.2.2 mailbox full"
        error = refusal(server_of(office))
        assert type(error) is Unreachable
        assert "452" in error.message


def test_a_server_that_is_not_there() -> None:
    server = MailServer("127.0.0.1", free_ports()[0], "none", None, "", lambda: "")
    error = refusal(server)
    assert (type(error), error.exit_code) == (Unreachable, 69)
    nowhere = MailServer("nowhere.invalid", 465, "implicit", None, "", lambda: "")
    assert "cannot be found" in refusal(nowhere).message


def test_a_secret_with_a_line_end_is_refused_before_anything_is_sent() -> None:
    server = MailServer("127.0.0.1", free_ports()[0], "none", None, USER, lambda: "a\r\nRSET")
    error = refusal(server)
    assert isinstance(error, ConfigError)
    assert "RSET" not in error.message


def scripted(answer: Callable[[bytes], bytes]) -> tuple[int, threading.Thread]:
    """A server that answers each line with what `answer` makes of it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as line, line.makefile("rb") as lines:
            line.sendall(b"220 ready\r\n")
            for received in lines:
                line.sendall(answer(received))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return int(listener.getsockname()[1]), thread


def test_a_server_that_repeats_the_password_does_not_make_us_repeat_it() -> None:
    def echo(received: bytes) -> bytes:
        if received.upper().startswith(b"EHLO"):
            return b"250-hello\r\n250 AUTH PLAIN LOGIN\r\n"
        if received.startswith(b"AUTH"):
            return b"535 no: " + received.strip() + b" or " + PASSWORD.encode() + b"\r\n"
        return b"221 bye\r\n"

    port, thread = scripted(echo)
    error = refusal(MailServer("127.0.0.1", port, "none", None, USER, lambda: PASSWORD))
    thread.join(5)
    assert isinstance(error, LoginRejected)
    assert error.message.endswith("535 no: AUTH PLAIN *** or ***")


def test_a_server_that_speaks_nonsense() -> None:
    port, thread = scripted(lambda _: b"\xff\xfe\x00 what?\r\n")
    error = refusal(MailServer("127.0.0.1", port, "none", None, "", lambda: ""))
    thread.join(5)
    assert isinstance(error, Unreachable)


def test_a_file_that_holds_no_authority(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    server = MailServer("localhost", 1, "implicit", tmp_path / "ca.pem", "", lambda: "")
    with pytest.raises(ConfigError, match="ca_file"):
        send(server, compose(LETTER), ANN)


def test_an_address_in_other_letters_needs_a_server_that_knows_them() -> None:
    addr = "änn@example.org"
    letter = Letter(addr, "Größe", "x\n", "x\n", date(2026, 11, 20), LETTER.at)
    with running() as office:
        send(server_of(office), compose(letter), addr)
    (envelope,) = office.envelopes
    assert envelope.rcpt_tos == [addr]
    assert str(office.mail[0]["To"]) == addr
    port, thread = scripted(lambda line: b"250 hello\r\n" if line.upper().startswith(b"EHLO") else b"221 bye\r\n")
    with pytest.raises(BadServerReply, match="SMTPUTF8"):
        send(MailServer("127.0.0.1", port, "none", None, "", lambda: ""), compose(letter), addr)
    thread.join(5)


def test_an_address_in_other_letters_has_its_domain_as_dns_knows_it() -> None:
    message = compose(Letter("ann@müller.example", "x", "x\n", "x\n", date(2026, 11, 20), LETTER.at))
    assert message["To"] == "ann@xn--mller-kva.example"
    assert message["Message-ID"].endswith("@xn--mller-kva.example>")
