"""
Names that a person carries on WeChat and QQ. Linear: a cue is looked for before each candidate, not the other way.

A candidate is a Latin name or a number; it counts when what stands before it says so: 加微信, 企鹅号.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.masking.scripts import DIGIT, KEYCAP, TO_DIGIT
from analysis.masking.words import any_of, lists
from core.values import Mask

_NEAR = 22  # characters of left context that can hold a cue and its filler
_LATIN = re.compile(
    r"(?<![a-z0-9_@./\-])[a-z](?:[a-z0-9_\-]{5,24}|[a-z0-9_\-]{2,12}\.(?!com|cn|net|qq)[a-z0-9_\-]{2,9})"
    r"(?![a-z0-9_@]|\.[a-z])"
)
_GLUED = re.compile(r"(?:wx|vx|wechat|weixin)(?=[a-z0-9_\-]*\d)[:_\-]?([a-z][a-z0-9_\-]{5,19})\Z")
_PLUS_V = re.compile(r"[+➕加]\Z")
_WXID = re.compile(r"wxid_[a-z0-9]{6,20}")
# 加我 before a name that no ordinary word looks like: with a digit, a dash or an underscore in it
_ADD_ME = re.compile(r"(?:加我|加他|加她|私我|找我|➕我|微我)(?:好友)?[:\s「\"'“]{0,2}\Z")
# A name of letters alone could be any word: something has to introduce it.
_INTRODUCED = re.compile("[:=「“\"'(【❤♥➕]|[^信]号|[是为搜叫]|(?<![a-z])id(?![a-z])|信号")
_MINE = re.compile(r"(?:[加我私]|我的)\Z")
_ITS_WECHAT = re.compile(r"[」”\"']?(?:这个|是我的?|为我的?|就是我的?)(?:微信|vx|wx|v信)")


@cache
def _wechat() -> re.Pattern[str]:
    words = lists("handles")
    heart = "[❤♥💗🧡💛💚💙♡]\ufe0f?"
    cue = (
        rf"{any_of(words['wechat'])}|(?<![a-z0-9])(?:[vw][ .\-·]?(?:x|信|{heart} ?x?)|wechat|weixin|wei ?信)"
        rf"|[威薇维徽徵微嶶溦魏蔚][ .\-·]?(?:[信芯星心x]|{heart}信?)|[加+➕]?[微薇](?=[我号:❤ ]|\Z)"
        r"|[🛰📡💚]\ufe0f?|(?<![a-z0-9])v(?=[:❤️♥(+➕ 号信是])|(?:[+➕加]|我的) ?v(?=[ :是号]|\Z)"
    )
    filler = (
        rf"(?:{any_of(words['wechat_fillers'])}|{heart}|\([^()\n]{{0,8}}\)|[\s:()\[\]【】「」“”\"'=_\-~—+➕,/|]){{0,8}}"
    )
    return re.compile(rf"(?:{cue}){filler}\Z")


@cache
def _no_name() -> re.Pattern[str]:
    return re.compile(any_of(lists("handles")["not_wechat"]))


def wechats(folded: str) -> Iterator[Mask]:
    """Masks of names on WeChat."""
    for match in _LATIN.finditer(folded):
        left = folded[max(0, match.start() - _NEAR) : match.start()]
        start = _name_start(match, left, folded)
        if start is not None and match.end() - start <= 20:
            yield Mask("wechat", start, match.end())


def _name_start(match: re.Match[str], left: str, folded: str) -> int | None:
    """Where in the candidate the name begins; None when it is none."""
    token = match[0]
    plain = token.isalpha()
    if _WXID.match(token):
        return match.start()
    if token[0] == "v" and _PLUS_V.search(left) and len(token) > 6:
        return match.start() + (2 if token.startswith("vx") and len(token) > 7 else 1)
    if _no_name().match(token):
        return None
    glued = _GLUED.match(token)
    if glued:
        return None if _no_name().match(glued[1]) else match.start() + glued.start(1)
    cue = _wechat().search(left)
    if cue and (not plain or _INTRODUCED.search(cue[0]) or _MINE.search(left, 0, cue.start())):
        return match.start()
    if not plain and _ADD_ME.search(left):
        return match.start()
    return match.start() if _ITS_WECHAT.match(folded, match.end()) else None


_NUMBER = re.compile(
    rf"(?<![0-9@.])(?:[1-9]\d{{4,10}}|[1-9]\d{{1,3}}(?:[ \-]\d{{2,5}}){{1,4}}|[1-9](?:[ \-]\d){{4,10}}"
    rf"|{DIGIT}(?:[{KEYCAP} \-]{{0,2}}{DIGIT}){{4,10}}[{KEYCAP}]{{0,2}})(?![\d@%万亿元次人年月级名位个条]|\.\d|[ \-]\d)"
)
_HINT = re.compile("[q扣叩蔻寇抠裙🐧]|企鹅|球球|秋秋|丘丘|君羊|群(?![众体岛])")  # without one of these no QQ number
_KEYCAPS = re.compile(r"[1-9]\ufe0f?\u20e3(?:\d\ufe0f?\u20e3){5,10}")
_NOT_QQ = re.compile(r"(?:口令|兑换码?|优惠码?|邀请码|验证码|编号|型号)[:\s「]{0,2}q{0,2}\Z")


@cache
def _qq() -> re.Pattern[str]:
    words = lists("handles")
    cue = (
        rf"{any_of(words['qq'])}|(?<![a-z0-9])q[ .·_\-]?q|(?<![a-z0-9])q(?=[:\d群号\-\s]|\Z)"
        r"|[扣叩蔻寇抠q] ?[扣叩蔻寇抠]|[加扣抠]扣|[扣抠](?=[群号:])|群(?=[:号])"
    )
    return re.compile(rf"(?:{cue})((?:{any_of(words['qq_fillers'])}|[\s:()【】\[\]\-—=_~/|「“\"']){{0,6}})\Z")


def qqs(folded: str) -> Iterator[Mask]:
    """Masks of numbers on QQ, groups included."""
    for match in _NUMBER.finditer(folded) if _HINT.search(folded) else ():
        left = folded[max(0, match.start() - _NEAR) : match.start()]
        cue = _qq().search(left)
        if not cue or _NOT_QQ.search(folded, max(0, match.start() - 10), match.start()):
            continue
        digits = "".join(c.translate(TO_DIGIT) for c in match[0] if c.translate(TO_DIGIT).isdigit())
        # q12345 is a model or a quarter, not a person
        if digits[:1] != "0" and not (cue[0].rstrip(": ") == "q" and len(digits) <= 5):
            yield Mask("qq", *match.span())
    for match in _KEYCAPS.finditer(folded) if "\u20e3" in folded else ():
        yield Mask("qq", *match.span())  # nobody writes six keycaps in a row but to get a contact past a filter
