"""A page as bytes becomes title, text, time, author, outlet and posts. Own code on lxml; no network, no clock."""

from crawlers.extract.page import extract
from crawlers.extract.values import Extracted, Post

__all__ = ["Extracted", "Post", "extract"]
