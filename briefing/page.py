"""What the templates of the brief print: every text on one line, every link safe, every width worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from briefing import wording
from briefing.values import (
    Action,
    Brief,
    BriefItem,
    Change,
    Figure,
    Kpi,
    SourceHealth,
    StoryRow,
    TopicRow,
    TrendDay,
    WordRow,
)
from core.display import local_time, one_line, web_link
from core.i18n import _, language
from core.palette import PALETTE
from core.values import CHINESE

BAR_PX = 64
"""Height of the tallest column of the trend."""
QUERY_SHOWN = 300
"""A query longer than this is not printed: nobody types it, and a cut one would find something else."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many of each list the mail spells out, and how long a text may be. The rest is counted."""

    actions: int = 8
    complaints: int = 3  # of the actions: complaints without a flag, which resemble each other
    stories: int = 8
    topics: int = 6
    heard: int = 4
    backfill: int = 4
    sources: int = 8
    checks: int = 32
    title: int = 80
    snippet: int = 110
    link: int = 1000  # longer ones are trackers, and ten of them would burst the budget


def page_of(brief: Brief, limits: Limits, from_name: str, names: Mapping[str, str]) -> dict[str, Any]:
    """What the templates print. Nothing is decided in them, and no raw text from outside reaches them."""
    zone = ZoneInfo(brief.zone)
    show = _Shown(limits, zone, brief.day.year, names)
    actions = _shown_actions(brief.actions, limits)
    told = {action.story for action in actions}
    return {
        "b": brief,
        "company": one_line(brief.company, 40),
        "title": _("{company} 舆情日报").format(company=one_line(brief.company, 40)),
        "weekday": wording.weekday(brief.day),
        "late": one_line(brief.late, 120),
        "generated": local_time(brief.generated_at, zone=zone),
        "from_name": one_line(from_name, 40),
        "lang": "zh-CN" if language() == "zh" else "en",
        "surge": _surge(brief),
        "kpis": [
            _kpi(_("相关信息"), brief.total, "ink"),
            _kpi(_("负面"), brief.negative, "bad"),
            _kpi(_("待处理"), brief.action, "warn"),
            _kpi(_("投诉与客户声音"), brief.voice_total, "ink"),
        ],
        "kinds": [(_(CHINESE["kind"][f.name.removeprefix("kind.")]), f.value) for f in brief.kinds],
        "actions": [show.action(action) for action in actions],
        "actions_rest": brief.action.stories.value - len(actions),
        "trend": _trend(brief.trend),
        "topics": [_topic(row, brief.topics[0].figure.value, names) for row in brief.topics[: limits.topics]],
        "topics_rest": max(0, len(brief.topics) - limits.topics),
        "words": [_word(row) for row in brief.words],
        "stories": [show.story(row, told=told) for row in brief.stories[: limits.stories]],
        "stories_rest": brief.story_count - min(limits.stories, len(brief.stories)),
        "voice_topics": [
            (wording.topic_name(f.name.removeprefix("own.topic."), names), f.value)
            for f in brief.voice.topics[: limits.topics]
        ],
        "heard": [show.item(item) for item in brief.voice.heard[: limits.heard]],
        "backfill": [show.story(row) for row in brief.backfill_stories[: limits.backfill]],
        "others": [(one_line(f.name.removeprefix("company."), 24), f.value) for f in brief.others[:8]],
        "sources": [_source(health, brief, zone) for health in brief.health.troubled[: limits.sources]],
        "sources_rest": max(0, len(brief.health.troubled) - limits.sources),
        "checks": [(_capital(_figure_name(f, names)), f.value, f.query) for f in _checked(brief)[: limits.checks]],
        "window": f"{local_time(brief.start, zone=zone)} – {local_time(brief.end, zone=zone)}",
        "c": PALETTE,
        "_": _,
    }


def _shown_actions(actions: Sequence[Action], limits: Limits) -> list[Action]:
    flagged = [action for action in actions if action.flags][: limits.actions]
    plain = [action for action in actions if not action.flags][: limits.complaints]
    return flagged + plain


@dataclass(frozen=True, slots=True)
class _Shown:
    """Documents, stories and actions as the templates print them."""

    limits: Limits
    zone: ZoneInfo
    year: int
    names: Mapping[str, str]

    def when(self, moment: datetime | None) -> str:
        """Without the year when it is the brief's own."""
        return local_time(moment, zone=self.zone).removeprefix(f"{self.year}-")

    def item(self, item: BriefItem) -> dict[str, Any]:
        outlet = one_line(item.outlet or item.source_name, 30)
        thread = one_line(item.thread_title, self.limits.title)
        title = one_line(item.title, self.limits.title) or (_("回复：{title}").format(title=thread) if thread else "")
        return {
            "title": title or one_line(item.snippet, self.limits.title) or _("（无标题）"),
            "snippet": one_line(item.snippet, self.limits.snippet) if title and self.limits.snippet else "",
            "link": web_link(item.url, limit=self.limits.link),
            "kind": _(CHINESE["kind"][item.kind]),
            "where": outlet,
            "when": self.when(item.published_at) or _("时间未注明"),
            "label": item.label,
            "label_name": self._label(item),
            "topics": _("、").join(wording.topic_name(topic, self.names) for topic in item.topics[:3]),
        }

    def _label(self, item: BriefItem) -> str:
        name = _(CHINESE["label"][item.label])
        return _("{label}（待复核）").format(label=name) if item.abstained else name

    def action(self, action: Action) -> dict[str, Any]:
        reasons = [_(CHINESE["flag"][flag]) for flag in action.flags] or [_("投诉")]
        return self.item(action.head) | {"reasons": reasons, "documents": len(action.documents)}

    def story(self, row: StoryRow, *, told: Set[str] = frozenset()) -> dict[str, Any]:
        """A story that was told above keeps its line and gives up its snippet."""
        outlet, when = one_line(row.first_outlet, 30), self.when(row.first_at)
        state = _("新增") if row.state == "new" else _("持续")
        if row.size == 1:
            spread = [_("{state} · 仅此一篇").format(state=state)]
        else:
            spread = [_("{state} · 当日 {n} 篇，共 {size} 篇").format(state=state, n=len(row.documents), size=row.size)]
        if outlet and row.size > 1:
            spread.append(_("首发 {outlet} {when}").format(outlet=outlet, when=when).strip())
        shown = self.item(row.head) | {"spread": " · ".join(spread)}
        return shown | {"snippet": ""} if row.story in told else shown


