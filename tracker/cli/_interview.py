"""What `tracker init` has to know: from options, from what was found, or from a person at the terminal."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracker.cli._asking import ask, command_words, confirmed, demand, demand_port, title, typed_secret
from tracker.errors import TrackerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.cli._session import Session
    from tracker.discovery import Found, Search, Server, SignIn

PORTS = {"implicit": 993, "starttls": 143}
_TLS_WORDS = {"implicit": "TLS from the start", "starttls": "TLS by STARTTLS"}
_AUTH = ("password", "xoauth2", "oauth2")
_PROVIDERS = ("microsoft", "google")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command line; what is None or empty was not said. `secrets` are settings of a source."""

    address: str | None = None
    host: str | None = None
    port: int | None = None
    tls: str | None = None
    user: str | None = None
    auth: str | None = None
    secrets: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    ispdb: bool = True
    is_silent: bool = False


class Interview:
    """Asks whoever sits at the terminal, or nobody with --yes; what is missing then is an error that names the option.

    What it writes meanwhile it takes back by `give_up`.
    """

    def __init__(self, session: Session, wishes: Wishes, config: Path) -> None:
        self._session = session
        self._wishes = wishes
        self._config = config
        self._taken_back: list[Callable[[], None]] = []

    def address(self) -> str:
        """Whose mailbox it is."""
        from tracker.service.setup import domain_of

        return (self._wishes.address or self._ask("Your e-mail address", "ADDRESS", check=domain_of)).strip()

    def server(self, address: str) -> Server:
        """The server: as the options say, or as it is found and agreed to. Raises `UsageError`."""
        from tracker.service.setup import domain_of, servers_of

        domain = domain_of(address)
        if self._wishes.port is not None:
            demand_port(str(self._wishes.port))
        if self._wishes.host:
            server = self._wished(address, self._wishes.host)
            self.show(server, "your options")
            return server
        self._session.say(f"looking for the server of {domain} ...")
        search = servers_of(address, ispdb=self._wishes.ispdb)
        for name, reason in search.tried if self._session.verbosity > 0 or search.found is None else ():
            self._session.say(f"{name} {reason}")
        if search.found is None:
            return self._typed(address, f"imap.{domain}", search)
        server = self._with_wishes(search.found.server)
        self.show(server, search.found.source)
        return self._agreed(replace(search.found, server=server), address)

    def show(self, server: Server, source: str) -> None:
        """What would be written, and who says so."""
        self._session.say(f"settings from {source}:")
        for name, words in (
            ("server", server.host),
            ("port", str(server.port)),
            ("security", _TLS_WORDS[server.tls]),
            ("user", server.user),
            ("sign-in", " or ".join(server.sign_in)),
            ("note", server.note),
        ):
            if words and self._session.verbosity >= 0:
                from tracker.sanitizer import one_line

                sys.stderr.write(f"  {name:8}  {one_line(words)}\n")

    def signing(self, server: Server, name: str) -> dict[str, Any]:
        """The settings that say how we sign in, and where the secret comes from. Raises `UsageError`."""
        from tracker.discovery import SignIn

        way = self._way(server)
        if way is SignIn.OAUTH2:
            return self._oauth2(server, name)
        auth = {"auth": "xoauth2"} if self._wishes.auth == "xoauth2" else {}
        what = "App password" if way is SignIn.APP_PASSWORD else "Password"
        return auth | self._secret(server, f"{name}.password", what)

    def confirm(self, question: str) -> bool:
        """Whether the person agrees; with --yes they do."""
        return self._wishes.is_silent or confirmed(question)

    def beside(self, name: str) -> Path:
        """A file of this name beside the configuration."""
        return self._config.absolute().with_name(name)

    def keep(self, file: Path, text: str) -> str:
        """Write a file that only its owner can read, and that goes away if nothing comes of all this."""
        from tracker.service.setup import write_private

        write_private(file, text)
        self._taken_back.append(lambda: file.unlink(missing_ok=True))
        return str(file)

    def give_up(self) -> None:
        """Take away what was written: a password that does not work is of no use."""
        for take_back in self._taken_back:
            with suppress(TrackerError):  # why we give up is what has to be told
                take_back()

    def _agreed(self, found: Found, address: str) -> Server:
        if self._wishes.is_silent and not found.is_vouched:
            raise UsageError(
                f"only DNS says that {found.server.host} is the server of {address}, which is another domain",
                hint=f"look at it, then say so: --host {found.server.host}",
            )
        if self.confirm(f"Use these settings, and write them to {self._config}?"):
            return found.server
        return self._corrected(found.server)

    def _typed(self, address: str, host: str, search: Search) -> Server:
        if self._wishes.is_silent:
            reasons = "; ".join(f"{name} {reason}" for name, reason in search.tried)
            raise UsageError(f"no server was found for {address}: {reasons}", hint="name it with --host")
        return self._corrected(self._wished(address, host))

    def _corrected(self, server: Server) -> Server:
        host = self._ask("IMAP server", "--host", server.host)
        tls = self._choose("Encryption", "--tls", tuple(PORTS), server.tls)
        default = server.port if tls == server.tls else PORTS[tls]
        port = self._ask("Port", "--port", str(default), check=demand_port)
        user = self._ask("User", "--user", server.user)
        known = self._wished(user, host)
        return replace(known, port=int(port), tls=tls, user=user)

    def _wished(self, address: str, host: str) -> Server:
        """The server `host` as the options say; how one signs in there, if it is a known provider's."""
        from tracker.discovery import Server, provider_at

        wishes, known = self._wishes, provider_at(host)
        tls = wishes.tls or ("starttls" if wishes.port == PORTS["starttls"] else "implicit")
        if known and not wishes.tls and not wishes.port:
            tls = known.tls
        demand(tls, tuple(PORTS), "--tls")
        port = wishes.port or (known.port if known and known.tls == tls else PORTS[tls])
        server = Server(host, port, tls, wishes.user or address)
        return replace(server, sign_in=known.sign_in, oauth2=known.oauth2, note=known.note) if known else server

    def _with_wishes(self, server: Server) -> Server:
        wishes = self._wishes
        tls = wishes.tls or server.tls
        demand(tls, tuple(PORTS), "--tls")
        port = wishes.port or (server.port if tls == server.tls else PORTS[tls])
        return replace(server, port=port, tls=tls, user=wishes.user or server.user)

    def _way(self, server: Server) -> SignIn:
        from tracker.discovery import SignIn

        wishes = self._wishes
        demand(wishes.auth or "password", _AUTH, "--auth")
        if wishes.auth == "oauth2" or (wishes.tokens and not wishes.auth):
            return SignIn.OAUTH2
        passwords = [way for way in server.sign_in if way is not SignIn.OAUTH2]
        if wishes.auth or (wishes.secrets and passwords):
            return passwords[0] if passwords else SignIn.PASSWORD
        if len(server.sign_in) == 1:
            return server.sign_in[0]
        if wishes.is_silent:
            return passwords[0]
        return SignIn(self._choose("Sign in with", "--auth", tuple(server.sign_in), server.sign_in[0]))

    def _oauth2(self, server: Server, name: str) -> dict[str, Any]:
        from tracker.signin.oauth2 import demand_extra

        given = dict(self._wishes.tokens)
        if "token_command" in given:
            return given
        provider = given.setdefault("oauth2", server.oauth2)
        if not provider:
            words = "Program that prints an access token, and its arguments"
            return {"token_command": command_words(self._ask(words, "--token-command", check=command_words))}
        demand(provider, _PROVIDERS, "--oauth2")
        if not self._wishes.is_silent:  # nobody should fetch a client id and then find that it cannot be used
            demand_extra(provider)
        if "client_id" not in given:
            given["client_id"] = self._ask(
                f"Client id at {provider} (docs/oauth.md tells how to get one)", "--client-id"
            )
        return given | (self._secret(server, f"{name}.client-secret", "Client secret") if provider == "google" else {})

    def _secret(self, server: Server, file: str, what: str) -> dict[str, Any]:
        """Where the secret will come from; one that is typed is kept there at once."""
        if self._wishes.secrets:
            return self._wishes.secrets
        way = self._choose(
            f"{what}: type it now, into a file or the keyring, or let a command print it",
            "one of --password-command, --password-file, --credential, --keyring",
            ("file", "keyring", "command"),
            "file",
        )
        if way == "command":
            words = self._ask("Program and its arguments, such as `pass show mail`", "", check=command_words)
            return {"password_command": command_words(words)}
        if way == "keyring":
            self._put_into_keyring(server, what)
            return {"keyring": True}
        return {"password_file": self.keep(self.beside(file), f"{typed_secret(what)}\n")}

    def _put_into_keyring(self, server: Server, what: str) -> None:
        from tracker.service.setup import keyring_entry

        entry = keyring_entry(server)
        if entry.read() is not None:
            self._session.say(f"{entry.words} is there already, and used")
            return
        entry.write(typed_secret(what))
        self._taken_back.append(entry.remove)

    def _choose(self, question: str, option: str, choices: tuple[str, ...], default: str) -> str:
        """One of the choices."""
        # Plain words: of an enumeration Typer would list all members as choices, those that are not offered, too.
        told = f"{question} ({', '.join(choices)})"
        return self._ask(told, option, str(default), check=lambda word: demand(word, choices, "this"))

    def _ask(
        self, question: str, option: str, default: str | None = None, *, check: Callable[[str], object] = str
    ) -> str:
        """The answer of the person, who is asked again while `check` raises `UsageError`. With --yes it is raised."""
        if self._wishes.is_silent:
            raise UsageError(f"with --yes nobody is asked: {title(question)}", hint=f"say it by {option}")
        return ask(question, option, default, check)
