"""A subscription is a query: it is read once, wrong ones are all named, and it says which words it met."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.subscriptions import BadSubscriptions, Subscriptions, matching
from core.values import Facts, Subscription

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LEAK = Subscription("leak-now", "信息泄露 情感:负面", ("duty@xinghe.example",))
MINORS = Subscription("minors", "话题:未成年人信息", ("legal@xinghe.example",))
NOT_NEWS = Subscription("not-news", "(信息泄露 OR 倒卖) -类型:新闻", ("pr@xinghe.example",))
FACTS = Facts(
    "d1", "星禾科技被曝信息泄露", "多名用户接到电话。", sentiment="neg", topics=("leak", "minors"), kind="news"
)


def test_the_matching_subscriptions_come_in_their_own_order():
    assert matching(Subscriptions([MINORS, NOT_NEWS, LEAK]), FACTS, now=NOW) == ["minors", "leak-now"]


def test_a_plain_sequence_is_read_too():
    assert matching([LEAK], FACTS, now=NOW) == ["leak-now"]


def test_relative_days_count_from_the_instant_that_is_handed_in():
    today = Subscriptions([Subscription("today", "时间:今天", ())])
    facts = Facts("d1", "", "", published_at=NOW)

    assert matching(today, facts, now=NOW) == ["today"]
    assert matching(today, facts, now=NOW.replace(day=22)) == []


def test_every_bad_query_is_named_with_its_column():
    bad = [LEAK, Subscription("a", "信息泄露 AND", ()), Subscription("b", "情感:难过", ())]

    with pytest.raises(BadSubscriptions) as caught:
        Subscriptions(bad)

    lines = str(caught.value).splitlines()
    assert [line.split()[1] for line in lines] == ["a", "b"]
    assert all("列" in line for line in lines)
    assert caught.value.exit_code == 3


def test_two_subscriptions_with_one_id_are_refused():
    with pytest.raises(BadSubscriptions, match="leak-now"):
        Subscriptions([LEAK, LEAK])


def test_no_subscription_matches_nothing():
    assert matching(Subscriptions([]), FACTS, now=NOW) == []
