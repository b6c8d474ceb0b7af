"""Who published (来源) and who wrote: only where the page says so with a label. Nobody is invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from crawlers.extract.dom import line as line_of
from crawlers.extract.dom import query, squeezed
from crawlers.extract.flow import Line
from crawlers.extract.meta import Meta

_SOURCE = re.compile(
    r"(?:文章|稿件|信息|新闻|内容|本文|图文)?(?:来源|來源|稿源|出处|源自|转载自)(?:于)?\s*[:：丨|／/]+\s*(?P<name>.{0,60})"
)
_NAME_END = re.compile(
    r"\s*(?:作者|记者|责任编辑|责编|编辑|发布|发表|发稿|时间|日期|字号|字体|浏览|点击|阅读|评论|分享|我要|关注|收藏|打印|"
    r"小编|校对|审核|原标题|查看|参与|大\s*中\s*小|T\||[|｜丨【】;；，,。>»\t(（)）\]］]|(?:19|20)\d\d\s*[-年./]|\d{1,2}:\d{2})"
)
_PREFIX = re.compile(r"^[\s\"“《]*(?:(?:本文|文章)?(?:来源|转自|摘自|引自|转载)(?:于|自)?\s*[:：]?|原创\s*[:：\s])\s*")
_ORG = re.compile(
    r"(?:网|网站|网络版|新媒体|社|报|报道|台|电视|新闻|客户端|日报|晚报|早报|晨报|时报|快报|周刊|杂志|频道|融媒体?|财经|传媒|广播|发布|"
    r"中心|在线|资讯|公众号|微信|微博|头条|观察|编辑部|局|委|部|院|会|站|集团|公司|大学|科普|健康|日刊|论坛|评论|视频|APP|号)$|"
    r"^(?:中国|人民|新华|央视|新京|澎湃|光明|环球|法新|路透|美联|共同|综合)",
    re.IGNORECASE,
)
_NOT_OUTLET = re.compile(
    r"^(?:网络|互联网|本站.*|原创|转载|(?:手机|移动|电脑|官方|下载)?客户端|未知|佚名|不详|综合|admin|管理员|其他|无|null|undefined)$",
    re.IGNORECASE,
)


_SOURCE_CLASS = (
    "//*[@id='js_name'] | //*[self::span or self::a or self::em or self::i or self::div or self::p or self::td]"
)
_SOURCE_CLASS += (
    "[contains(@class,'source') or contains(@class,'laiyuan') or contains(@class,'media-name') or @id='source']"
)


def _named_source(tree: Any, head: Sequence[Line]) -> str | None:
    """The short text of a part of the head named source, beside a date or alone."""
    shown = "\n".join(line.text for line in head)
    for node in query(tree, _SOURCE_CLASS)[:20]:
        text = line_of(node)
        if not 2 <= len(text) <= 60 or text not in shown:
            continue
        rest = _DATE_LINE.sub(" ", text)
        name = _clean_outlet(_SOURCE.sub(lambda m: m["name"], rest).strip())
        if name and len(name) <= 20 and not _PAGE_WORD.search(name) and not _DATE_LINE.search(name):
            return name
    return None


def outlet_of(tree: Any, head: Sequence[Line], tail: Sequence[Line], meta: Meta) -> str | None:
    """The outlet that the page names as its source: near the headline, in the head, at the text's end; else None."""
    if name := _labelled_source(head):
        return name
    for said in (meta.tag("source", "article:source", "og:source", "contentsource", "sourcename"),):
        if said and (name := _clean_outlet(re.sub(r"^来源\s*[:：]\s*", "", said))):
            return name
    if name := _named_source(tree, head) or _beside_date(head) or _labelled_source(tail):
        return name
    named = [n for kind, n in meta.linked_names("author") if kind == "Organization" or _ORG.search(n)]
    named += [n for n in (meta.tag("article:author", "og:article:author", "mediaid"),) if n and _ORG.search(n)]
    if named and (name := _clean_outlet(named[0])) and not _is_own_site(name, meta):
        return name
    return None


def _labelled_source(lines: Sequence[Line]) -> str | None:
    for i, line in enumerate(lines):
        if line.size > 140 or not (found := _SOURCE.search(line.text)):
            continue
        name = _clean_outlet(found["name"])
        if name is None and not found["name"].strip() and i + 1 < len(lines) and lines[i + 1].size <= 20:
            name = _clean_outlet(lines[i + 1].text)
        if name:
            return name
    for line in lines:
        bare_label = _BARE_SOURCE.search(line.text) if line.size <= 60 and not line.marks else None
        if bare_label and (name := _clean_outlet(bare_label["name"])):
            return name
    return None


_BARE_SOURCE = re.compile(r"(?:^|[\s|｜])来源\s*(?P<name>[^\s:：|｜于自]{2,16})(?=[\s|｜]|$)")  # 来源CSDN | 3 条评论


def _clean_outlet(text: str) -> str | None:
    text = _PREFIX.sub("", text)
    end = _NAME_END.search(text)
    name = squeezed(text[: end.start()] if end else text).strip(" ·•:：-—–\"'“”")
    if "/" in name:  # reporter/outlet
        name = next((part for part in name.split("/") if _ORG.search(part)), name.split("/")[0])
    if " " in name and not re.search(r"[A-Za-z] [A-Za-z]| [-—–－] ", name):
        name = name.split(" ")[0]
    if not 2 <= len(name) <= 30 or name.isdigit() or _NOT_OUTLET.match(name) or name.startswith(("http", "www.")):
        return None
    return name


_DATE_LINE = re.compile(r"(?:19|20)\d\d\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?")


