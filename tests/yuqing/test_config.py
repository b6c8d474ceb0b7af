"""The configuration: what parses, and that every mistake is named at once with its line."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError, UsageError, YuqingError
from yuqing.config import load_config, load_source, load_watch
from yuqing.configuration.kinds import _span, span_text
from yuqing.configuration.lines import read_lines

from .make import EVERY_CHANNEL, config_file, source


def mistakes(folder: Path, text: str, **variables: str) -> list[str]:
    """The lines of the error, without the path; empty when the text is right."""
    path = config_file(folder, text)
    try:
        load_config(path, variables=variables)
    except ConfigError as error:
        return [line.removeprefix(f"{path}:") for line in str(error).splitlines()]
    return []


def test_the_example_of_every_channel_parses(tmp_path: Path):
    config = load_config(config_file(tmp_path, EVERY_CHANNEL))

    assert [each.channel for each in config.sources] == [
        "feed", "listing", "forum", "forum", "api", "api", "search", "import",
    ]  # fmt: skip
    assert config.sources[0].every == timedelta(minutes=10)
    assert config.sources[1].article_pattern == r"/\d{4}/\d+\.html$"
    assert config.sources[2].kind == "post"
    assert config.sources[3].name == "other-bbs"
    assert config.sources[7].folder == str(tmp_path.resolve() / "inbox/hotline")
    assert config.brief.at == time(8)
    assert config.mail.sender == "radar@xinghe.example"
    assert config.mail.security == "none"
    assert config.store.url == f"sqlite:///{tmp_path.resolve()}/data/radar.db"
    assert config.data_dir == tmp_path.resolve() / "data"
    assert config.pseudonym_key_file == tmp_path.resolve() / "keys/pseudonym.key"
    assert config.watch.companies[0].aliases["stock_code"] == ("600000",)


def test_a_company_name_is_enough(tmp_path: Path):
    config = load_config(config_file(tmp_path, "company: 星禾科技\n"))

    assert config.watch.companies[0].aliases == {"full": ("星禾科技",)}
    assert str(config.timezone) == "Asia/Shanghai"


def test_every_mistake_is_named_with_its_line(tmp_path: Path):
    found = mistakes(
        tmp_path,
        """\
company: 星禾科技
timezone: Asia/Shanghia
sources:
  - id: a
    channel: fed
    url: https://news.example/rss.xml
    purpose: 舆情监测
    retention_day: 365
  - id: a
    channel: feed
    url: news.example
    purpose: 舆情监测
    basis: 公开信息
    retention_days: 一年
subscriptons: []
brief:
  at: 8点
  to: [pr]
mail:
  port: 99999
""",
    )

    assert [int(line.partition(":")[0]) for line in found] == [2, 4, 4, 5, 8, 9, 11, 14, 15, 17, 18, 20]
    assert all(
        any(words in line for line in found)
        for words in ("是不是 feed", "basis", "是不是 retention_days", "重复", "是不是 subscriptions", '"08:00"')
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("company: 星禾科技\ncompany: 云鹭银行\n", 2, "重复"),
        ("company：星禾科技\n", 1, "全角"),
        ("company: 星禾科技\nbrief:\n\tat: 8:00\n", 3, "制表符"),
        ("company: 星禾科技\nbrief: {at: '08:00'\n", 3, "YAML"),
        ("company: 星禾科技\nmail: {password: '${NO_SUCH}'}\n", 2, "NO_SUCH"),
        ("company: a\x00b\n", 1, "字符"),
        ("company: &a [*a]\n", 1, "引用"),
        ("[1, 2]\n", 1, "带键"),
        ("company:\n", 1, "company"),
    ],
)
def test_broken_yaml_is_one_clear_line(tmp_path: Path, text: str, line: int, said: str):
    found = mistakes(tmp_path, text)

    assert found
    assert any(each.startswith(f"{line}: ") and said in each for each in found)


def test_the_traps_of_yaml_are_none(tmp_path: Path):
    """`8:00` is not 480, `no` is not False, `000001` is not 1."""
    config = load_config(
        config_file(
            tmp_path,
            "company: no\nbrief: {at: 8:00}\n"
            "watch: {companies: [{name: on line, aliases: {stock_code: [000001], short: [NO]}}]}\n",
        )
    )

    assert config.company == "no"
    assert config.brief.at == time(8)
    assert config.watch.companies[0].aliases["stock_code"] == ("000001",)
    assert config.watch.companies[0].aliases["short"] == ("NO",)


@pytest.mark.parametrize(
    "row",
    [
        "{id: a, url: https://a.example/list?page={page}&x=[1], channel: api}",
        "{id: a, channel: api, url: https://a.example/list?page={page}&x=[1]}",
        "{id: a, channel: api, url: https://a.example/list?page={page}&x=[1],}",
        "{id: a, channel: api, url: 'https://a.example/list?page={page}&x=[1]'}",
        "{id: a, channel: api, url: https://a.example/list?page={page}&x=[1],every: 10m}",
    ],
)
def test_a_bare_address_with_brackets_and_a_question_mark_stays_whole(row: str):
    lines = read_lines(f"- {row}  # https://b.example/?a={{b}}\n", environment=lambda name: None)

    assert lines.problems == ()
    assert lines.value[0]["url"] == "https://a.example/list?page={page}&x=[1]"
    assert lines.value[0]["channel"] == "api"


def test_defaults_can_be_shared_by_an_anchor(tmp_path: Path):
    config = load_config(
        config_file(
            tmp_path,
            """\
