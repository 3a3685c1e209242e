"""Amounts of money in the Chinese capital figures that contracts and receipts write (大写)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from engine.errors import N_, InvalidInput

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
LIMIT = Decimal(10) ** 16


def in_words(amount: Decimal | float) -> str:
    """Return ``amount`` yuan in capital figures, rounded to the fen: 人民币壹仟零伍元陆角整; raise InvalidInput beyond 10^16."""
    rounded = Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if abs(rounded) >= LIMIT:
        raise InvalidInput(N_("The amount %(amount)s is too large to be written in words."), amount=str(amount))
    yuan, cents = divmod(int(abs(rounded) * 100), 100)
    jiao, fen = divmod(cents, 10)
    text = _whole(yuan) + "元" if yuan else ""
    if jiao:
        text += DIGITS[jiao] + "角"
    elif fen and yuan:
        text += "零"
    if fen:
        text += DIGITS[fen] + "分"
    text = text or "零元"
    return "人民币" + ("负" if rounded < 0 else "") + text + ("" if fen else "整")


def _whole(number: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        group = number // 10000**place % 10000
        if group == 0:
            gap = gap or bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + GROUPS[place]
        gap = False
    return text


def _group(number: int) -> str:
    """Write a number below ten thousand."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = gap or bool(text)
            continue
        text += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return text
