"""A Brief becomes a mail that Outlook, phones and dark screens can show. Pure: same brief, same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from briefing import wording
from briefing.page import Limits, page_of
from briefing.values import Brief
from core.display import one_line
from core.i18n import _
from core.notices import with_notice
from core.values import CHINESE, Message

HTML_BUDGET = 90_000
"""Bytes of HTML: Gmail cuts a mail off near 102 kB."""
_TIGHTER = (Limits(), Limits(5, 2, 5, 5, 2, 2, 5, 16, 60, 60, 300), Limits(2, 1, 2, 3, 1, 1, 3, 10, 40, 0, 120))
"""Tried in this order until the mail keeps within HTML_BUDGET; the last one always does."""


def render(
    brief: Brief,
    *,
    to: Sequence[str],
    from_name: str,
    topic_names: Mapping[str, str] = CHINESE["topic"],
) -> Message:
    """
    The brief as a mail of HTML and text, below HTML_BUDGET bytes of HTML, keyed by company and day.

    `from_name` is who signs, such as "舆情雷达". Every text from outside is escaped; links are http or https.
    """
    page = page_of(brief, _TIGHTER[0], from_name, topic_names)
    name = "brief" if brief.total.figure.value or brief.backfill.value else "quiet"
    return Message(
        key=f"brief:{brief.company}:{brief.day}",
        kind="brief",
        subject=wording.subject(brief, names=topic_names),
        text=_templates().get_template(f"{name}.txt").render(page),
        html=_within_budget(f"{name}.html", brief, from_name, topic_names),
        to=tuple(to),
    )


def _within_budget(template: str, brief: Brief, from_name: str, names: Mapping[str, str]) -> str:
    html = ""
    for limits in _TIGHTER:
        html = _templates().get_template(template).render(page_of(brief, limits, from_name, names))
        if len(html.encode()) < HTML_BUDGET:
            return html
    return html


def marked_late(message: Message, why: str) -> Message:
    """
    A mail that was ready in time but could not be sent: it says so in subject and body, once.

    `why` is what held it up, in the reader's words. For a brief composed late use `compose(late=...)`.
    """
    return with_notice(message, mark=_("【迟发】"), note=f"{_('迟发')}{_('：')}{one_line(why, 120)}")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("briefing"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
