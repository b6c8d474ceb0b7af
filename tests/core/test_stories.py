"""Who told a story first: by a credible time."""

import pytest

from core.stories import BEGINNING, First, first_of
from core.values import StoryMember
from tests import make

TEMPLATE = make.at(days=-6900)  # what a template says: 2008-01-01


def member(name, seen=0.0, published=None):
    return StoryMember(name, "s", "s", b"", make.at(hours=seen), published)


def test_the_earliest_publication_is_first():
    early = member("b", 3, make.at(hours=-2))

    assert first_of([member("a", 1, make.at(hours=-1)), early]) == First(early, make.at(hours=-2))


@pytest.mark.parametrize("others", [1, 2, 5])
def test_a_reprint_with_the_date_of_a_template_is_not_first(others):
    told = [member(f"d{n}", n, make.at(hours=n)) for n in range(others)]

    assert first_of([*told, member("template", 9, TEMPLATE)]) == First(told[0], make.at(hours=0))


def test_a_date_of_a_template_counts_as_unknown():
    """Seen first, it is first; but not since 2008."""
    template = member("template", 0, TEMPLATE)

    assert first_of([template, member("b", 3), member("c", 4, make.at(hours=2))]) == First(template, None)


def test_who_does_not_say_when_counts_by_when_it_was_seen():
    undated = member("undated", 1)

    assert first_of([member("b", 3, make.at(hours=2)), undated]) == First(undated, None)
    assert first_of([member("b", 3, make.at(hours=0)), undated]).member.document == "b"


def test_a_story_that_is_old_as_a_whole_keeps_its_times():
    old = member("old", 1, TEMPLATE)

    assert first_of([member("late", 0, make.at(days=-6899)), old]) == First(old, TEMPLATE)


def test_a_mere_order_of_discovery_decides_only_without_any_time():
    """The filter knows no times of discovery."""
    a, b = (
        StoryMember(name, "s", "s", b"", BEGINNING.replace(year=1970, day=day)) for name, day in (("a", 2), ("b", 1))
    )
    dated = StoryMember("c", "s", "s", b"", BEGINNING.replace(year=1970, day=3), make.NOW)

    assert first_of([a, b]) == First(b, None)
    assert first_of([a, b, dated]) == First(dated, make.NOW)
