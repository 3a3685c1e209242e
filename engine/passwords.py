"""Which passwords are accepted, and how they are kept: argon2id, never in the clear, never in the history."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from engine.errors import N_, InvalidInput, Problem

SHORTEST = 10
"""The least number of characters; length is what counts, so no mixture of kinds is asked for."""
LONGEST = 200
COMMON = frozenset({
    "1234567890", "12345678910", "0123456789", "0987654321", "9876543210", "qwertyuiop", "1qaz2wsx3edc", "password123", "passw0rd123",
    "password1234", "administrator", "iloveyou123", "welcome123", "letmein1234", "abcdefghij", "abc1234567", "a123456789",
    "woaini1314", "woaini520", "woaini5201314", "5201314520", "asdfghjkl;", "zxcvbnm123", "q1w2e3r4t5", "changeme123",
})
"""What is tried first by whoever guesses, beyond repetition and the person's own names."""

_HASHER = PasswordHasher()  # the low-memory profile of RFC 9106: 64 MiB, 3 passes, 4 lanes
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Z3VpY2hlbmdndWljaGVuZw$gz6bNX2JXoXYDuv2DTkVSi3TlJP0WYr1HJ0ItV8n2yk"


def problem_with(password: str, *, login: str = "", name: str = "") -> Problem | None:
    """Return why a password is not accepted, or None."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return Problem(N_("A password needs at least %(count)d characters."), {"count": SHORTEST}, element="password")
    if len(password) > LONGEST:
        return Problem(N_("A password has at most %(count)d characters."), {"count": LONGEST}, element="password")
    if plain in COMMON or len(set(plain)) < 4:
        return Problem(N_("This password is too easy to guess."), element="password")
    if (login and login.casefold() in plain) or (len(name) > 1 and name.casefold() in plain):
        return Problem(N_("A password must not contain the login or the name."), element="password")
    return None


def check(password: str, *, login: str = "", name: str = "") -> None:
    """Raise InvalidInput saying why a password is not accepted."""
    problem = problem_with(password, login=login, name=name)
    if problem is not None:
        raise InvalidInput(problem.template, problems=[problem], **problem.params)


def hashed(password: str) -> str:
    """Return what is kept of a password; takes some 50 milliseconds and 64 MiB on purpose."""
    return _HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Say whether a password is the one that was kept; takes as long when there is none, so that logins can't be probed."""
    try:
        return _HASHER.verify(kept or _NOBODY, password) and bool(kept)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Say whether a kept password was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(kept)
