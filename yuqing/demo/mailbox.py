"""A mail server on loopback that keeps every mail as a file: the demo's people read here."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """
    Takes every mail on a loopback port while the `with` block runs; mail N is `folder/NNN.eml`.

    Counts on from what the folder holds, so a second run adds.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._controller: Controller | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; 0 outside the `with` block."""
        return self._controller.port if self._controller else 0

    def mails(self) -> list[EmailMessage]:
        """The mails received so far, first one first."""
        return [read_mail(path) for path in self.files()]

    def files(self) -> list[Path]:
        """Where the mails lie, first one first."""
        return sorted(self.folder.glob("*.eml"))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one mail (called by aiosmtpd)."""
        content = envelope.original_content or b""
        number = len(self.files()) + 1
        (self.folder / f"{number:03d}.eml").write_bytes(content)
        return "250 OK"

    def __enter__(self) -> Mailbox:
        """Make the folder and listen. Raises OSError when that cannot be."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port())
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None


def read_mail(path: Path) -> EmailMessage:
    """A kept mail, parsed."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def _free_port() -> int:
    """A port that nobody holds now: the controller cannot try out a port that it did not choose itself."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
