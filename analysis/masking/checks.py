"""Whether digits can be an id, a card, a mobile: dates, check digits, ranges. Pure arithmetic."""

from __future__ import annotations

from datetime import date


def is_date(text: str) -> bool:
    """True for eight digits that are a day since 1900."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) >= date(1900, 1, 1)
    except ValueError:
        return False


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999


def is_id(digits: str) -> bool:
    """True for 18 characters with a birthday and the right check character."""
    if digits[0] == "0" or not is_date(digits[6:14]):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False))
    return "10x98765432"[total % 11] == digits[17]


_DOUBLED = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))  # digit sums of twice the digit


def luhn(digits: str) -> bool:
    """True when the check digit of a card is right."""
    odd, even = digits[-1::-2].encode(), digits[-2::-2].encode()
    return (sum(odd) - 48 * len(odd) + sum(even.translate(_DOUBLED))) % 10 == 0


def is_card(digits: str) -> bool:
    """True for a card of a Chinese bank."""
    return digits.startswith("62") and luhn(digits)


def is_mobile(digits: str) -> bool:
    """True when eleven digits begin like a Chinese mobile."""
    return digits[0] == "1" and digits[1] in "3456789"


def issued(digits: str) -> bool:
    """True when cards begin so. 2221 to 2720 is MasterCard, 34 to 37 Amex and JCB, 9558 an old range of one bank."""
    if digits[0] == "2":
        return len(digits) == 16 and "2221" <= digits[:4] <= "2720"
    if digits[0] == "3":
        return digits.startswith(("34", "37") if len(digits) == 15 else ("35", "36"))
    return digits[0] in "456" or digits.startswith("9558")
