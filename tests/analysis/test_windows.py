"""Which stretches of a text speak of which company."""

from analysis.encoder import MARK, OTHER
from analysis.windows import Stretch, stretches_of, view_of


def parts(text: str, **names: str) -> dict[str, list[str]]:
    spans = {key: [(text.index(name), text.index(name) + len(name))] for key, name in names.items()}
    return {key: [text[s.start : s.end] for s in found] for key, found in stretches_of(text, spans).items()}


def test_with_one_company_its_sentence_and_what_follows_speak_of_it() -> None:
    assert parts("今天下雨。星禾扣钱。客服不理。", a="星禾")["a"] == ["星禾扣钱。", "客服不理。"]


def test_clauses_belong_to_the_last_company_named() -> None:
    found = parts("星禾两分钟搞定，云鹭呢？三周了还在审核", a="星禾", b="云鹭")

    assert found["a"] == ["星禾两分钟搞定，"]
    assert found["b"] == ["云鹭呢？", "三周了还在审核"]


def test_a_list_of_companies_shares_its_clause() -> None:
    found = parts("星禾和云鹭均被罚款", a="星禾", b="云鹭")

    assert found["a"] == found["b"] == ["星禾和云鹭均被罚款"]


def test_a_view_hides_the_names() -> None:
    assert view_of("星禾比云鹭好", [Stretch(0, 6, True, False)], [(0, 2)], [(3, 5)], most=9) == f"{MARK}比{OTHER}好"
