"""
Names that a person carries on WeChat and QQ. Linear: a cue is looked for before each candidate, not the other way.

A candidate is a Latin name or a number; it counts when what stands before it says so: 加微信, 企鹅号.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.masking.checks import is_date, is_mobile
from analysis.masking.scripts import DIGIT, KEYCAP, TO_DIGIT
from analysis.masking.words import any_of, lists
from core.values import Mask

_NEAR = 22  # characters of left context that can hold a cue and its filler
_LATIN = re.compile(
    r"[a-z](?<![a-z0-9_@./\-][a-z])(?:[a-z0-9_\-]{5,24}|[a-z0-9_\-]{2,12}\.(?!com|cn|net|qq)[a-z0-9_\-]{2,9})"
    r"(?![a-z0-9_@]|\.[a-z])"
)
_GLUED = re.compile(r"(?:wx|vx|wechat|weixin)(?=[a-z0-9_\-]*\d)[:_\-]?([a-z][a-z0-9_\-]{5,19})\Z")
_PLUS_V = re.compile(r"[+➕加]\Z|(?:\A|[^\w])[家佳嘉伽枷茄咖珈]\Z")  # 家v… stands for 加v…
_WXID = re.compile(r"wxid_[a-z0-9]{6,20}")
# 加我 before a name that no ordinary word looks like: with a digit, a dash or an underscore in it
_ADD_ME = re.compile(r"(?:加我|加他|加她|私我|找我|加(?=:)|➕我|微我)(?:好友)?[:\s「\"'“]{0,2}\Z")
# A name of letters alone could be any word: something has to introduce it.
_INTRODUCED = re.compile("[:=「“\"'(【❤♥➕]|[^信]号|[是为搜叫]|(?<![a-z])id(?![a-z])|信号")
_MINE = re.compile(r"(?:[加我私找留]|我的|联系)\Z")
_SYLLABLE = (
    "(?:(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?"
    "(?:[iu]?ang|i?ong|[ei]ng|i?ao|u?ai|[iu]?an|[eiu]n|ei|ou|er|i[aeu]|u[aeio]|[aoeiuv]))"
)
_PINYIN = re.compile(rf"{_SYLLABLE}{{2,7}}\Z")
# Without one of these no rarer form of a name is looked for.
_HINTS = ("微信", "微 信", "薇信", "威信", "v信", "vx", "wx", "v:", "加v", "加微", "wechat", "绿泡")
_SPACED = re.compile(r"(?<![a-z0-9])[a-z](?: [a-z0-9]){5,19}(?![a-z0-9])")
_DIGITS = re.compile(r"(?<![0-9.@a-z])[1-9]\d{5,10}(?![\da-z@%万亿元次笔步个人条块分]|\.\d|[ \-]\d)")
_ITS_WECHAT = re.compile(r"[」”\"']?(?:这个|是我的?|为我的?|就是我的?)(?:微信|vx|wx|v信)")


@cache
def _wechat() -> re.Pattern[str]:
    words = lists("handles")
    heart = "[❤♥💗🧡💛💚💙♡★☆✨⭐✦♦◆]\ufe0f?"
    cue = (
        rf"{any_of(words['wechat'])}|(?<![a-z0-9])(?:[vw][ .\-·]?(?:x|信|{heart} ?x?)|wechat|weixin|wei ?信)"
        rf"|[威薇维徽徵微嶶溦魏蔚][ .\-·]?(?:[信芯星心x]|{heart}信?)|[加+➕]?[微薇](?=[我号:❤ ]|\Z)"
        r"|[🛰📡💚]\ufe0f?|(?<![a-z0-9])v(?=[:❤️♥(+➕ 号信是])"
        r"|(?:[+➕加]|我的|(?<!\w)[家佳嘉伽枷茄咖珈]) ?[vw](?=[ :是号]|\Z)"
        rf"|卫[信芯]|[卫维微威]{heart}[星芯心]"
    )
    filler = (
        rf"(?:{any_of(words['wechat_fillers'])}|{heart}|\([^()\n]{{0,8}}\)|[\s:()\[\]【】「」“”\"'=_\-~—+➕,/|]){{0,8}}"
    )
    return re.compile(rf"(?:{cue}){filler}\Z")


@cache
def _near_wechat() -> re.Pattern[str]:
    """The word for WeChat a little before: enough for a name that no word of a language looks like."""
    words = lists("handles")
    return re.compile(rf"(?:{any_of(words['wechat'])}|(?<![a-z0-9])[vw]x|wechat)[^。;!?\n]{{1,10}}\Z")


@cache
def _joined() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z0-9])[a-z][a-z0-9_]{{0,15}}(?: ?{any_of(_JOINS)} ?[a-z0-9_]{{1,15}}){{1,3}}"
        r"(?: \d{1,6})?(?![a-z0-9])"
    )


_JOINS = ("下划线", "底线", "中划线", "横线", "横杠", "短杠", "减号", "杠")
_CELL = re.compile(r"(?:(?<=[\t|])|(?<=[\t|] ))[a-z][a-z0-9]{2,14}_[a-z0-9_]{2,14}(?= ?(?:[\t|\n]|\Z))")
_BOLD = re.compile(r"\*{1,2}\Z")


def _left_of(folded: str, start: int, end: int) -> str:
    """What stands before a candidate, without the stars that set it in bold type: 微信：**name**, **微信**：name."""
    left = folded[max(0, start - _NEAR) : start]
    bold = _BOLD.search(left)
    if bold and folded.startswith(bold[0], end) and not folded.startswith("*", end + len(bold[0])):
        left = left[: bold.start()]
    return left.replace("**:", ":").replace(":**", ":")


_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def _numbers(folded: str) -> Iterator[Mask]:
    """Names of digits only: 加微信112233445. A mobile is left to those who know mobiles, a day is none."""
    for match in _DIGITS.finditer(folded):
        left, digits = _left_of(folded, *match.span()), match[0]
        cue = _wechat().search(left)
        if not cue or _qq().search(left) or (len(digits) == 11 and is_mobile(digits)):
            continue
        introduced = _INTRODUCED.search(cue[0]) or _MINE.search(left, 0, cue.start())
        if introduced or (len(digits) > 6 and not (len(digits) == 8 and is_date(digits))):
            yield Mask("wechat", *match.span())


def _apart(folded: str) -> Iterator[Mask]:
    """Names with a blank behind every character: l u x i a o m a n."""
    for match in _SPACED.finditer(folded):
        if _wechat().search(_left_of(folded, *match.span())):
            yield Mask("wechat", *match.span())


def _spelled(folded: str) -> Iterator[Mask]:
    """Names with their dashes in words: lin下划线hui."""
    for match in _joined().finditer(folded) if any(word in folded for word in _JOINS) else ():
        if _wechat().search(folded[max(0, match.start() - _NEAR) : match.start()]):
            yield Mask("wechat", *match.span())


def _in_cells(folded: str) -> Iterator[Mask]:
    """Names with an underscore in a cell of a line with a mobile."""
    for match in _CELL.finditer(folded) if "_" in folded and ("\t" in folded or "|" in folded) else ():
        low, high = folded.rfind("\n", 0, match.start()) + 1, folded.find("\n", match.end())
        low, high = max(low, match.start() - 80), min(high if high >= 0 else len(folded), match.end() + 80)
        if _MOBILE.search(folded, low, high):
            yield Mask("wechat", *match.span())


@cache
def _no_name() -> re.Pattern[str]:
    return re.compile(any_of(lists("handles")["not_wechat"]))


def wechats(folded: str) -> Iterator[Mask]:
    """Masks of names on WeChat."""
    yield from _spelled(folded)
    yield from _in_cells(folded)
    if any(hint in folded for hint in _HINTS):
        yield from _numbers(folded)
        yield from _apart(folded)
    for match in _LATIN.finditer(folded):
        left = _left_of(folded, *match.span())
        start = _name_start(match, left, folded)
        if start is not None and match.end() - start <= 20:
            yield Mask("wechat", start, match.end())


def _name_start(match: re.Match[str], left: str, folded: str) -> int | None:
    """Where in the candidate the name begins; None when it is none."""
    token = match[0]
    plain = token.isalpha()
    if _WXID.match(token):
        return match.start()
    if token[0] == "v" and _PLUS_V.search(left) and len(token) > 6 and token != "version":
        return match.start() + (2 if token.startswith("vx") and len(token) > 7 else 1)
    if _no_name().match(token):
        return None
    glued = _GLUED.match(token)
    if glued:
        return None if _no_name().match(glued[1]) else match.start() + glued.start(1)
    cue = _wechat().search(left)
    if cue and (
        not plain or _INTRODUCED.search(cue[0]) or _MINE.search(left, 0, cue.start()) or _pinyin_apart(cue[0], token)
    ):
        return match.start()
    if not plain and _ADD_ME.search(left):
        return match.start()
    if "_" in token and any(c.isdigit() for c in token) and _near_wechat().search(left):
        return match.start()
    return match.start() if _ITS_WECHAT.match(folded, match.end()) else None


def _pinyin_apart(cue: str, token: str) -> bool:
    """vx luxiaoman: a word of Chinese syllables behind a blank is the name of somebody."""
    return cue.endswith(" ") and bool(_PINYIN.match(token))


# What is counted comes behind a number; eight digits are too many to be counted: QQ11223344个人号.
_NUMBER = re.compile(
    rf"(?<![0-9@.])(?:[1-9]\d{{4,10}}|[1-9]\d{{1,3}}(?:[ \-]\d{{2,5}}){{1,4}}|[1-9](?:[ \-_.·]{{1,3}}\d){{4,10}}"
    rf"|[1-9]\d{{1,3}}(?:[_.·]\d{{2,4}}){{2,4}}"
    rf"|{DIGIT}(?:[{KEYCAP} \-]{{0,2}}{DIGIT}){{4,10}}[{KEYCAP}]{{0,2}})"
    r"(?![\d@%万亿元次]|(?<!\d{8})[人年月级名位个条只块分]|\.\d|[ \-]\d)"
)
_LONGEST = 64  # characters that a number can have, what must not follow it included
_HINT = re.compile("[q扣叩蔻寇抠裙🐧]|鹅|球球|秋秋|丘丘|君羊|群(?![众体岛])")  # without one of these no QQ number
_KEYCAPS = re.compile(r"[1-9]\ufe0f?\u20e3(?:\d\ufe0f?\u20e3){5,10}")
_CHARGED = re.compile(r"(?<![扣抠])[扣抠]我?[: ]?\Z")  # 扣我 may be money, unless a long number follows
_NOT_QQ = re.compile(r"(?:口令|兑换码?|优惠码?|邀请码|验证码|编号|型号)[:\s「]{0,2}q{0,2}\Z")


@cache
def _qq() -> re.Pattern[str]:
    words = lists("handles")
    cue = (
        rf"{any_of(words['qq'])}|(?<![a-z0-9])q[ .·_\-]?q|(?<![a-z0-9])q(?=[:\d群号我是\-\s]|\Z)"
        r"|[扣叩蔻寇抠q] ?[扣叩蔻寇抠]|[加扣抠]扣|[扣抠](?=[群号:])|[扣抠]我(?=:)"
        r"|(?:私聊?|有意|[加可请])[我请加]?[扣抠]我?|群(?=[:号])|(?<![被代没不折倒再多乱先])扣(?=\Z)"
    )
    return re.compile(rf"(?:{cue})((?:{any_of(words['qq_fillers'])}|[\s:()【】\[\]\-—=_~/|「“\"',]){{0,6}})\Z")


def _numbers_behind_hints(folded: str) -> Iterator[re.Match[str]]:
    reached = 0
    for hint in _HINT.finditer(folded):
        last = hint.end() + _NEAR
        for number in _NUMBER.finditer(folded, max(reached, hint.start()), last + _LONGEST):
            if number.start() > last:
                break
            reached = number.end()
            yield number


def qqs(folded: str) -> Iterator[Mask]:
    """Masks of numbers on QQ, groups included."""
    for match in _numbers_behind_hints(folded):
        left = _left_of(folded, *match.span())
        cue = _qq().search(left)
        if not cue or _NOT_QQ.search(folded, max(0, match.start() - 10), match.start()):
            continue
        digits = "".join(c.translate(TO_DIGIT) for c in match[0] if c.translate(TO_DIGIT).isdigit())
        # q12345 is a model or a quarter, not a person
        if len(digits) < 7 and _CHARGED.search(cue[0]):
            continue
        if digits[:1] != "0" and not (cue[0].rstrip(": ") == "q" and len(digits) <= 5):
            yield Mask("qq", *match.span())
    for match in _KEYCAPS.finditer(folded) if "\u20e3" in folded else ():
        yield Mask("qq", *match.span())  # nobody writes six keycaps in a row but to get a contact past a filter
