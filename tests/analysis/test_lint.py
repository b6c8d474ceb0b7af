"""A watch's useless and dangerous names are told before they cost anybody a morning."""

from collections import Counter

from analysis.lint import lint, lint_finds
from core.values import Company, Watch


def remarks(**company):
    fields = {"name": "星禾科技", "aliases": {"full": ("星禾科技",)}} | company
    found = lint(Watch((Company(**fields),)), is_word=lambda word: word in ("平安", "苹果"))
    return [(one.weight, one.kind, one.name) for one in found]


def test_a_sound_watch_has_no_remark():
    assert remarks(aliases={"full": ("星禾科技",), "short": ("星禾",), "brand": ("禾速贷",)}, cues=("贷款",)) == []


def test_a_common_word_as_a_sure_name_is_dangerous():
    assert remarks(aliases={"full": ("平安",)}) == [("danger", "full", "平安")]
    assert remarks(aliases={"short": ("蘋果",)}) == [("danger", "short", "蘋果")]


def test_a_common_word_that_is_called_ambiguous_wants_cues():
    assert remarks(aliases={"ambiguous": ("平安",)}) == [("danger", "ambiguous", "平安")]
    assert remarks(aliases={"ambiguous": ("平安",)}, cues=("银行",)) == []


def test_short_letters_and_single_characters_are_dangerous():
    assert remarks(aliases={"short": ("xh",)}) == [("danger", "short", "xh")]
    assert remarks(aliases={"full": ("禾",)}) == [("danger", "full", "禾")]


def test_the_same_name_twice_is_useless_whatever_its_width():
    assert remarks(aliases={"full": ("星禾APP",), "brand": ("星禾ａｐｐ",)}) == [("useless", "brand", "星禾ａｐｐ")]


def test_an_exclusion_without_the_name_hides_none_and_may_take_real_mentions_away():
    assert remarks(exclude=("云鹭湖", "星禾科技园")) == [("danger", "exclude", "云鹭湖")]
    assert remarks(aliases={"product": ("星禾 App",)}, exclude=("星禾App商店",)) == []


def test_the_name_of_the_company_itself_is_checked_too():
    assert remarks(name="平安", aliases={}) == [("danger", "full", "平安")]
    assert remarks(name="平安", aliases={"ambiguous": ("平安",)}, cues=("银行",)) == []


def test_a_name_of_two_companies_is_dangerous():
    twins = Watch((Company("甲公司", {"short": ("禾禾",)}), Company("乙公司", {"brand": ("禾禾",)})))

    assert {one.company for one in lint(twins, is_word=lambda _word: False)} == {"甲公司", "乙公司"}


def test_a_name_with_a_blank_is_found_without_it_too():
    watch = Watch((Company("星禾科技", {"full": ("星禾科技",), "product": ("星禾 App",)}),))
    finds = {("星禾科技", "星禾科技"): Counter(hit=9), ("星禾科技", "星禾app"): Counter(hit=2)}

    assert lint_finds(watch, finds) == []


def test_stored_texts_show_names_that_never_occur_or_stay_in_doubt():
    watch = Watch((Company("星禾科技", {"full": ("星禾科技",), "short": ("星禾",), "brand": ("禾速贷",)}),))
    finds = {
        ("星禾科技", "星禾科技"): Counter(hit=9),
        ("星禾科技", "星禾"): Counter(hit=1, out=1, doubt=3),
    }

    assert [(one.weight, one.name) for one in lint_finds(watch, finds)] == [("danger", "星禾"), ("useless", "禾速贷")]
