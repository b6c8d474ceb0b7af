"""An alert as a mail: one subscription, the documents that just matched it. Pure: same input, same mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.decide import DEFAULT_POLICY, AlertPolicy
from alerts.why import excerpt, marked_parts, words_met
from core.display import local_time, one_line, web_link
from core.i18n import _, language
from core.notices import with_notice
from core.palette import PALETTE
from core.values import CHINESE, Flag, Kind, Label, Message, Subscription
from search_index.query import parse

TITLE_SHOWN = 90  # two to three lines of a phone
SNIPPET_SHOWN = 160
SUBJECT_SHOWN = 120  # longer subjects are cut by every client


@dataclass(frozen=True, slots=True)
class AlertItem:
    """
    One matched document as the mail shows it; texts are masked, times aware UTC.

    `body` is the whole text when it is at hand: the mail then shows the sentence that holds the query's words;
    else it shows `snippet`. `topics` are ids, `label` the sentiment toward the company (`abstained`: not to be
    relied on). `story_size` counts the text and its reprints so far,
    `first_outlet` and `first_at` tell who had it first; None when that is this document or unknown.
    """

    document: str
    rev: int
    title: str | None
    snippet: str
    source_name: str
    kind: Kind
    first_seen: datetime
    url: str | None = None
    outlet: str | None = None
    published_at: datetime | None = None
    companies: tuple[str, ...] = ()
    label: Label | None = None
    abstained: bool = False
    topics: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    body: str = ""
    story_size: int = 1
    first_outlet: str | None = None
    first_at: datetime | None = None


def alert_message(
    subscription: Subscription,
    items: Sequence[AlertItem],
    *,
    now: datetime,
    zone: ZoneInfo,
    company: str,
    policy: AlertPolicy = DEFAULT_POLICY,
) -> Message:
    """
    The mail that tells a subscription's people of these documents.

    The order of `items` does not matter: they stand by the time they were published (else found), and the
    first of them names the key. `company` is the name to say when no item names one. Raises ValueError
    without items, QueryError for a query that `Subscriptions` would have refused.
    """
    if not items:
        raise ValueError("an alert without a document")
    query = parse(subscription.query, strict=True)
    ordered = sorted(items, key=lambda item: (item.published_at or item.first_seen, item.document))
    first = ordered[0]
    page = {
        "subscription": one_line(subscription.id),
        "query": one_line(subscription.query),
        "headline": _headline(ordered, company),
        "now": local_time(now, zone=zone),
        "zone": zone.key,
        "lang": "zh-CN" if language() == "zh" else "en",
        "items": [
            _shown(item, words_met(query, item.title, item.body or item.snippet, now=now, zone=zone), zone)
            for item in ordered[: policy.shown_items]
        ],
        "rest": max(0, len(ordered) - policy.shown_items),
        "first_document": first.document,
        "c": PALETTE,
        "_": _,
    }
    return Message(
        key=f"alert:{subscription.id}:{first.document}:{first.rev}",
        kind="alert",
        subject=one_line(f"{_('【预警】')}{page['subscription']}{_('：')}{page['headline']}", SUBJECT_SHOWN),
        text=_templates().get_template("alert.txt").render(page),
        html=_templates().get_template("alert.html").render(page),
        to=subscription.to,
    )


def marked_possibly_repeated(message: Message) -> Message:
    """The message to send again when nobody knows whether the first try arrived: it says so at the top, once."""
    note = _("可能重复：上一次发送的结果不明，为免漏报再发一次。若已收到同一封，请忽略本封。")
    return with_notice(message, mark=_("【可能重复】"), note=note)


def _headline(items: Sequence[AlertItem], company: str) -> str:
    """What happened, in one breath: company, topic, sentiment, how many, who had it first."""
    names = Counter(name for item in items for name in item.companies)
    topics = Counter(topic for item in items for topic in item.topics)
    labels = Counter(item.label for item in items if item.label)
    parts = [one_line(names.most_common(1)[0][0] if names else company, 24)]
    parts += [_topic(name) for name, _count in topics.most_common(1)]
    if labels["neg"]:
        count = _("负面 {n} 篇").format(n=labels["neg"])
        parts.append(count if labels["neg"] == len(items) else _("{n} 篇，{neg}").format(n=len(items), neg=count))
    else:
        parts.append(_("{n} 篇").format(n=len(items)))
    outlet = one_line(items[0].first_outlet or items[0].outlet or items[0].source_name, 24)
    return _("{what} · 首发 {outlet}").format(what=" ".join(parts), outlet=outlet)


def _shown(item: AlertItem, words: Sequence[str], zone: ZoneInfo) -> dict[str, Any]:
    """One item as the templates print it: every text on one line, every link safe, nothing left to decide."""
    title = one_line(item.title, TITLE_SHOWN)
    snippet = excerpt(item.body or item.snippet, words, limit=SNIPPET_SHOWN)
    if not title:  # a post: its words are the title, and are not said twice
        title, snippet = one_line(snippet, TITLE_SHOWN), snippet if len(snippet) > TITLE_SHOWN else ""
    outlet = one_line(item.outlet, 40)
    source = one_line(item.source_name, 40)
    return {
        "document": item.document,
        "title": marked_parts(title or _("（无标题）"), words),
        "snippet": marked_parts(snippet, words),
        "link": web_link(item.url),
        "kind": _(CHINESE["kind"][item.kind]),
        "where": _("{outlet}（{source}）").format(outlet=outlet, source=source)
        if outlet and outlet != source
        else outlet or source,
        "published": local_time(item.published_at, zone=zone) or _("未注明"),
        "found": local_time(item.first_seen, zone=zone),
        "label": item.label,
        "label_name": _label(item),
        "why": _why(item, words),
        "story": _story(item, zone),
    }


def _label(item: AlertItem) -> str:
    if item.label is None:
        return ""
    name = _(CHINESE["label"][item.label])
    return _("{label}（待复核）").format(label=name) if item.abstained else name


def _why(item: AlertItem, words: Sequence[str]) -> str:
    """Why this matched: the words that stand in the text, the topics, the sentiment, the flags."""
    reasons = []
    if words:
        reasons.append(_("原文有“{words}”").format(words="”“".join(one_line(word, 30) for word in words[:5])))
    if item.topics:
        reasons.append(_("话题 {topics}").format(topics=_("、").join(_topic(topic) for topic in item.topics[:4])))
    if item.label:
        reasons.append(_("情感 {label}").format(label=_label(item)))
    reasons += [_FLAGS[flag]() for flag in item.flags if flag in _FLAGS]
    return " · ".join(reasons) or _("满足检索式的全部条件")


_FLAGS = {
    "go_public": lambda: _("扬言曝光或投诉"),
    "regulator": lambda: _("提到监管部门"),
    "minors": lambda: _("涉及未成年人"),
    "denial": lambda: _("含否认或辟谣"),
}


def _story(item: AlertItem, zone: ZoneInfo) -> str:
    if item.story_size <= 1:
        return _("目前仅此一篇")
    size = _("稿件族共 {n} 篇").format(n=item.story_size)
    if not item.first_outlet:
        return size
    when = local_time(item.first_at, zone=zone)
    return (
        _("{size}，首发 {outlet} {when}").format(size=size, outlet=one_line(item.first_outlet, 40), when=when).strip()
    )


def _topic(name: str) -> str:
    """The topic's name in the reader's language; a user's own topic is named by its id."""
    return one_line(_(CHINESE["topic"].get(name, name)), 24)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("alerts"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
