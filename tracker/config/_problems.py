"""What is wrong with a setting, in words for whoever writes TOML, not in those of the library that checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_WORDS = {
    "extra_forbidden": "there is no such setting",
    "missing": "is missing",
    "string_type": "write a text in quotes",
    "int_type": "write a whole number, without quotes",
    "float_type": "write a number, without quotes",
    "float_parsing": "write a number, without quotes",
    "bool_type": "write true or false, without quotes",
    "list_type": "write a list, in square brackets",
    "model_type": "write a table, its settings below its name in brackets",
    "literal_error": "write {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
}
"""By the kind of the problem, with what the library knows of it in braces."""

_HELD = {
    "name": "letters, digits (at least one of these) and . _ @ + -",
    "client_id": "ASCII letters, digits and signs, no blanks",
    "tenant": "letters, digits, - and single dots between them",
}
"""What a setting that has to fit a pattern may hold."""


def problem(detail: Mapping[str, Any]) -> str:
    """One problem with its dotted key. The value is never shown: it might be a secret in the wrong place."""
    place = [str(part) for part in detail["loc"] if part != "function-after"]
    key, kind = ".".join(place), detail["type"]
    if kind == "string_pattern_mismatch":
        words = f"may hold {_HELD[place[-1]]}"
    elif kind == "list_type" and key == "account":
        words = "write [[account]], once for each account"
    elif kind in _WORDS:
        known = {name: str(value).replace("'", '"') for name, value in detail.get("ctx", {}).items()}
        words = _WORDS[kind].format_map(known)
    else:
        words = detail["msg"].removeprefix("Value error, ")
    return one_line(f"{key}: {words}" if key else words)
