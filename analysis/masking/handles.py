"""Names that a person carries on a network or a road: e-mail, WeChat, QQ, passport, number plate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.masking.words import SPACE
from core.values import Mask

_AT = re.compile(rf"{SPACE}{{0,2}}(?:@|[\[(【]at[\])】]|#|艾特|(?<=[a-z0-9]) at (?=[a-z0-9])|圈a){SPACE}{{0,2}}")
_LOCAL = re.compile(r"[a-z0-9][a-z0-9._%+\-]{0,63}\Z")
_HIDDEN = re.compile(r"[a-z0-9._]\*+\Z")  # l***8@…: somebody has hidden it already
_DOT = rf"{SPACE}{{0,2}}(?:\.|。|点|[\[(【](?:dot|点)[\])】]| dot ){SPACE}{{0,2}}"
_DOMAIN = re.compile(rf"[a-z0-9][a-z0-9\-]{{0,62}}(?:{_DOT}[a-z0-9][a-z0-9\-]{{0,62}}){{1,5}}")
_TOP = re.compile(r"[a-z]{2,24}\Z")
_KNOWN_TOP = re.compile(
    r"(?:com|cn|net|org|edu|gov|example|test|invalid|io|me|cc|top|xyz|info|vip|hk|tw|co|app|email)\Z"
)

_SAY = r"[\s:是为)】\]\-—=_~❤♥💚♡️]{0,4}"
_WECHAT = re.compile(
    r"(?:(?<![a-z])(?:wx|vx|wechat|weixin|v ?信|v(?=[:❤️(+➕ ])|[+➕加]v|v x|w x)(?: ?id| ?no\.?)?"
    r"|微 ?信(?!公众|小程序|订阅|服务号|ios|app|pay|支付)"
    r"|[威薇维徽徵微] ?(?:信|[芯星心❤♥💗🧡💛💚💙]\ufe0f?信?)"
    r"|卫星(?= ?号|:)|[+➕加]?[🛰📡]\ufe0f?|绿泡泡|绿色泡泡|薇(?=[❤:a-z]))"
    rf" ?号?(?:同号)?码?(?:\([^()\n]{{0,8}}\))?[+➕]?{_SAY}([a-z][a-z0-9_\-]{{5,19}})(?![a-z0-9_@.])"
)
# 加我 before a name that no ordinary word looks like: with a digit, a dash or an underscore in it
_ADD_ME = re.compile(
    r"(?:加我|加他|加她|私我|找我|➕我)(?:好友)?[:\s「\"'“]{0,2}"
    r"([a-z](?=[a-z]*[0-9_\-])[a-z0-9_\-]{5,19})(?![a-z0-9_@.])"
)
_LATIN = re.compile(r"[a-z][a-z0-9_\-]{5}")  # without such a run no name on WeChat stands there
_WXID = re.compile(r"(?<![a-z0-9_])wxid_[a-z0-9]{6,20}")
_QQ = re.compile(
    r"(?:(?<![a-z0-9])(?:q ?q|q(?=[:\d群号]))|[扣叩蔻寇抠] ?[扣叩蔻寇抠]|[加扣抠]扣|[扣抠](?=群|号)|企鹅|球球|🐧"
    r"|[入进加]裙|(?<=[入进加])群(?=:))"
    rf"(?: ?群号|交流群| ?[群裙]| ?号码| ?号| ?码)?{_SAY}"
    r"([1-9]\d{4,10}|[1-9]\d{1,3}(?:[ \-]\d{2,5}){1,4}|[1-9](?:[ \-]\d){4,10})(?![\d@.%万亿元次人年月]|[ \-]\d)"
)
_FIVE = re.compile(r"\d(?:[ \-]?\d){4}")  # without so many digits no QQ number
_SHORT_Q = re.compile(r"q:?\d{1,5}\Z")
_NUMERAL = "[一二三四五六七八九零〇幺]"
_SPELLED_QQ = re.compile(
    rf"(?:q ?q|[扣叩蔻寇抠] ?[扣叩蔻寇抠]|企鹅)号?[:是\s]{{0,2}}({_NUMERAL}{{6,11}})(?!{_NUMERAL})"
)
_NOT_QQ = re.compile(r"(?:口令|兑换码?|优惠码?|邀请码|验证码|编号|型号)[:\s「]{0,2}\Z")
_PASSPORT = re.compile(
    r"(?:护照|passport|通行证|台胞证|回乡证|(?<![a-z])pp(?= ?no))本?(?:号码?|证号|编号|\s?no\.?|\s?number)?"
    r"[\s:是为.#(「\"“【\[]{0,4}"
    r"([a-z]{1,2} ?(?:\d{7,9}|\d{4} \d{4})|\d{8,9})(?![a-z0-9])"
)
_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCE}][a-hj-z](?:[·•.\-]|{SPACE})?(?=[a-z]{{0,4}}\d)"
    r"(?:[a-hj-np-z0-9]{5,6}|[a-hj-np-z0-9]{4}[挂学警港澳])(?![a-z0-9*.])"
    rf"|[{_PROVINCE}] [a-hj-z](?: [a-hj-np-z0-9]){{5,6}}(?! ?[a-z0-9*.])"
)


def handles(folded: str) -> Iterator[Mask]:
    """Masks of e-mail addresses, WeChat and QQ names, passports and plates in folded text."""
    yield from _emails(folded)
    if _LATIN.search(folded):
        yield from _wechats(folded)
    for match in _QQ.finditer(folded) if _FIVE.search(folded) else ():
        # q12345 is a model or a quarter, not a person
        if not _SHORT_Q.match(match[0]) and not _NOT_QQ.search(folded, max(0, match.start() - 8), match.start()):
            yield Mask("qq", *match.span(1))
    for match in _SPELLED_QQ.finditer(folded):
        yield Mask("qq", *match.span(1))
    for match in _PASSPORT.finditer(folded):
        yield Mask("passport", *match.span(1))
    for match in _PLATE.finditer(folded):
        if sum(c.isdigit() for c in match[0]) >= 2:
            yield Mask("plate", *match.span())


def _wechats(folded: str) -> Iterator[Mask]:
    for pattern in (_WECHAT, _ADD_ME):
        for match in pattern.finditer(folded):
            yield Mask("wechat", *match.span(1))
    for match in _WXID.finditer(folded):
        yield Mask("wechat", *match.span())


def _emails(folded: str) -> Iterator[Mask]:
    for at in _AT.finditer(folded):
        local = _LOCAL.search(folded[max(0, at.start() - 64) : at.start()])
        domain = _DOMAIN.match(folded, at.end())
        if not local or not domain or _HIDDEN.search(folded, max(0, at.start() - 80), at.start() - len(local[0])):
            continue
        parts = re.split(_DOT, domain[0])
        top = _TOP if "@" in at[0] else _KNOWN_TOP
        while len(parts) > 1 and not top.match(parts[-1]):
            parts.pop()
        if len(parts) < 2:
            continue
        end = _end_of(domain, parts)
        yield Mask("email", at.start() - len(local[0]), end)


def _end_of(domain: re.Match[str], parts: list[str]) -> int:
    at = 0
    for part in parts:
        at = domain[0].index(part, at) + len(part)
    return domain.start() + at
