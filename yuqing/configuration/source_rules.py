"""What a source's channel, platform and address demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import YuqingError
from core.i18n import _
from core.times import parse_span
from yuqing.configuration.lines import Loc
from yuqing.configuration.plain import Found, is_on, mapping_at, number_at, reach_of, text_at
from yuqing.configuration.problems import unknown_key

LEAST_DELAY_S = 0.5
"""Between two requests to a host that is not ours; the default is longer (research on manners: 1 to 2 s)."""

_NEEDS = {
    "feed": ("url",),
    "listing": ("url",),
    "forum": ("url",),
    "api": ("url",),
    "search": ("url",),
    "import": ("folder",),
}
"""Channel -> what it cannot do without."""

_PLATFORMS = {"forum": ("discuz", "discourse", "nodebb", "flarum", "css"), "api": ("wordpress",)}
_CSS_FORUM = ("thread", "post")
_SELECT = ("row", "thread", "title", "replies", "last_post", "next", "post", "post_id", "author", "time", "text")
_FIELDS = ("id", "title", "body", "published_at", "author", "customer", "outlet", "url", "topic")


def source_problems(source: Mapping[str, Any], loc: Loc) -> Found:
    """What a source's channel and address demand."""
    name, channel = text_at(source, "id") or str(loc[-1]), text_at(source, "channel")
    for key in _NEEDS.get(channel, ()):
        if not source.get(key):
            text = _("来源 {name}：channel {channel} 要写 {key}。")
            yield (*loc, "channel"), text.format(name=name, channel=channel, key=key)
    yield from _platform_problems(source, loc, name, channel)
    if channel == "search" and source.get("url") and "{name}" not in text_at(source, "url"):
        yield (*loc, "url"), _("来源 {name}：搜索地址里要有 {{name}}，代表要搜的名字。").format(name=name)
    yield from _address_problems(source, loc, name)
    yield from _schedule_problems(source, loc, name)
    yield from _ability_problems(source, loc, name, channel)
    yield from _key_problems(source, loc)
    yield from _selector_problems(source, loc, channel)


def _schedule_problems(source: Mapping[str, Any], loc: Loc, name: str) -> Found:
    """A ceiling below the floor, or two schedules at once. Spans that are none are named elsewhere."""
    if source.get("every_max") and source.get("at"):
        yield (*loc, "at"), _("来源 {name}：at 和 every_max 只能写一个。").format(name=name)
    try:
        floor, ceiling = (
            parse_span(text_at(source, key) or usual) for key, usual in (("every", "30m"), ("every_max", "36500d"))
        )
    except (ValueError, OverflowError):
        return
    if ceiling < floor:
        yield (*loc, "every_max"), _("来源 {name}：every_max 比 every 还短；它是最长的间隔。").format(name=name)


def _ability_problems(source: Mapping[str, Any], loc: Loc, name: str, channel: str) -> Found:
    """What is asked of a channel that it cannot do."""
    if is_on(source, "follow_links") and channel not in ("feed", "listing", "search"):
        text = _("来源 {name}：follow_links 只用于 feed、listing 和 search；请删掉它。")
        yield (*loc, "follow_links"), text.format(name=name)


def _key_problems(source: Mapping[str, Any], loc: Loc) -> Found:
    """Names of ours that select and fields do not have."""
    for section, valid in (("select", _SELECT), ("fields", _FIELDS)):
        for key in mapping_at(source, section):
            if key not in valid:
                yield (*loc, section, key), unknown_key(key, section, list(valid))


def _selector_problems(source: Mapping[str, Any], loc: Loc, channel: str) -> Found:
    """CSS that is none. The crawler itself is asked, only when there is something to ask."""
    given: dict[Loc, Any] = {(*loc, "select", key): value for key, value in mapping_at(source, "select").items()}
    given |= {(*loc, key): source[key] for key in ("next", "item") if source.get(key)}
    if channel == "search" and source.get("item"):
        given |= {(*loc, "fields", key): value for key, value in mapping_at(source, "fields").items()}
    selectors = {at: value for at, value in given.items() if isinstance(value, str) and value.strip()}
    if not selectors:
        return
    from crawlers.extract.dom import parse
    from crawlers.extract.links import select

    page = parse("<p>")
    for at, value in selectors.items():
        try:
            select(page, value)
        except YuqingError as error:
            yield at, str(error)


def _platform_problems(source: Mapping[str, Any], loc: Loc, name: str, channel: str) -> Found:
    platform, valid = text_at(source, "platform"), _PLATFORMS.get(channel, ())
    if platform and platform not in valid:
        what = _("可以写：{valid}").format(valid=_("、").join(valid)) if valid else _("这个 channel 不用写 platform")
        yield (
            (*loc, "platform"),
            _("来源 {name}：platform 写的是“{seen}”；{what}。").format(name=name, seen=platform, what=what),
        )
    if channel == "forum" and platform == "css":
        for key in _CSS_FORUM:
            if not mapping_at(source, "select").get(key):
                yield (*loc, "platform"), _("来源 {name}：platform css 要写 select.{key}。").format(name=name, key=key)
    if channel == "api" and not platform and not source.get("fields"):
        text = _("来源 {name}：api 要写 platform: wordpress，或写 items 和 fields。")
        yield (*loc, "channel"), text.format(name=name)


def _address_problems(source: Mapping[str, Any], loc: Loc, name: str) -> Found:
    if not source.get("url"):
        return
    reach = reach_of(text_at(source, "url"))
    allowed = is_on(source, "allow_private")
    if allowed and reach == "public":
        text = _("来源 {name}：allow_private 只许用于本机或内网地址；请删掉它。")
        yield (*loc, "allow_private"), text.format(name=name)
    if reach != "public" and not allowed:
        text = _("来源 {name}：是本机或内网地址；确要抓取，请写 allow_private: true。")
        yield (*loc, "url"), text.format(name=name)
    if reach == "loopback" or (delay := number_at(source, "delay_s")) is None:
        return
    if delay < LEAST_DELAY_S:
        text = _("来源 {name}：delay_s 小于 {least} 只许用于本机；别人的网站请写 {least} 以上，或删掉它。")
        yield (*loc, "delay_s"), text.format(name=name, least=LEAST_DELAY_S)