def _beside_date(head: Sequence[Line]) -> str | None:
    """An organisation's name alone in the date line ("2026-11-20 08:30·青岚新闻网") or in a line next to it."""
    for i, line in enumerate(head):
        if line.size > 60 or not (date := _DATE_LINE.search(line.text)):
            continue
        near = [ln.text for ln in head[max(0, i - 2) : i + 2] if ln.size <= 16 and not ln.heading and not ln.marks]
        for rest in (line.text[date.end() :], line.text[: date.start()], *near):
            name = _clean_outlet(re.sub(r"^[\s·•|/]+(?:IP属地[:：]\S+)?", "", rest))
            if name and _OUTLET.search(name) and len(name) <= 16 and not _PAGE_WORD.search(name):
                return name
    return None


_OUTLET = re.compile(r"(?:网|网站|网络版|新媒体|社|报|台|新闻|客户端|周刊|杂志|融媒体?|传媒|广播|资讯|观察|发布)$")


_PAGE_WORD = re.compile(
    r"时间|日期|首页|频道|正文|举报|关注|播报|订阅|登录|发布于|评论|分享|导航|专题|搜索|^新闻$|^资讯$|热线|下载|更多|^.?新闻中心$"
)


def _is_own_site(name: str, meta: Meta) -> bool:
    return name == meta.tag("og:site_name")


# ---------------------------------------------------------------- authors

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章"
    "鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾"
    "尤阳穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛"
    "仲虞敖巩明佘池查麻苑迟邝印奚"
)
_NAME = r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?"
_WIDE = rf"(?:{_NAME}|[\u4e00-\u9fff]\s[\u4e00-\u9fff](?![\u4e00-\u9fff]))"
_NAMES = rf"{_WIDE}(?:\s*[、,，;；/\s]\s*{_WIDE}){{0,7}}"
_WIRE = re.compile(rf"日电\s*[（(]\s*(?P<who>{_NAMES})\s*[）)]")
_AUTHOR_LABEL = re.compile(
    r"(?:作者|撰文|撰稿人?|文字)\s*[:：/丨|｜]\s*(?P<who>[^|｜丨:：()（）【】\[\]<>]{2,40})|(?:^|[\s|｜（(])文\s*[/丨|｜:：]\s*(?P<who2>[^|｜丨:：()（）【】\[\]<>]{2,40})"
)
_REPORTER = re.compile(
    rf"(?:[（(][^（）()]{{0,16}}|^[\s【]*[^，。]{{0,10}})[记記]者\s*[:：]?\s*(?P<who>{_NAMES})\s*(?P<after>摄|图|$|报道|文|编辑|[）)】|，,。：:/])"
)
_STOP_NAMES = re.compile(
    r"^(?:未知|佚名|匿名|不详|admin|本站|小编|管理员|原创|网络|网络整理|官方|综合)$|编辑|责编|来源|记者|通讯|报道|摄影|网友|发布|时间|实习|本报|记录|了解|获悉|采访|从|摄$|图$|见习|整理|日电|讯$"
)


def authors_of(head: Sequence[Line], opening: Sequence[Line], tail: Sequence[Line], meta: Meta) -> tuple[str, ...]:
    """The writers that a byline or the opening names (作者：…, 记者 …, 文/…), in order; empty when none is named."""
    for line in (*head, *opening, *(ln for ln in tail if "作者" in ln.text)):
        if line.size <= 160 and (names := _labelled_author(line.text)):
            return names
    for line in (*head, *opening):
        if names := _reporters(line.text[:120]):
            return names
    return _persons([n for kind, n in meta.linked_names("author") if kind == "Person"], strict=False)


_ROLE = re.compile(r"^.{0,12}?(?:记者|评论员|撰稿人|通讯员|撰稿|作者)\s*[:：]?\s*")
_AFTER_NAMES = re.compile(r"\s*(?:来源|编辑|责编|责任|发布|时间|日期|浏览|阅读|点击|出处|分享|字号|关注|收藏|系|为|\d)")


def _labelled_author(text: str) -> tuple[str, ...]:
    found = _AUTHOR_LABEL.search(text)
    if not found:
        return ()
    who = _ROLE.sub("", _AFTER_NAMES.split((found["who"] or found["who2"]).strip())[0])
    words = [w for w in re.split(r"[、,，;；/\s]+", _joined(who)) if w]
    return _persons(words[:1], strict=False) + _persons(words[1:], strict=True)


def _reporters(text: str) -> tuple[str, ...]:
    for found in _REPORTER.finditer(text):
        if found["after"] not in ("摄", "图") and (names := _named_in(found["who"])):
            return names
    wired = _WIRE.search(text)
    return _named_in(wired["who"]) if wired else ()


def _named_in(who: str) -> tuple[str, ...]:
    return _persons(re.split(r"[、,，;；/\s]+", _joined(who.strip())), strict=True)


def _joined(names: str) -> str:
    """方 敏 is set wide to line up with three-character names."""
    return re.sub(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\s+([\u4e00-\u9fff])(?![\u4e00-\u9fff])", r"\1\2", names)


def _persons(words: Iterable[str], *, strict: bool) -> tuple[str, ...]:
    """The words that are names; `strict` asks for a Chinese surname, since the words stand in running text."""
    names = [w for w in words if 2 <= len(w) <= 20 and not _STOP_NAMES.search(w)]
    if strict:
        names = [w for w in names if w[0] in _SURNAMES and (len(w) <= 3 or not _ORG.search(w))]
    else:
        names = [w for w in names if not _ORG.search(w)]
    return tuple(dict.fromkeys(names))