def _kpi(name: str, kpi: Kpi, role: str) -> dict[str, Any]:
    return {
        "name": _capital(name),
        "value": kpi.figure.value,
        "stories": kpi.stories.value,
        "role": role if kpi.figure.value else "ink",
        "yesterday": _versus(kpi, kpi.yesterday),
        "week_ago": _versus(kpi, kpi.week_ago),
    }


def _capital(name: str) -> str:
    """A heading in English begins with a capital; Chinese stays as it is."""
    return name[:1].upper() + name[1:]


def _versus(kpi: Kpi, change: Change) -> str:
    """Such as "10 ↑80%": the earlier count stands beside the percentage; "–" without a brief to compare with."""
    if change.before is None:
        return "–"
    if change.before in (0, kpi.figure.value):
        return str(change.before)
    return f"{change.before} {wording.change_text(kpi.figure.value, change.before)}"


def _topic(row: TopicRow, most: int, names: Mapping[str, str]) -> dict[str, Any]:
    """Widths in percent: the bar against the largest topic, the negative part against the bar."""
    return {
        "name": wording.topic_name(row.topic, names),
        "value": row.figure.value,
        "negative": row.negative.value,
        "change": "" if row.yesterday.before is None else wording.change_text(row.figure.value, row.yesterday.before),
        "rising": row.rising,
        "width": max(2, round(100 * row.figure.value / most)),
        "bad_share": round(100 * row.negative.value / row.figure.value),
    }


def _surge(brief: Brief) -> str:
    """Why the day is a surge; empty when it is none."""
    if brief.surge is None or brief.surge_stories is None:
        return ""
    return wording.surge_text(brief.day, brief.surge_stories.value, brief.surge)


def _word(row: WordRow) -> dict[str, Any]:
    return {
        "word": one_line(row.risen.word, 24),
        "value": row.figure.value,
        "stories": row.stories.value,
        "before": wording.risen_text(row.risen),
    }


def _trend(days: Sequence[TrendDay]) -> list[dict[str, Any]]:
    """Columns in pixels: the negative part below, the rest above it. The month is said where it begins."""
    top = max((day.total.value for day in days if day.total), default=0) or 1
    columns = []
    for place, day in enumerate(days):
        total = day.total.value if day.total else None
        bad = day.negative.value if day.negative else 0
        bad_px = max(2, round(BAR_PX * min(bad, total or 0) / top)) if bad and total else 0
        rest_px = max(0, round(BAR_PX * (total or 0) / top) - bad_px)
        name = f"{day.day.month}/{day.day.day}" if place == 0 or day.day.day == 1 else str(day.day.day)
        columns.append(
            {"day": day.day, "name": name, "total": total, "negative": bad, "bad_px": bad_px, "rest_px": rest_px}
        )
    return columns


def _source(health: SourceHealth, brief: Brief, zone: ZoneInfo) -> dict[str, str]:
    states = {"broken": _("抓取失败"), "silent": _("没有新数据"), "never": _("还没有完成过一轮")}
    days = (min(brief.generated_at, brief.end) - health.last_document).days if health.last_document else 0
    since = _("已 {n} 天无数据").format(n=days) if days > 0 else states[health.state]
    reason = one_line(health.reason, 60)
    return {
        "name": one_line(health.name or health.source, 30),
        "state": since,
        "detail": reason
        or (_("末次完成 {when}").format(when=local_time(health.last_round, zone=zone)) if health.last_round else ""),
    }


def _checked(brief: Brief) -> list[Figure]:
    """The figures whose queries the mail prints: each once, those of nothing left out."""
    kpis = [kpi.figure for kpi in (brief.total, brief.negative, brief.action, brief.voice_total)]
    rest = [*(row.figure for row in brief.topics), *(row.figure for row in brief.words), brief.backfill, *brief.others]
    return kpis + [figure for figure in rest if figure.value and len(figure.query) <= QUERY_SHOWN]


def _figure_name(figure: Figure, names: Mapping[str, str]) -> str:
    plain = {
        "total": _("相关信息"),
        "negative": _("负面"),
        "action": _("待处理"),
        "own": _("投诉与客户声音"),
        "backfill": _("补采"),
    }
    if figure.name in plain:
        return plain[figure.name]
    kind, _dot, rest = figure.name.partition(".")
    if kind == "word":
        return _("词：{word}").format(word=one_line(rest, 24))
    return wording.topic_name(rest, names) if kind == "topic" else one_line(rest, 24)
