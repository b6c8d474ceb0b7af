"""
Mail over SMTP. The fate of a transfer is told truthfully: sent, surely not sent, refused for good, or unknown.

DATA is the line: before it failure is certain, after it a lost connection leaves the fate unknown
(RFC 5321 section 4.2.5; a retry then would give the reader two copies).
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import blake2b
from typing import Literal

from core.errors import Unavailable
from core.i18n import _
from core.values import Message
from scheduler.radar import MailServer

Fate = Literal["sent", "retry", "failed", "unknown"]
_POLICY = SMTP.clone(cte_type="7bit")  # some relays still break 8BITMIME


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one transfer, with the server's own answer (never the text of the mail)."""

    fate: Fate
    answer: str


def send(
    message: Message, recipient: str, *, server: MailServer, now: datetime, before_data: Callable[[], None]
) -> Outcome:
    """
    Hand one message for one recipient to the server.

    `before_data` is called once, just before DATA; what it raises ends the transfer with nothing sent.
    """
    try:
        content = as_mail(message, recipient, server=server, now=now).as_bytes(policy=_POLICY)
    except ValueError as error:  # an address that is none: to try again would change nothing, and must stop no other
        return Outcome("failed", _answer(error))
    try:
        smtp = _connect(server)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(fate_of(_code(error), data_begun=False), _answer(error))
    try:
        return _transfer(smtp, content, recipient, server, before_data)
    finally:
        smtp.close()


def _transfer(
    smtp: smtplib.SMTP, content: bytes, recipient: str, server: MailServer, before_data: Callable[[], None]
) -> Outcome:
    data_begun = False
    try:
        for command, argument in ((smtp.mail, server.sender), (smtp.rcpt, recipient)):
            code, answer = command(_bare(argument))
            if code >= 300:
                return Outcome(fate_of(code, data_begun=False), _reply(code, answer))
        before_data()
        data_begun = True
        code, answer = smtp.data(content)
    except (OSError, smtplib.SMTPException) as error:
        # SMTPDataError is the refusal of the DATA command itself: nothing was handed over
        return Outcome(fate_of(_code(error), data_begun=data_begun), _answer(error))
    _goodbye(smtp)
    return Outcome(fate_of(code, data_begun=True), _reply(code, answer))


def _connect(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_s, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.username and server.password:
            smtp.login(server.username, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def check(server: MailServer) -> str:
    """Shake hands with the server without sending. Returns its greeting name; raises Unavailable with what to do."""
    where = f"{server.host}:{server.port}"
    try:
        smtp = _connect(server)
    except smtplib.SMTPAuthenticationError as error:
        message = _("邮件服务器 {where} 不接受用户名或密码（{seen}）。QQ、163 等邮箱要用授权码，不是登录密码。")
        raise Unavailable(message.format(where=where, seen=_answer(error))) from error
    except (OSError, smtplib.SMTPException) as error:
        message = _("邮件服务器 {where} 连不上（{seen}）。请检查 mail.host、mail.port 与 mail.security。")
        raise Unavailable(message.format(where=where, seen=_answer(error))) from error
    _goodbye(smtp)
    smtp.close()
    return where


def _goodbye(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):  # the mail is with the server already
        smtp.quit()


def _code(error: Exception) -> int | None:
    code = getattr(error, "smtp_code", None)
    return code if isinstance(code, int) and code > 0 else None


def _answer(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    if isinstance(error, (TimeoutError, socket.timeout)):
        return _("超时")
    return f"{type(error).__name__}: {error}"[:200]


def _reply(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:200]


def _bare(address: str) -> str:
    return parseaddr(address)[1] or address


def as_mail(message: Message, recipient: str, *, server: MailServer, now: datetime) -> EmailMessage:
    """The message as a mail to one recipient. Its Message-ID is the same at every try."""
    name, address = parseaddr(server.sender)
    domain = address.rpartition("@")[2] or "yuqing.invalid"
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = message.subject
    mail["From"] = Address(name or _("舆情雷达"), addr_spec=address)
    mail["To"] = Address(addr_spec=_bare(recipient))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id(message.key, recipient)}@{domain}>"
    mail["List-Id"] = f"<{message.kind}.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    return mail


def message_id(key: str, recipient: str) -> str:
    """The local part of a Message-ID: one per message and recipient, for ever."""
    return blake2b(f"{key}\n{recipient}".encode(), digest_size=16).hexdigest()


def fate_of(code: int | None, *, data_begun: bool) -> Fate:
    """Pure: what an SMTP reply code (None: no reply came) means for the transfer."""
    if code is None:
        return "unknown" if data_begun else "retry"
    if code < 400:
        return "sent" if data_begun else "retry"
    return "failed" if code >= 500 else "retry"