company: 星禾科技
sources:
  - &lawful {id: a, channel: feed, url: 'https://a.example/', purpose: 监测, basis: 公开, retention_days: 30}
  - {<<: *lawful, id: b, url: 'https://b.example/'}
""",
        )
    )

    assert [(each.id, each.url) for each in config.sources] == [
        ("a", "https://a.example/"),
        ("b", "https://b.example/"),
    ]


@pytest.mark.parametrize("key", ["purpose", "basis", "retention_days"])
def test_a_source_without_its_lawful_ground_is_refused(tmp_path: Path, key: str):
    assert any(key in line for line in mistakes(tmp_path, source(**{key: None})))


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ({"url": "http://127.0.0.1:8000/rss", "delay_s": 0, "allow_private": "true"}, True),
        ({"url": "http://localhost:8000/rss", "delay_s": 0, "allow_private": "true"}, True),
        ({"url": "'http://[::1]:8000/rss'", "delay_s": 0, "allow_private": "true"}, True),
        ({"url": "http://127.0.0.1:8000/rss"}, False),
        ({"url": "http://10.1.2.3/rss"}, False),
        ({"url": "http://10.1.2.3/rss", "allow_private": "true"}, True),
        ({"url": "http://10.1.2.3/rss", "allow_private": "true", "delay_s": 0}, False),
        ({"delay_s": 0}, False),
        ({"delay_s": 0.01}, False),
        ({"delay_s": 3}, True),
        ({"allow_private": "true"}, False),
        ({"delay_s": "nan"}, False),
        ({"delay_s": -1}, False),
    ],
)
def test_haste_and_private_addresses_are_for_this_machine_only(tmp_path: Path, values: dict[str, object], right: bool):
    assert (mistakes(tmp_path, source(**values)) == []) is right


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"every": "0m"}, "every"),
        ({"every": "tomorrow"}, "10m"),
        ({"kind": "小说"}, "news"),
        ({"article_pattern": "'('"}, "正则"),
        ({"encoding": "gbkk"}, "编码"),
        ({"quiet_hours": "night"}, "时段"),
        ({"url": "ftp://news.example/"}, "https://"),
        ({"url": "https://me:secret@news.example/"}, "密码"),
        ({"url": None}, "url"),
        ({"channel": "forum", "select": "{thred: a}"}, "thread"),
        ({"channel": "forum", "select": "{thread: 'a['}"}, "a["),
        ({"channel": "search", "url": "https://s.example/?q={name}", "item": "..x"}, "..x"),
        ({"channel": "import", "url": None, "folder": "in", "fields": "{bod: 内容}"}, "body"),
        ({"channel": "forum", "platform": "phpwind"}, "discuz"),
        ({"channel": "forum", "platform": "css"}, "select.post"),
        ({"channel": "api"}, "items"),
        ({"channel": "search"}, "{name}"),
        ({"channel": "import", "url": None}, "folder"),
        ({"id": "a b"}, "64"),
        ({"contact": "me"}, "contact"),
        ({"retention_days": 0}, "大于 0"),
    ],
)
def test_a_wrong_source_says_what_to_write(tmp_path: Path, values: dict[str, object], said: str):
    assert any(said in line for line in mistakes(tmp_path, source(**values)))


@pytest.mark.parametrize(
    "values",
    [
        {"channel": "forum"},
        {"channel": "search", "url": "https://s.example/?q={name}"},
        {"channel": "api", "fields": "{title: t, url: u}"},
        {"channel": "import", "url": None, "folder": "inbox"},
    ],
)
def test_what_a_channel_finds_out_by_itself_need_not_be_written(tmp_path: Path, values: dict[str, object]):
    assert mistakes(tmp_path, source(**values)) == []


def test_a_chinese_kind_is_understood(tmp_path: Path):
    assert load_config(config_file(tmp_path, source(kind="投诉"))).sources[0].kind == "complaint"


WATCH_MISTAKES = [
    ("companies: []", "companies"),
    ("companies: [{name: 星禾, aliases: {short: [星]}}]", "一个字"),
    ("companies: [{name: 星禾, aliases: {short: [星禾], full: [星禾]}}]", "只能写一处"),
    ("companies: [{name: 甲甲, aliases: {short: [星禾]}}, {name: 乙乙, aliases: {brand: [星禾]}}]", "甲甲"),
    ("companies: [{name: 甲甲, exclude: [星禾], aliases: {short: [星禾]}}]", "exclude"),
    ("companies: [{name: 甲甲}, {name: 甲甲}]", "两次"),
    ("companies: [{name: 甲甲, alias: {}}]", "aliases"),
    ("companies: [{name: 甲甲, aliases: {full: ['']}}]", "空"),
]


@pytest.mark.parametrize(("watch", "said"), WATCH_MISTAKES)
def test_a_watch_that_contradicts_itself_is_refused(tmp_path: Path, watch: str, said: str):
    assert any(said in line for line in mistakes(tmp_path, f"company: 星禾\nwatch: {{{watch}}}\n"))


@pytest.mark.parametrize(("watch", "said"), WATCH_MISTAKES)
def test_the_same_watch_alone_is_wrong_usage(tmp_path: Path, watch: str, said: str):
    path = tmp_path / "watch.yaml"
    path.write_text(watch, "utf-8")

    with pytest.raises(UsageError, match=said) as caught:
        load_watch(path)

    assert str(caught.value).startswith(f"{path}:1: ")


def test_a_watch_may_be_json(tmp_path: Path):
    path = tmp_path / "watch.json"
    path.write_text('{"companies": [{"name": "星禾科技", "aliases": {"short": ["星禾"]}, "cues": ["客服"]}]}', "utf-8")

    assert load_watch(path).companies[0].aliases == {"full": ("星禾科技",), "short": ("星禾",)}


def test_a_password_in_a_file_that_others_can_read_is_refused(tmp_path: Path):
    text = "company: 星禾\nmail: {host: mail.example, username: a, password: hunter2}\n"

    with pytest.raises(ConfigError, match="chmod 600") as caught:
        load_config(config_file(tmp_path, text))
    assert "hunter2" not in str(caught.value)
    assert load_config(config_file(tmp_path, text, mode=0o600)).mail.security == "starttls"


def test_a_password_comes_from_the_environment_or_a_file(tmp_path: Path):
    (tmp_path / "secret").write_text("授权码\n", "utf-8")
    head = "company: 星禾\nmail: {host: mail.example, username: a, "

    for tail, variables in (
        ("password: '${SMTP_PASSWORD}'}", {"SMTP_PASSWORD": "授权码"}),
        ("password: '${SMTP_PASSWORD}'}", {"SMTP_PASSWORD_FILE": str(tmp_path / "secret")}),
        ("password_file: secret}", {}),
    ):
        config = load_config(config_file(tmp_path, head + tail), variables=variables)
        assert config.mail.password is not None
        assert config.mail.password.get_secret_value() == "授权码"
        assert "授权码" not in repr(config)


def test_the_effective_configuration_shows_no_secret(tmp_path: Path):
    text = (
        "company: 星禾\nstore: {url: 'postgresql://radar:${PG}@db.example/radar'}\n"
        "mail: {host: mail.example, username: a, password: '${PW}'}\n"
    )
    config = load_config(config_file(tmp_path, text), variables={"PG": "pg-secret", "PW": "pw-secret"})

    assert "secret" not in str(config.effective)
    assert config.effective["store"]["url"] == "postgresql://radar:**********@db.example/radar"
    assert config.store.url == "postgresql://radar:pg-secret@db.example/radar"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail: {username: a}", "密码"),
        ("mail: {host: mail.example, username: a, password_file: nowhere}", "nowhere"),
        ("mail: {host: mail.example, username: a, password_file: x, security: none}", "明文"),
        ("index: {backend: elasticsearch}", "index.url"),
        ("index: {backend: elasticsearch, url: 'http://es.example:9200'}", "https"),
        ("index: {url: 'https://es.example:9200'}", "elasticsearch"),
        ("index: {backend: elasticsearch, url: 'https://es.example:9200', name: Yuqing}", "2: index.name"),
        ("index: {name: 舆情}", "小写"),
        ("store: {url: radar.db}", "sqlite:///"),
        ("store: {url: 'sqlite://'}", "sqlite:///"),
        ("pseudonym_key_file: data/key", "数据文件夹"),
        ("free_space_floor: much", "500MB"),
        ("subscriptions: [{id: a, query: 信息泄露, to: []}]", "to"),
        ("brief: {days: weekday}", "workdays"),
        ('mail: {from: "a@b\\nBcc: x@y"}', "mail"),
        ("language: english", "en"),
    ],
)
def test_other_mistakes_say_what_to_write(tmp_path: Path, text: str, said: str):
    assert any(said in line for line in mistakes(tmp_path, f"company: 星禾科技\n{text}\n"))


def test_a_list_of_one_wrong_item_is_one_mistake(tmp_path: Path):
    text = "company: 星禾科技\nsubscriptions: [{id: a, query: 信息泄露, to: [duty]}]\n"

    (line,) = mistakes(tmp_path, text)

    assert "duty" in line


def test_a_missing_file_points_to_init(tmp_path: Path):
    with pytest.raises(ConfigError, match="yuqing init"):
        load_config(tmp_path / "yuqing.yaml")


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path):
    path = tmp_path / "yuqing.yaml"
    path.write_bytes("a: b\ncompany: 星禾科技\n".encode("gbk"))

    with pytest.raises(ConfigError, match=r":2: .*UTF-8"):
        load_config(path)


def test_a_source_alone_may_leave_out_what_a_filter_does_not_need(tmp_path: Path):
    path = tmp_path / "source.yaml"
    row = "{strip_parameters: [from], twins: {m.news.example: news.example}}"
    for text in (row, f"- {row}", f"sources:\n  - {row}"):
        path.write_text(text, "utf-8")
        assert load_source(path).strip_parameters == ("from",)

    path.write_text("sources:\n  - id: a\n    strip_paramters: [from]\n", "utf-8")
    with pytest.raises(UsageError, match=r":3: .*strip_parameters"):
        load_source(path)


@given(st.text(alphabet="abc:[]{}-\n \t\"'&*<!|>%@`0星：#,?", max_size=80))
def test_no_text_at_all_ends_in_a_trace(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = config_file(tmp_path_factory.mktemp("any"), "company: 星禾\n" + text)
    try:
        said = load_config(path, variables={}) and None
    except YuqingError as error:
        said = str(error)

    assert said is None or said.startswith(f"{path}:")


@given(st.integers(min_value=1, max_value=10**7))
def test_a_span_is_written_as_it_is_read(seconds: int):
    span = timedelta(seconds=seconds)

    assert _span(span_text(span)) == span


def test_a_source_may_say_when_and_how_it_is_read(tmp_path: Path):
    adaptive = source(every="10m", every_max="6h", follow_links="true")
    (made,) = load_config(config_file(tmp_path, adaptive)).sources
    assert (made.every_max, made.follow_links, made.at) == (timedelta(hours=6), True, ())

    (made,) = load_config(config_file(tmp_path, source(at='["08:00", "20:30"]'))).sources
    assert made.at == (time(8), time(20, 30))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"every": "2h", "every_max": "1h"}, "every_max 比 every 还短"),
        ({"every_max": "6h", "at": '"08:00"'}, "at 和 every_max 只能写一个"),
        ({"every_max": "long"}, "不是时长"),
        ({"at": "[25:00]"}, "不是时刻"),
        ({"channel": "forum", "follow_links": "true"}, "follow_links 只用于"),
        ({"channel": "forum", "platform": "discorse"}, "discuz、discourse、nodebb、flarum、css"),
    ],
)
def test_what_a_source_cannot_do_is_said(tmp_path: Path, values: dict[str, object], said: str):
    assert any(said in line for line in mistakes(tmp_path, source(**values)))
