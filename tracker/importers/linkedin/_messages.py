"""Letters to messages: who of the people is the user, who else is meant, and what makes each the same again."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from tracker.domain.connection import profile_addr
from tracker.domain.message import Address, FolderRole, Message
from tracker.importers.linkedin._names import NOBODY, name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tracker.importers.linkedin._letters import Letter, Skips
    from tracker.importers.linkedin._names import Names

ME = "me"
"""The slug under which LinkedIn shows everyone their own profile, where an export does not tell the user's."""

NOT_TOLD = "it cannot be told which of the people is you; import the whole archive"
ALONE = "to nobody else"

_MOST = 0.8
"""The user takes part in every conversation; some rows name a closed account in their place."""

_SEEN_IN = frozenset({FolderRole.OTHER})


@dataclass(frozen=True, slots=True)
class Owner:
    """The user, as the export knows them; `slug` is case-folded."""

    slug: str
    name: str


def owner_of(letters: Sequence[Letter], names: Names, told: Counter[str], network: frozenset[str]) -> Owner | None:
    """Who the user is: who takes part in most rows, is not among their own connections, and is one only.

    `told` counts the profiles that other files take for the user's, `network` holds the slugs of the connections.
    """
    if owner := _by_direction(letters, names):
        return owner
    parts: Counter[str | tuple[str]] = Counter()
    for letter in letters:
        parts.update(_participants(letter, names))
    able = {part: count for part, count in parts.items() if part not in network}
    for slug, _ in told.most_common(1):
        if slug.casefold() in able:
            return Owner(slug.casefold(), names.displays.get(slug.casefold(), ""))
    best = max(able.values(), default=0)
    first = [part for part, count in able.items() if count == best]
    if len(first) != 1 or best < _MOST * len(letters):
        return None
    (part,) = first
    return Owner(part, names.displays.get(part, "")) if isinstance(part, str) else Owner(ME, part[0])


def _by_direction(letters: Sequence[Letter], names: Names) -> Owner | None:
    """The user in the layout of 2018, which tells the direction of each row and no profiles."""
    called = Counter(letter.sender_name for letter in letters if letter.is_outgoing)
    if not called:
        called = Counter(name for letter in letters if letter.is_outgoing is False for name in names.split(letter.to))
    return next((Owner(ME, name) for name, _ in called.most_common(1)), None)


def _participants(letter: Letter, names: Names) -> set[str | tuple[str]]:
    """The slugs of those who take part in a row, all of a name's; where no profile is told, the name in a tuple."""
    called = [] if letter.sender else [letter.sender_name]
    called += [] if letter.recipients else names.split(letter.to)
    found: set[str | tuple[str]] = {*letter.recipients, *filter(None, [letter.sender])}
    for name in called:
        found.update(names.slugs.get(name_key(name)) or {(name,)})
    return found


@dataclass(slots=True)
class Writing:
    """Makes messages of letters. `seen` counts those that are equal in conversation, time and sender."""

    owner: Owner
    names: Names
    skips: Skips
    talks: Mapping[str, Mapping[str, set[str]]]
    seen: Counter[tuple[str, ...]] = field(default_factory=Counter)
    people: dict[tuple[str, str], Address] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def messages(self, letters: Iterable[Letter]) -> Iterator[Message]:
        """The messages of one file, in its order; what cannot be one is counted with its reason."""
        for letter in letters:
            message, problem = self._message(letter)
            if message is None:
                self.skips.add(problem, letter.line)
            else:
                yield message

    def _message(self, letter: Letter) -> tuple[Message | None, str]:
        sender, problem = self._sender(letter)
        if sender is None:
            return None, f"from someone {problem}"
        recipients, problem = self._recipients(letter)
        others = tuple(dict.fromkeys(slug for slug in recipients if slug != sender))
        # Without the people that are not told, a message to a group would pass for one to a single person.
        if problem and (sender == self.owner.slug or not others):
            return None, f"to someone {problem}"
        if not others:
            return None, ALONE
        conversation = letter.conversation or self._pair(sender, others)
        key = (conversation, letter.at.isoformat(), sender)
        number = self.seen[key]
        self.seen[key] += 1
        facts = "\0".join(("linkedin", *key, str(number)))
        message = Message(
            identity=blake2b(facts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
            message_id=None,
            author=self._person(sender, letter.sender_name),
            dated_at=letter.at,
            received_at=letter.at,
            subject=letter.subject,
            to=tuple(self._person(slug, letter.to if len(recipients) == 1 else "") for slug in others),
            thread_keys=self.keys.setdefault(conversation, (f"linkedin {conversation}",)),
            seen_in=_SEEN_IN,
        )
        return message, ""

    def _sender(self, letter: Letter) -> tuple[str | None, str]:
        if letter.sender is not None:
            return letter.sender, ""
        if letter.is_outgoing:
            return self.owner.slug, ""
        if letter.is_outgoing is False:
            return self.names.slug(letter.sender_name, {})
        return self._slug(letter.sender_name, letter)

    def _recipients(self, letter: Letter) -> tuple[list[str], str]:
        """The slugs of the recipients, and what is wrong with one whose slug is not told."""
        if letter.recipients or letter.strangers:
            return list(letter.recipients), NOBODY if letter.strangers else ""
        if letter.is_outgoing is False and not letter.to:
            return [self.owner.slug], ""
        found = [self._slug(name, letter) for name in self.names.split(letter.to)]
        problems = [problem for slug, problem in found if slug is None]
        return [slug for slug, _ in found if slug is not None], next(iter(problems), "")

    def _slug(self, name: str, letter: Letter) -> tuple[str | None, str]:
        if name_key(name) == name_key(self.owner.name) and not (letter.is_outgoing or letter.sender == self.owner.slug):
            return self.owner.slug, ""
        return self.names.slug(name, self.talks.get(letter.conversation, {}))

    def _pair(self, sender: str, others: tuple[str, ...]) -> str:
        """The name of a conversation without an id: the people in it beside the user."""
        return " ".join(sorted({sender, *others} - {self.owner.slug}))

    def _person(self, slug: str, name: str) -> Address:
        shown = self.names.displays.get(slug) or name
        return self.people.setdefault((slug, shown), Address(shown, profile_addr(slug)))


def talks_of(letters: Iterable[Letter]) -> Mapping[str, Mapping[str, set[str]]]:
    """Who is called what in which conversation, by those who wrote there under their profile."""
    talks: dict[str, defaultdict[str, set[str]]] = {}
    for letter in letters:
        if letter.conversation and letter.sender:
            inside = talks.setdefault(letter.conversation, defaultdict(set))
            inside[name_key(letter.sender_name)].add(letter.sender)
    return talks
