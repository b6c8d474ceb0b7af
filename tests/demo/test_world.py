"""The invented world: the same for the same arguments, big and varied enough, its planted data valid and all listed."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from core.text import fold
from core.times import day_of
from core.values import CHINESE
from yuqing.demo.complaints import complaints_csv
from yuqing.demo.world import CRAWLED, world

LAST_DAY = date(2025, 11, 21)
EVENING = datetime(2025, 11, 21, 12, 30, tzinfo=UTC)  # 20:30 in Shanghai
WORLD = world(LAST_DAY, EVENING)


def test_the_same_arguments_give_the_same_world():
    assert world(LAST_DAY, EVENING) == WORLD


def test_it_has_over_130_documents_on_14_days():
    days = {day_of(d.published_at) for d in WORLD.documents}

    assert len(WORLD.documents) >= 130
    assert days == {LAST_DAY - timedelta(days=n) for n in range(14)}


def test_every_privacy_topic_appears():
    assert {t for d in WORLD.documents for t in d.topics} == set(CHINESE["topic"])


def test_both_companies_are_praised_blamed_and_reported():
    seen = {(name, d.label) for d in WORLD.documents for name in d.about}

    assert seen == {(name, label) for name in ("星禾科技", "云鹭银行") for label in ("neg", "neu", "pos")}


def test_paths_are_unique_across_sites():
    """So that keys stay apart when every site has the same address and only the port differs."""
    paths = [d.path for d in WORLD.documents]

    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize(
    "clock", [(0, 1), (0, 9), (0, 11), (1, 0), (8, 0), (20, 30), (23, 59)], ids=lambda c: f"{c[0]:02d}:{c[1]:02d}"
)
def test_the_crisis_is_fresh_and_never_in_the_future(clock):
    hour, minute = clock
    now = datetime(2025, 11, 20, 16, 0, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)
    documents = world(LAST_DAY, now).documents
    crisis = [d for d in documents if d.round == 2]

    assert all(timedelta(0) < now - d.published_at <= timedelta(hours=2) for d in crisis)
    assert max(d.published_at for d in documents if d.round == 1) <= min(d.published_at for d in crisis)
    if hour or minute >= 10:
        assert {day_of(d.published_at) for d in crisis} == {LAST_DAY}


def test_the_crisis_starts_on_the_board_then_makes_news_then_is_reprinted():
    order = [d for d in WORLD.documents if d.round == 2]
    first_news = next(d for d in order if d.kind == "news")

    assert order[0].site == "minsheng"
    assert first_news.site == "qinglan"
    assert all(d.published_at > first_news.published_at for d in order if d.of)


def test_a_reprint_changes_the_title_and_cuts_the_tail_or_keeps_all():
    originals = {d.id: d for d in WORLD.documents}
    reprints = [d for d in WORLD.documents if d.of]

    assert len(reprints) >= 10
    for reprint in reprints:
        original = originals[reprint.of]
        assert original.body.startswith(reprint.body)
        assert reprint.title != original.title
        assert reprint.published_at > original.published_at


def test_every_personal_datum_in_the_texts_is_listed():
    """Whatever looks like a mobile, a long number or a mail address is planted or belongs to the company."""
    looks = re.compile(r"(?<!\d)1[3-9](?:[ -]?\d){9}(?!\d)|\d{15,19}X?|[\w.]+(?:@| \[at\] )[\w.]+")
    for document in WORLD.documents:
        listed = [fold(p) for p in document.planted]
        for found in looks.findall(fold(f"{document.title}\n{document.body}")):
            assert found.strip(".") in listed


def test_planted_ids_and_cards_pass_their_checks():
    numbers = {p for p in WORLD.planted if re.fullmatch(r"[0-9]{15,19}X?", p)}
    ids = {n for n in numbers if len(n) == 18}

    assert len(ids) >= 4
    assert all(_id_check(n) for n in ids)
    assert len(numbers - ids) >= 4
    assert all(_luhn(n) for n in numbers - ids)


def test_board_users_and_customers_are_listed_as_persons():
    assert {"早市魏大姐", "KH20733"} <= set(WORLD.persons)


def test_complaints_are_a_chinese_table_that_grows_in_round_two():
    first, second = complaints_csv(WORLD, 1).decode("utf-8-sig"), complaints_csv(WORLD, 2).decode("utf-8-sig")

    assert first.splitlines()[0] == "工单号,内容,受理时间,客户编号,类别"
    assert second.startswith(first)
    assert len(first.splitlines()) == 1 + 19
    assert len(second.splitlines()) == 1 + 27


def test_every_site_has_something_new_in_round_two():
    for site in CRAWLED:
        assert len(WORLD.seen(2, site)) > len(WORLD.seen(1, site)) > 9


def _id_check(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(n) * w for n, w in zip(number[:17], weights, strict=True)) % 11] == number[17]


def _luhn(number: str) -> bool:
    digits = [int(n) for n in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * n, 10)) for n in digits[1::2])) % 10 == 0
