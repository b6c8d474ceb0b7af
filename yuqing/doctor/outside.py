"""The world outside: mail server, recipients, sources. Nothing is sent; sites are asked only with --online."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from core.errors import YuqingError
from core.i18n import _
from core.values import Source
from yuqing.config import Config
from yuqing.configuration.plain import reach_of
from yuqing.doctor.check import Check

TIMEOUT_S = 15.0
MOST_BYTES = 512 * 1024


def mail(config: Config) -> Check:
    """Does the mail server take our greeting and login? Not asked while nobody is to get mail."""
    from scheduler.mail import check
    from scheduler.radar import MailServer

    if not recipients_of(config):
        return Check(_("邮件"), "ok", _("没有收件人，没有检查"))
    mail = config.mail
    password = mail.password.get_secret_value() if mail.password else None
    server = MailServer(
        mail.host, mail.port, mail.sender, mail.username, password, mail.security, min(mail.timeout_s, TIMEOUT_S)
    )
    try:
        check(server)
    except YuqingError as error:
        return Check(_("邮件"), "fail", str(error), _("改好 mail 后再运行 yuqing doctor。"))
    return Check(_("邮件"), "ok", _("{host}:{port} 握手成功，没有发信").format(host=mail.host, port=mail.port))


def recipients_of(config: Config) -> list[str]:
    """Everybody who may get a mail, each once."""
    return sorted({*config.brief.to, *(to for each in config.subscriptions for to in each.to)})


def recipients(config: Config) -> Iterator[Check]:
    """Does anybody hear of what we find?"""
    brief, subscribed = len(config.brief.to), len(config.subscriptions)
    if brief:
        seen = _("{at:%H:%M} 发给 {n} 人").format(at=config.brief.at, n=brief)
        yield Check(_("日报"), "ok", seen)
    else:
        yield Check(_("日报"), "warn", _("没有收件人，只存不发"), _("在 brief.to 写上邮件地址。"))
    if subscribed:
        yield Check(_("订阅"), "ok", _("{n} 条").format(n=subscribed))
    else:
        yield Check(_("订阅"), "warn", _("一条也没有，出事时不会立刻通知"), _("在 subscriptions 写上查询和收件人。"))


def sources(config: Config, *, online: bool) -> Iterator[Check]:
    """Is there anything to listen to, may sites know whom to ask, and (online) do they let us in?"""
    if not config.sources:
        yield Check(_("来源"), "warn", _("一个也没有"), _("在 sources 写上来源；yuqing.yaml 里有每种的样子。"))
        return
    yield Check(_("来源"), "ok", _("{n} 个").format(n=len(config.sources)))
    remote = [each for each in config.sources if each.url and reach_of(each.url) == "public"]
    if any(not (each.contact or config.contact) for each in remote):
        advice = _("在 contact 写上网址或邮箱，网站管理员有事才找得到你们。")
        yield Check(_("联系方式"), "warn", _("没有写 contact"), advice)
    for source in config.sources:
        if source.render:
            advice = _("这一版还不会用浏览器，这个来源不会被抓取；请改用该网站的订阅源、接口或站点地图。")
            yield Check(_("来源 {id}").format(id=source.id), "warn", _("写了 render"), advice)
    if online:
        yield from (_asked(each, config) for each in config.sources if each.url)


def _asked(source: Source, config: Config) -> Check:
    """Ask a source's host for robots.txt and for the address itself, once each."""
    from crawlers.guard import refuse_url
    from crawlers.robots import Robots, robots_of

    name, url = _("来源 {id}").format(id=source.id), _example(source, config)
    if why := refuse_url(url, allow_private=source.allow_private):
        return Check(name, "fail", f"{url}: {why}", _("请检查 url。"))
    parts = urlsplit(url)
    agent = f"YuqingRadar (+{source.contact or config.contact or 'no contact'})"
    status, body = _fetched(f"{parts.scheme}://{parts.netloc}/robots.txt", agent)
    robots = Robots(None, "unreachable") if status is None else robots_of(status, body)
    if not robots.allows(url):
        seen = robots.refusal or _("robots.txt 不许取 {url}").format(url=url)
        return Check(name, "fail", seen, _("请尊重网站的意思：换一个来源，或请网站许可。"))
    status, _body = _fetched(url, agent)
    if status is None:
        return Check(name, "fail", _("{url} 连不上").format(url=url), _("请检查 url、网络和证书。"))
    if status >= 400:
        return Check(name, "fail", _("{url} 回答 {status}").format(url=url, status=status), _("请在浏览器里看看 url。"))
    return Check(name, "ok", _("{url} 可取，robots.txt 允许").format(url=url))


def _example(source: Source, config: Config) -> str:
    """The address with its placeholders filled in."""
    from urllib.parse import quote

    return (source.url or "").replace("{page}", "1").replace("{name}", quote(config.watch.companies[0].name))


def _fetched(url: str, agent: str) -> tuple[int | None, bytes]:
    """The status and the first bytes of an answer; (None, b"") when there was none."""
    request = urllib.request.Request(url, headers={"User-Agent": agent})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return answer.status, answer.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        return error.code, b""
    except (OSError, ValueError):
        return None, b""
