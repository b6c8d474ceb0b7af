"""The demo's mail server: takes mails over real SMTP and keeps each as a file."""

import smtplib
from email.message import EmailMessage

from yuqing.demo.mailbox import Mailbox


def send(port, subject):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "radar@xinghe.example", "pr@xinghe.example", subject
    mail.set_content("正文")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
        smtp.send_message(mail)


def test_a_mail_is_kept_as_a_file_and_read_back(tmp_path):
    with Mailbox(tmp_path / "mail") as mailbox:
        send(mailbox.port, "日报一")
        send(mailbox.port, "日报二")

        assert [m["Subject"] for m in mailbox.mails()] == ["日报一", "日报二"]
        assert [p.name for p in mailbox.files()] == ["001.eml", "002.eml"]


def test_a_second_run_counts_on(tmp_path):
    for subject in ("一", "二"):
        with Mailbox(tmp_path) as mailbox:
            send(mailbox.port, subject)

    assert [p.name for p in Mailbox(tmp_path).files()] == ["001.eml", "002.eml"]
