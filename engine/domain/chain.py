"""The hash chain of the history: leaves, commitments to personal data, and seals (after RFC 9162's domain separation)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

EMPTY = b"\0" * 32
"""The head of a stream without links."""


def commitment(salt: bytes, private: str) -> str:
    """Return the hexadecimal commitment to personal data: it can be erased later, and the chain still holds."""
    return hashlib.sha256(b"\x02" + salt + private.encode()).hexdigest()


def leaf(previous: bytes, stream: str, seq: int, at: datetime, actor: str, kind: str, payload: str) -> bytes:
    """Return the hash of one link: SHA-256 over 0x00, the previous leaf and every column, each preceded by its length."""
    digest = hashlib.sha256(b"\x00" + previous)
    for part in (stream, str(seq), at.isoformat(), actor, kind, payload):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def seal(key: bytes, stream: str, count: int, head: bytes) -> bytes:
    """Return the keyed seal over a stream's end; the key is kept outside the database."""
    return hmac.new(key, b"\x01" + f"{stream}\n{count}\n".encode() + head, hashlib.sha256).digest()
