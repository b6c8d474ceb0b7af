"""A finding in lines that a person can check. Chinese, through the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.i18n import _
from core.values import CHINESE, CompanyFinding, Document, Evidence, Finding, Sentiment

REASONS = {
    "full": "全称",
    "short": "简称",
    "brand": "品牌",
    "product": "产品",
    "person": "人物",
    "stock_code": "股票代码",
    "misspelling": "常见写法",
    "cue": "附近有提示词",
    "usage": "句中用法像公司名",
    "surer_name": "同文有更确定的名称",
    "other_company": "与另一家公司并提",
    "handle": "账号",
    "evasion": "变形写法",
    "no_cue": "没有提示词",
    "everyday_word": "常用词，没有提示词",
    "initials": "字母缩写，旁边没有提示词",
    "no_stock_cue": "没有股票用语",
    "no_role": "没有职务之类的提示",
    "topic": "文中有隐私话题",
    "other_sense": "像是别的意思",
    "excluded": "排除短语",
    "inside_word": "只是别的词的一部分",
    "inside_longer_name": "属于更长的名称",
    "other_name": "是别的名称",
    "namesake": "同名的别人",
    "other_handle": "是别人的账号",
    "landmark": "只作地标",
    "device_tail": "设备尾巴",
    "watermark": "水印或图源",
    "signpost": "路牌站牌",
    "number": "只是数字",
}
"""Reason id of a mention -> how it is said to people."""


def explain(document: Document, finding: Finding) -> list[str]:
    """The finding in lines a person can check: each mention, window, topic and rule with its text."""
    text = document.text
    lines: list[str] = []
    for name, company in finding.companies.items():
        if company.mentions:
            lines += _explained(name, company, text)
    lines.append(_("全文情感：{verdict}").format(verdict=_in_words(finding.document_sentiment)))
    for topic in finding.topics:
        title = CHINESE["topic"].get(topic.id, topic.id)
        lines.append(_("话题 {topic}（{score:.2f}）").format(topic=title, score=topic.score))
        lines += _shown(topic.evidence, text)
    lines.append(_("文本类型：{type}").format(type=_(CHINESE["text_type"][finding.text_type])))
    for flag in finding.flags:
        lines.append(_("标记 {flag}").format(flag=_(CHINESE["flag"][flag])))
        lines += _shown(finding.flag_evidence.get(flag, ()), text)
    return lines


def _shown(evidence: Iterable[Evidence], text: str) -> Iterator[str]:
    line = _("[{start}, {end}) “{text}” 规则 {rule}")
    for found in evidence:
        span = text[found.start : found.end]
        yield "  " + line.format(start=found.start, end=found.end, text=span, rule=found.rule)


def _explained(name: str, company: CompanyFinding, text: str) -> list[str]:
    verdict = CHINESE["verdict"][company.verdict]
    lines = [_("公司 {name}：{verdict}").format(name=name, verdict=_(verdict))]
    for m in company.mentions:
        lines.append(
            "  "
            + _("[{start}, {end}) “{text}” {verdict}，依据：{reason}").format(
                start=m.start,
                end=m.end,
                text=m.text,
                verdict=_(CHINESE["verdict"][m.verdict]),
                reason=_(REASONS.get(m.reason, m.reason)),
            )
        )
    for w in company.windows:
        lines.append(
            "  "
            + _("评价窗口 [{start}, {end}) {score:+.2f}：{text}").format(
                start=w.start, end=w.end, score=w.score, text=text[w.start : w.end].strip()
            )
        )
    if company.sentiment:
        lines.append("  " + _("对该公司的情感：{verdict}").format(verdict=_in_words(company.sentiment)))
    return lines


def _in_words(sentiment: Sentiment) -> str:
    label = _(CHINESE["label"][sentiment.label])
    line = _("{label}（{score:+.2f}，把握 {confidence:.0%}）").format(
        label=label, score=sentiment.score, confidence=sentiment.confidence
    )
    return line + _("，不足以定论") if sentiment.abstained else line
