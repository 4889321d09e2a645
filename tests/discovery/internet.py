"""A small internet for a test, in a network namespace of its own: DNS on port 53, HTTPS on port 443.

Started as `unshare --mount --net python -m tests.discovery.internet FOLDER`. What DNS and HTTPS say stands in files of
the folder, which tests write; what they were asked is noted there. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.cli.world import ME, World
from tests.machine.certificates import Authority
from tests.machine.daemons import HOST
from tests.machine.dovecot import Dovecot, Kind

_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x41
_FILES = {"/etc/resolv.conf": f"nameserver {HOST}\n", "/etc/hosts": f"{HOST} localhost\n"}


def isolate(folder: Path) -> None:
    """Bring loopback up, and let every program of this namespace ask our DNS."""
    with socket.socket() as line:
        fcntl.ioctl(line, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP_RUNNING))
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for place, content in _FILES.items():
        file = folder / Path(place).name
        file.write_text(content, encoding="utf-8")
        subprocess.run(["mount", "--bind", str(file), place], check=True)


def told(folder: Path, name: str) -> dict[str, Any]:
    """What a test wrote down for a server to say."""
    return dict(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


def note(folder: Path, what: str) -> None:
    with (folder / "asked").open("a", encoding="utf-8") as file:
        file.write(f"{what}\n")


def answer(zone: dict[str, Any], query: dns.message.Message) -> dns.message.Message:
    """Records by name and kind; a name with its dot at the end. Names that are not there do not exist."""
    response = dns.message.make_response(query)
    question = query.question[0]
    name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
    records = zone.get(name)
    if records is None:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif records.get(kind):
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records[kind]))
    return response


def serve_names(folder: Path) -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((HOST, 53))

    def run() -> None:
        while True:
            packet, sender = server.recvfrom(4096)
            query, zone = dns.message.from_wire(packet), told(folder, "zone")
            note(folder, f"dns {query.question[0].to_text()}")
            if not zone.get("silent"):
                server.sendto(answer(zone, query).to_wire(), sender)

    threading.Thread(target=run, daemon=True).start()


class Pages(BaseHTTPRequestHandler):
    """Says of each host and path what a test wrote down: status, headers, body, how often to send it, or nothing."""

    folder: Path
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:  # the name that http.server wants
        note(self.folder, f"https {self.headers['Host']}{self.path}")
        page = told(self.folder, "pages").get(f"{self.headers['Host']}{self.path.partition('?')[0]}", {"status": 404})
        if page.get("silent"):
            threading.Event().wait(60)
        self.send_response(page.get("status", 200))
        for name, value in page.get("headers", {}).items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(page.get("times", 1)):
                self.wfile.write(page.get("body", "").encode(page.get("encoding", "utf-8")))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Web(ThreadingHTTPServer):
    """Has a certificate for every name that it is asked by."""

    daemon_threads = True

    def __init__(self, folder: Path, authority: Authority) -> None:
        handler = type("Handler", (Pages,), {"folder": folder})
        super().__init__((HOST, 443), handler)
        self._authority = authority
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._tls = self._context("localhost")
        self._tls.sni_callback = self._choose

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 # as socketserver has it
        with contextlib.suppress(OSError):  # a client that does not like our certificate
            request.settimeout(10)
            encrypted = self._tls.wrap_socket(request, server_side=True)
            super().finish_request(encrypted, client_address)
            encrypted.unwrap()

    def _choose(self, line: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> None:
        line.context = self._context(name or "localhost")

    def _context(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            hosts = ("elsewhere.example",) if name.startswith("forged.") else (name,)
            issued = self._authority.issue(f"web-{name}", hosts=hosts)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(issued.certificate, issued.key)
            self._contexts[name] = context
        return self._contexts[name]


def main(folder: Path) -> None:
    isolate(folder)
    serve_names(folder)
    web = Web(folder, Authority(folder, "Authority of the web"))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    say("ready")
    with contextlib.ExitStack() as stack:
        for line in sys.stdin:
            say(json.dumps(provide(line.split(), folder, stack)))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def provide(hosts: list[str], folder: Path, stack: contextlib.ExitStack) -> dict[str, str]:
    """A mail server on the usual ports, with a certificate for `hosts`, and the mailbox of `ME` with two mails."""
    server = Dovecot(Kind(hosts=tuple(hosts), ports=(143, 993)))
    stack.callback(server.stop)
    server.start()
    authorities = (folder / "ca.pem", server.ca_file)
    (folder / "trusted.pem").write_text("".join(file.read_text("utf-8") for file in authorities), encoding="utf-8")
    world = World(server, server.user(ME), folder / "mailbox")
    world.mail("q", world.ago(days=3), ME, "rita@acme.example")
    world.mail("a", world.ago(days=2), "rita@acme.example", ME, answers="q")
    return {"user": ME, "password": world.user.password}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
