"""Whose the state is: another user who writes it would leave files behind that its owner cannot read."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.errors import WrongUser
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from pathlib import Path


def demand_owner(path: Path) -> None:
    """Raises `WrongUser` if the file is another user's, or, before there is one, the folder in which it would be made.

    What lies in a folder into which one cannot look is the owner's of that folder. A folder of root's in which one may
    write, such as /tmp, is everybody's.
    """
    try:
        is_file, is_hidden = path.exists(), False
        place = path if is_file else path.parent
        owner = place.stat().st_uid
    except PermissionError:
        is_file, is_hidden, place = False, True, nearest(path)
        owner = place.stat().st_uid
    except OSError:
        return
    is_everybodys = owner == 0 and not (is_file or is_hidden)
    if owner == os.geteuid() or is_everybodys:
        return
    name = _name(owner)
    raise WrongUser(
        f"{one_line(str(place))} belongs to {name}, and this is {_name(os.geteuid())}",
        hint=f"run it as its owner: runuser -u {name} -- tracker ..., with the same TRACKER_STATE",
    )


def nearest(path: Path) -> Path:
    """The path itself if one can see that it is there, else the nearest folder above it of which one can."""
    for place in (path, *path.parents):
        with suppress(OSError):
            place.stat()
            return place
    return path


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"
