"""How figures are said: changes, days, the conclusion, the subject. One place, so that a mail says a thing one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from briefing.values import Brief, Change, Health, Kpi, RisenWord, Surge, TopicRow
from core.display import one_line
from core.i18n import _
from core.values import CHINESE

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def weekday(day: date) -> str:
    """周一 … 周日."""
    return _(_WEEKDAYS[day.weekday()])


def topic_name(topic: str, names: Mapping[str, str] = CHINESE["topic"]) -> str:
    """A topic in the reader's language; a user's own topic without a name is named by its id."""
    return one_line(_(names.get(topic, topic)), 24)


def change_text(now: int, before: int) -> str:
    """Such as "↑80%", "↓12%", "持平"; from nothing a percentage means nothing, so then "此前为 0" is said in words."""
    if now == before:
        return _("持平")
    if before == 0:
        return _("此前为 0")
    return ("↑" if now > before else "↓") + _percent(abs(now - before) / before)


def share_text(part: int, whole: int) -> str:
    """A share as "26.1%"; nothing of nothing is "0%"."""
    return f"{100 * part / whole:.1f}%" if whole else "0%"


def _percent(share: float) -> str:
    shown = round(100 * share)
    return f"{shown}%" if shown else "<1%"


def conclusion(
    *,
    day: date,
    company: str,
    total: Kpi,
    negative: Kpi,
    action: Kpi,
    rising: Sequence[TopicRow],
    leading: str | None,
    health: Health,
    names: Mapping[str, str],
    backfill: int = 0,
) -> str:
    """The day in one sentence a lead can forward: what was found, how it is meant, what to do, what we did not see."""
    if total.figure.value == 0:
        said = _("{day} 没有发现与{company}有关的新信息").format(day=day, company=one_line(company, 40))
        if backfill:
            said += _("，另有补采 {n} 篇（首轮或旧闻，见下）").format(n=backfill)
        return said + _blind_spot(health, empty=True)
    parts = [
        _("{day} 发现与{company}有关的信息 {n} 篇（{stories} 个稿件族）").format(
            day=day, company=one_line(company, 40), n=total.figure.value, stories=total.stories.value
        )
    ]
    parts.append(_negative(negative, total.figure.value))
    if rising:
        row = rising[0]
        parts.append(
            _("{topic}升温（前一日 {before} 篇，当日 {n} 篇）").format(
                topic=topic_name(row.topic, names), before=row.yesterday.before or 0, n=row.figure.value
            )
        )
    elif leading:
        parts.append(_("多涉{topic}").format(topic=topic_name(leading, names)))
    if action.stories.value:
        parts.append(_("{n} 件需要处理").format(n=action.stories.value))
    return _("，").join(parts) + _blind_spot(health, empty=False)


def _negative(negative: Kpi, total: int) -> str:
    if negative.figure.value == 0:
        return _("未见负面")
    said = _("负面 {n} 篇，占 {share}").format(n=negative.figure.value, share=share_text(negative.figure.value, total))
    compared = _versus_yesterday(negative.figure.value, negative.yesterday)
    return f"{said}{_('，')}{compared}" if compared else said


def _versus_yesterday(now: int, yesterday: Change) -> str:
    if yesterday.before is None:
        return ""
    return _("较前一日{change}").format(change=change_text(now, yesterday.before))


def _blind_spot(health: Health, *, empty: bool) -> str:
    """No data is not no news: what was not seen is said in the same breath."""
    if not health.total:
        return _("。没有配置任何来源。") if empty else _("。")
    if not health.troubled:
        return _("；{n} 个来源全部正常。").format(n=health.total) if empty else _("。")
    if empty:
        said = _("；{total} 个来源中有 {n} 个异常，没有数据不等于没有舆情。")
    else:
        said = _("。{total} 个来源中有 {n} 个异常，数字以收到的为限。")
    return said.format(total=health.total, n=len(health.troubled))


def surge_text(day: date, stories: int, surge: Surge) -> str:
    """Why the day is a surge, in one sentence with its numbers, and from when to when the burst lasted."""
    if surge.usual < 1:
        said = _("当日 {n} 族，按前 {days} 天平常不到 1 族").format(n=stories, days=surge.days)
    else:
        said = _("当日 {n} 族，是按前 {days} 天平常 {usual} 族的 {ratio} 倍").format(
            n=stories, days=surge.days, usual=f"{surge.usual:.1f}", ratio=f"{stories / surge.usual:.1f}"
        )
    return _("，").join([said, _chance(surge.chance), *_burst(day, surge.since)]) + _("。")


def _chance(chance: float) -> str:
    if chance < 0.001:
        return _("碰巧这么多的概率不到 0.1%")
    return _("碰巧这么多的概率约 {share}").format(share=f"{100 * chance:.1f}%")


def _burst(day: date, since: date | None) -> list[str]:
    if since is None:
        return []
    if since == day:
        return [_("爆发只在 {day} 一天").format(day=f"{day:%m-%d}")]
    said = _("爆发从 {since} 到 {day}，共 {n} 天")
    return [said.format(since=f"{since:%m-%d}", day=f"{day:%m-%d}", n=(day - since).days + 1)]


def risen_text(risen: RisenWord) -> str:
    """What a word stood at before it rose."""
    return _("此前 {n} 族").format(n=risen.before) if risen.before else _("此前没有")


def subject(brief: Brief, *, names: Mapping[str, str] = CHINESE["topic"]) -> str:
    """The subject carries the brief: "【舆情日报】星禾科技 11-20：负面 12 ↑80% · 信息泄露升温 · 待处理 3"."""
    head = (_("【迟发】") if brief.late else "") + _("【舆情日报】")
    if brief.total.figure.value:
        parts = _subject_parts(brief, names)
    else:
        parts = [_("无新增信息")]
    if brief.health.troubled:
        parts.append(_("{n} 个来源异常").format(n=len(brief.health.troubled)))
    return one_line(f"{head}{one_line(brief.company, 24)} {brief.day:%m-%d}{_('：')}{' · '.join(parts)}", 120)


def _subject_parts(brief: Brief, names: Mapping[str, str]) -> list[str]:
    negative = brief.negative
    before = negative.yesterday.before
    change = "" if before in (None, 0) else change_text(negative.figure.value, before)
    parts = [_("负面 {n} {change}").format(n=negative.figure.value, change=change).strip()]
    if brief.rising:
        parts.append(_("{topic}升温").format(topic=topic_name(brief.rising[0], names)))
    elif brief.leading:
        parts.append(topic_name(brief.leading, names))
    if brief.action.stories.value:
        parts.append(_("待处理 {n}").format(n=brief.action.stories.value))
    return parts
