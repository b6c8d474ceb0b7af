"""Chinese boilerplate: what stands in the text's block and is not the text (责任编辑, 原标题, 相关阅读, 声明 …)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.text import simplified
from crawlers.extract.flow import Line
from crawlers.extract.title import bare

_OPEN = r"^[\s【\[（(《<*＊◆■▲▍●→↓>>“\"\-—]*"
_SCRAP = re.compile(
    _OPEN
    + r"(?:责任?编辑|责编|编辑|值班编辑|校对|审核|监制|初审|复审|终审|主编|编审|网络编辑|本文编辑|原标题|标题[:：]|"
    r"一键转发|登录\s*后参与|请先说点什么|"
    r"广告|广告通知|返回搜狐|返回(?:首页|顶部|列表|目录)|查看更多|点击(?:查看|进入|下载|关注|收藏|上方|蓝字)|"
    r"扫(?:一扫|码|描)|长按(?:识别|二维码|扫)|微信扫|分享到|分享至|分享让更多|打印|纠错|举报|收藏|字号|字体|"
    r"关键[词字]|标签|上一[篇页]|下一[篇页]|进入【|更多“.{2,60}”的?相关|更多精彩|阅读原文|展开全文|全文完|"
    r"文章来源|本文来源|稿件来源|信息来源|来源[:：]|来源\s*[/|丨]|我要(?:评论|投稿|纠错)|\(?作者[:：]|"
    r"投稿邮箱|联系(?:电话|我们)[:：]|报料|爆料热线|新闻热线|违法和不良|特别声明|免责|版权|声明[:：]|"
    r"本文(?:为|系|仅|由|来自|转自|转载|不代表)|凡本网|未经.{0,12}(?:授权|许可|允许)|转载请|如需转载|图片来源|图源|"
    r"欢迎(?:关注|订阅|扫码|投稿)|更多(?:新闻|内容|资讯|报道)|网址[:：]|延伸阅读|推荐阅读|相关(?:阅读|新闻|报道|链接|推荐|文章|专题)"
    r"|热门(?:推荐|文章|评论)|热点(?:栏目|推荐|新闻)|猜你喜欢|猜您喜欢|大家都在看|点赞|赞\(|评论\(|网友评论|发表评论|最新评论"
    r"|[（(]?原题(?:为)?[:：《]|本文原标题|图片均?来(?:自|源于?)网络|.{0,30}(?:扫描二维码|扫码)关注|.{0,40}(?:下载客户端|下载地址】)"
    r"|海量资讯、精准解读|.{0,24}(?:专稿|稿件)[，,].{0,20}(?:授权|转载))"
)
_SURE_CUT = re.compile(
    _OPEN + r"(?:责任?编辑\s*[:：]|责编\s*[:：]|.{0,6}(?:感兴趣的(?:文章|新闻|内容)|暂无评论|参与讨论|发表评论|"
    r"猜[你您]喜欢|相关(?:推荐|文章|阅读)|热门(?:推荐|文章)|为[你您]推荐|看了又看|还看了|最新文章|大家都在看))"
)
_WORD = re.compile(r"[^\s\ue000-\uf8ff·|•\-—_=*#]")  # icon fonts live in the private area
_PAGER = re.compile(r"^[|<>«»\s\d]*(?:上一页|下一页|尾页|首页|末页)[|<>«»\s\d\w]*$|^[|<>«»\s\d.]{3,}$")
_CUT = re.compile(
    _OPEN
    + r"(?:延伸阅读|推荐阅读|相关(?:阅读|新闻|报道|链接|推荐|文章|专题)|热门(?:推荐|文章)|猜[你您]喜欢|大家都在看|"
    r"更多精彩(?:内容|推荐)?|免责声明|版权声明|特别声明|(?:网友|发表|最新|全部)评论|为您推荐|精彩推荐|往期(?:回顾|推荐))[:：】\]\s]*"
)
_INLINE_TAIL = re.compile(
    r"\s*(?:[（(【\[]\s*(?:责任?编辑|责编|编辑|校对|审核|来源|文章来源|原标题|作者|记者|完)[^）)】\]]{0,60}[）)】\]]|"
    r"(?:责任编辑|责编|编辑)\s*[:：]\s*\S{0,12}|返回搜狐[，,]\s*查看更多|返回\S{2,6}首页\s*>*)\s*$"
)
_HEAD = re.compile(
    r"(?:来源|來源|作者|记者|编辑|责编|发布|发布时间|时间|日期|发表于|发布于|浏览|浏览量|阅读|阅读量|点击|点击数|评论|人气|分类|栏目)\s*[:：]|"
    r"字号|字体|大\s*中\s*小|分享到|我要评论|当前位置|您的位置|您现在的位置|首页\s*[>»-]|听新闻|语音播报|手机看新闻|手机阅读|"
    r"^\+?\s*(?:分享|收藏|打印|评论|关注|订阅|导读|举报|投稿|原创|转载|播报文章|图集|展开|收起|发布于.{2,6}|来自.{2,6})$"
)
_DATE = re.compile(r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}|\d{1,2}[-月]\d{1,2}日?\s+\d{1,2}:\d{2}")

HEAD_LINES = 8
"""Lines at the beginning of the block among which bylines, dates and the headline itself are looked for."""
TAIL_SHARE, SURE_SHARE = 0.55, 0.3
"""A heading such as 延伸阅读 cuts the rest only behind this share of the text; 暂无评论 already behind the second."""


def trimmed(lines: Sequence[Line], *, title: str | None) -> list[str]:
    """The paragraphs of a text block without what belongs to the page, in order."""
    kept = [line for line in _without_related(list(lines)) if not _is_scrap(line)]
    kept = _without_head(kept, bare(title or ""))
    while kept and _is_loose_end(kept[-1]):
        kept.pop()
    texts = [line.text for line in kept[:-LAST]] + [_without_tail(line.text) for line in kept[-LAST:]]
    return [text for text in texts if text]


LAST = 3
"""So many paragraphs at the end may carry （责任编辑：…） in their last line."""


def _without_tail(text: str) -> str:
    tail = _INLINE_TAIL.search(text.translate(simplified()))
    return text[: tail.start()] if tail else text


def _plain(line: Line) -> str:
    """The line in simplified characters, one to one: the rules are written in them. Long lines are no labels."""
    return line.text.translate(simplified()) if line.size <= LABEL else line.text


LABEL = 100
"""Characters that a label or button has at most."""


def _is_scrap(line: Line) -> bool:
    if line.hidden or _PAGER.match(_plain(line)) or not _WORD.search(line.text):
        return True
    if line.size <= 90 and _SCRAP.match(_plain(line)) and not (line.size > 45 and line.marks >= 4):
        return True
    return line.link_share > 0.75 and (line.size < 40 or not line.marks)


def _without_head(lines: list[Line], headline: str) -> list[Line]:
    head, rest = lines[:HEAD_LINES], lines[HEAD_LINES:]
    shown = next((i for i, line in enumerate(head) if headline and bare(line.text) == headline), None)
    if shown is not None:
        head = head[shown + 1 :] if all(line.size < 60 for line in head[:shown]) else head[:shown] + head[shown + 1 :]
    return [line for line in head if not is_byline(line)] + rest


def is_byline(line: Line) -> bool:
    """True for a line of date, outlet, writer or page tools, which is no text."""
    if line.size > 80 or line.text.endswith(("。", "！", "？", "”", "!", "?")):
        return False
    date, labels = bool(_DATE.search(line.text)), len(set(_HEAD.findall(_plain(line))))
    return (date and (labels >= 1 or line.size <= 40)) or labels >= 2 or (labels == 1 and line.size <= 30)


def _without_related(lines: list[Line]) -> list[Line]:
    whole = sum(line.size for line in lines) or 1
    before = 0
    for i, line in enumerate(lines):
        heading = line.size <= 30
        if heading and before > TAIL_SHARE * whole and _CUT.match(_plain(line)):
            return lines[:i]
        if heading and before > SURE_SHARE * whole and _SURE_CUT.match(_plain(line)):
            return lines[:i]
        before += line.size
    return lines


def _is_loose_end(line: Line) -> bool:
    return line.link_share > 0.6 or (line.size <= 3 and not line.marks)
