"""The invented world of `yuqing demo`: its texts, its sites on loopback, its mailbox, and the guided run."""
