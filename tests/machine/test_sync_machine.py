"""The mailbox machine on every kind of mailbox."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import Phase
from hypothesis import settings as with_steps
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.accounts import opened, settings
from tests.machine.mailbox_machine import MailboxMachine, Place
from tests.machine.maildir_mailbox import maildir_place
from tests.properties.census import Census, examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.cyrus import Cyrus
    from tests.machine.dovecot import Dovecot
    from tests.machine.mail_program import MailServer


ENOUGH = {
    "complete": 1.0,
    "new": 3.0,
    "read_again": 0.2,
    "cut": 0.5,
    "cut_in_the_middle": 0.1,
    "cut_inside_a_folder": 0.04,
    **dict.fromkeys(("moved", "copied", "expunged", "renumbered", "delivered_again", "renamed_or_deleted"), 0.04),
}
"""How often each must happen in an example. Which examples are drawn differs with what else is loaded."""


@contextlib.contextmanager
def place_on(server: MailServer) -> Iterator[Place]:
    """A fresh account, whose mail program stays signed in."""
    user = server.user()
    account = settings(server.port, user=user.name, password=lambda: user.password, timeout=30.0)
    with user.mailbox.held():
        yield Place(user.mailbox, partial(opened, account))


def run(machine: type[MailboxMachine], *, count: int, steps: int) -> None:
    """Without looking for a shorter failure, which takes minutes; TRACKER_SLOW does, and runs far more examples."""
    is_slow = bool(os.environ.get("TRACKER_SLOW"))
    phases = tuple(Phase) if is_slow else (Phase.generate,)
    wanted = examples(count * 20 if is_slow else count)
    run_state_machine_as_test(machine, settings=with_steps(wanted, stateful_step_count=steps, phases=phases))


def test_nothing_that_happens_to_a_mailbox_loses_or_doubles_a_message(dovecot: Dovecot) -> None:
    class OnDovecot(MailboxMachine):
        fresh_place = partial(place_on, dovecot)
        census = Census()

    class Flooded(OnDovecot):
        is_flooded = True

    run(OnDovecot, count=20, steps=16)
    run(Flooded, count=4, steps=4)
    OnDovecot.census.require(**ENOUGH)


def test_the_same_on_a_server_that_keeps_uids_when_uidvalidity_changes(cyrus: Cyrus) -> None:
    class OnCyrus(MailboxMachine):
        fresh_place = partial(place_on, cyrus)
        flood = 3
        census = Census()

    run(OnCyrus, count=5, steps=12)
    OnCyrus.census.require(complete=1, new=1, renumbered=0.2)


def test_the_same_on_a_maildir_that_a_mail_program_changes() -> None:
    class OnMaildir(MailboxMachine):
        fresh_place = maildir_place
        census = Census()

    class Flooded(OnMaildir):
        is_flooded = True

    run(OnMaildir, count=25, steps=16)
    run(Flooded, count=4, steps=4)
    OnMaildir.census.require(**ENOUGH)
