"""A page as bytes becomes title, text, time, author, outlet and posts. Own code on lxml; no network, no clock."""
