"""The query language and the index. The index is derived and can be thrown away at any time."""
