"""An SMTP server on loopback that misbehaves on request: refuses, stalls, drops the line before or after DATA."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer:
    """
    A scripted SMTP server. `answers` maps a step (connect, mail, rcpt ADDRESS, data, end) to a reply line, or
    to "drop" (close the line) or "stall" (say nothing for `stall_s`). What was accepted is in `mails`.

    A mail counts as accepted when its final dot was read, whatever was answered then.
    """

    def __init__(self, answers: Mapping[str, str] | None = None, *, stall_s: float = 2.0) -> None:
        self.answers: dict[str, str] = dict(answers or {})
        self.stall_s = stall_s
        self.mails: list[tuple[str, EmailMessage]] = []
        self.before_answer: Callable[[str], None] = lambda step: None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def to(self, recipient: str) -> list[EmailMessage]:
        """The mails accepted for one recipient."""
        return [mail for address, mail in self.mails if address == recipient]

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            try:
                self._dialogue(stream)
            except (OSError, _DroppedError):
                return

    def _dialogue(self, stream) -> None:  # type: ignore[no-untyped-def]
        self._say(stream, "connect", "220 mail.example")
        recipient = ""
        for raw in stream:
            line = raw.decode("ascii", "replace").strip()
            verb = line[:4].upper()
            if verb in ("EHLO", "HELO"):
                self._say(stream, "ehlo", "250 mail.example")
            elif verb == "MAIL":
                self._say(stream, "mail", "250 ok")
            elif verb == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
                self._say(stream, f"rcpt {recipient}", "250 ok")
            elif verb == "DATA":
                self._say(stream, "data", "354 go on")
                self.mails.append((recipient, _read_mail(stream)))
                self._say(stream, "end", "250 queued as 1")
            elif verb == "QUIT":
                self._say(stream, "quit", "221 bye")
                return
            else:
                self._say(stream, "other", "250 ok")

    def _say(self, stream, step: str, usual: str) -> None:  # type: ignore[no-untyped-def]
        answer = self.answers.get(step, usual)
        self.before_answer(step)
        if answer == "drop":
            raise _DroppedError
        if answer == "stall":
            time.sleep(self.stall_s)
            raise _DroppedError
        stream.write(answer.encode() + b"\r\n")
        stream.flush()


class _DroppedError(Exception):
    """The line is cut on purpose."""


def _read_mail(stream) -> EmailMessage:  # type: ignore[no-untyped-def]
    lines = []
    for raw in stream:
        if raw in (b".\r\n", b".\n"):
            return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]
        lines.append(raw[1:] if raw.startswith(b"..") else raw)
    raise _DroppedError
