"""Privacy topics by rules that anybody can read: analysis/data/topics.toml."""

from analysis.topics.flags import flags_of
from analysis.topics.rules import TopicRules, topics_of

__all__ = ["TopicRules", "flags_of", "topics_of"]
