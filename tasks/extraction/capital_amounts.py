"""Amounts in Chinese capitals (大写): 壹仟贰佰叁拾肆元伍角陆分 is 1,234.56 yuan.

A receipt says its total twice, in digits and in capitals. The capitals are read strictly: a text
is an amount only when it is one of the ways in which that very amount is written, as the rules
for filling in bills (支付结算办法, 附一 正确填写票据和结算凭证的基本规定) allow them. So a
misread or lost sign gives no amount, seldom another one.
"""

import itertools
import re
from collections.abc import Iterator

#: The largest amount that is read, in fen: below a hundred million yuan.
CAPITALS_MAX_MINOR = 9_999_999_999
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
#: Places within four digits, from the thousands down.
_PLACES = ("仟", "佰", "拾", "")
_FEN_IN_YUAN = 100
_YUAN_IN_WAN = 10_000
#: Signs of other spellings, and the one that is meant.
_SPELLINGS = str.maketrans(
    {"圆": "元", "圓": "元", "正": "整", "貳": "贰", "參": "叁", "陸": "陆", "萬": "万", "〇": "零"}
)
_AMOUNT = re.compile(
    r"(?:(?P<wan>[零壹贰叁肆伍陆柒捌玖拾佰仟]+)万)?(?P<low>[零壹贰叁肆伍陆柒捌玖拾佰仟]*)元"
    r"零?(?:(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?零?(?:(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?整?"
)
_CENTS_ALONE = re.compile(
    r"(?:(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?(?:(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?整?"
)
_GROUP = re.compile(
    r"零?(?:([壹贰叁肆伍陆柒捌玖])仟)?零?(?:([壹贰叁肆伍陆柒捌玖])佰)?"
    r"零?(?:([壹贰叁肆伍陆柒捌玖])拾)?零?([壹贰叁肆伍陆柒捌玖])?零?"
)


def capitals_of(amount_minor: int) -> str:
    """Return an amount of whole fen in capitals, in its first spelling.

    Raises:
        ValueError: when the amount is negative or larger than ``CAPITALS_MAX_MINOR``.
    """
    return next(_spellings(amount_minor))


def minor_of_capitals(text: str) -> int | None:
    """Return the whole fen that a text in capitals says, or None when it is no amount."""
    plain = re.sub(r"\s+", "", text).translate(_SPELLINGS).removeprefix("人民币")
    amount = _structure(plain)
    if amount is None or amount > CAPITALS_MAX_MINOR:
        return None
    return amount if plain in _spellings(amount) else None


def _structure(text: str) -> int | None:
    """The amount a text may mean, whatever its zeros; None when its signs stand in no order."""
    match = _AMOUNT.fullmatch(text) or (_CENTS_ALONE.fullmatch(text) if text else None)
    if match is None:
        return None
    parts = match.groupdict()
    yuan = _group(parts.get("wan") or "") * _YUAN_IN_WAN + _group(parts.get("low") or "")
    return yuan * _FEN_IN_YUAN + _digit(parts["jiao"]) * 10 + _digit(parts["fen"])


def _group(text: str) -> int:
    match = _GROUP.fullmatch(text)
    if match is None:
        return 0
    return sum(
        _digit(sign) * weight
        for sign, weight in zip(match.groups(), (1000, 100, 10, 1), strict=True)
    )


def _digit(sign: str | None) -> int:
    return _DIGITS.index(sign) if sign else 0


def _spellings(amount_minor: int) -> Iterator[str]:
    """Every way in which an amount may be written, the usual one first."""
    if not 0 <= amount_minor <= CAPITALS_MAX_MINOR:
        raise ValueError(f"capitals hold amounts from 0 to {CAPITALS_MAX_MINOR}")
    yuan, cents = divmod(amount_minor, _FEN_IN_YUAN)
    jiao, fen = divmod(cents, 10)
    wholes = _yuan_texts(yuan) if yuan else ("零元", "") if cents else ("零元",)
    for whole, part in itertools.product(wholes, _cent_texts(yuan, jiao, fen)):
        yield f"{whole}{part}"


def _yuan_texts(yuan: int) -> tuple[str, ...]:
    high, low = divmod(yuan, _YUAN_IN_WAN)
    if not high:
        return (f"{_four(low)}元",)
    if not low:
        return (f"{_four(high)}万元",)
    text = f"{_four(high)}万%s{_four(low)}元"
    if low < _YUAN_IN_WAN // 10:
        return (text % "零",)
    # 107,000.53 may be written 壹拾万柒仟元… or 壹拾万零柒仟元…
    return (text % "", text % "零") if not high % 10 else (text % "",)


def _four(number: int) -> str:
    """A number from 1 to 9999; several zeros side by side are written once."""
    text = ""
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit != "0":
            text += _DIGITS[int(digit)] + place
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")


def _cent_texts(yuan: int, jiao: int, fen: int) -> tuple[str, ...]:
    if not jiao and not fen:
        return ("整", "") if yuan else ("整",)
    texts: tuple[str, ...]
    if not fen:
        texts = (f"{_DIGITS[jiao]}角整", f"{_DIGITS[jiao]}角")
    elif not jiao:
        # 16,409.02 is written 壹万陆仟肆佰零玖元零贰分.
        return (f"零{_DIGITS[fen]}分",) if yuan else (f"零{_DIGITS[fen]}分", f"{_DIGITS[fen]}分")
    else:
        texts = (f"{_DIGITS[jiao]}角{_DIGITS[fen]}分",)
    # 1,680.32 may be written 壹仟陆佰捌拾元叁角贰分 or 壹仟陆佰捌拾元零叁角贰分.
    return (*texts, *(f"零{text}" for text in texts)) if yuan and not yuan % 10 else texts
