"""Where the reader of surroundings learns that a company stands, and that none does."""

import gzip
import json
import random
from pathlib import Path

from training.places import marked_places, ordinary_words, own_places, real_places


def test_a_marked_place_is_the_name_in_the_text_without_its_marks() -> None:
    places = list(marked_places())

    assert {is_company for _place, is_company in places} == {True, False}
    assert all(0 <= start < end <= len(text) and "[[" not in text for (text, start, end), _ in places)


def test_the_names_of_a_line_are_companies_and_its_other_words_are_not(tmp_path: Path) -> None:
    lines = tmp_path / "topic_lines_x.jsonl"
    lines.write_text(json.dumps({"text": "窗外下着大雨，{A}的骑手把{B}的雨衣借给邻居"}) + "\n", "utf-8")

    found = list(own_places(lines, ordinary_words(), random.Random(1)))

    companies = [text[start:end] for (text, start, end), is_company in found if is_company]
    words = [text[start:end] for (text, start, end), is_company in found if not is_company]
    assert len(companies) == 2
    assert words
    assert all("{" not in text for (text, _start, _end), _ in found)
    assert not any(word in name or name in word for word in words for name in companies)


def test_a_real_text_gives_a_word_that_is_no_name_of_trade(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    for name in ("weibo_posts", "news_sentences"):
        with gzip.open(tmp_path / "text" / f"{name}.txt.gz", "wt", encoding="utf-8") as out:
            out.write("客服说窗外下着大雨\n\n")

    found = [text[start:end] for text, start, end in real_places(tmp_path, ordinary_words(), random.Random(1))]

    assert len(found) == 2
    assert "客服" not in found
