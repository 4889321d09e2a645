"""Whose the state is: another user who writes it would leave files behind that its owner cannot read."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from tracker.errors import WrongUser
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from pathlib import Path


def demand_owner(path: Path) -> None:
    """Raises `WrongUser` if the file is another user's, or, before there is one, the folder in which it would be made.

    A folder of root's in which one may write, such as /tmp, is everybody's.
    """
    is_file = path.exists()
    place = path if is_file else path.parent
    try:
        owner = place.stat().st_uid
    except OSError:
        return
    if owner == os.geteuid() or (not is_file and owner == 0):
        return
    name = _name(owner)
    raise WrongUser(
        f"{one_line(str(place))} belongs to {name}, and this is {_name(os.geteuid())}",
        hint=f"run it as its owner: runuser -u {name} -- tracker ..., with the same TRACKER_STATE",
    )


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"
