"""A remark at the top of a mail that was ready before: that it may be a repetition, or that it comes late. Pure."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from core.palette import PALETTE
from core.values import Message

PLACE = "<!--notice-->"
"""Where the templates let a notice stand. Foreign text cannot forge it: autoescape turns its angle bracket."""


def with_notice(message: Message, *, mark: str, note: str) -> Message:
    """The message with `mark` before its subject and `note` above both texts; one that has the mark stays as it is."""
    if message.subject.startswith(mark):
        return message
    banner = (
        f'<tr><td class="pad warn bg-warn_soft" bgcolor="{PALETTE["warn_soft"].light}" style="padding:10px 24px;'
        f'color:{PALETTE["warn"].light};font-size:14px;line-height:22px"><b>{escape(note)}</b></td></tr>'
    )
    return replace(
        message,
        subject=mark + message.subject,
        text=f"{note}\n\n{message.text}",
        html=message.html.replace(PLACE, PLACE + banner, 1) if message.html else None,
    )
