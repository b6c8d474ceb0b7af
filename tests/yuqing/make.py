"""Configuration files for the tests, written as a person would."""

from pathlib import Path

LAWFUL = "purpose: 舆情监测, basis: 公开信息合理范围, retention_days: 365"

EVERY_CHANNEL = f"""\
company: 星禾科技
timezone: Asia/Shanghai
contact: https://xinghe.example/radar     # in the User-Agent, for site owners
watch:
  companies:
    - name: 星禾科技
      aliases:
        full: [星禾科技, 星禾科技有限公司]
        short: [星禾]
        ambiguous: [禾禾]
        brand: [禾速贷]
        product: [星禾 App]
        person: [陆明远]
        stock_code: ["600000"]
        misspelling: [星和科技, xinghe]
      cues: [贷款, 客服, App]
      exclude: [星禾幼儿园]
sources:
  - {{id: qinglan-rss, name: 青岚新闻 RSS, channel: feed, url: https://news.example/rss.xml,
     purpose: 舆情监测, basis: 公开信息合理范围, retention_days: 365, every: 10m}}
  - {{id: qinglan, name: 青岚新闻网, channel: listing, url: https://news.example/finance/,
     article_pattern: '/\\d{{4}}/\\d+\\.html$', next: a.next, outlet: 青岚新闻网, every: 15m, {LAWFUL}}}
  - {{id: minsheng, name: 民声论坛, channel: forum, platform: discuz, url: https://bbs.example/forum-2-1.html, encoding: gbk, {LAWFUL}}}
  - {{id: other-bbs, channel: forum, platform: css, url: https://b.example/board/7,
     select: {{thread: 'a.topic', next: 'a[rel=next]', post: '.post', post_id: '@id', author: '.user', time: 'time@datetime', text: '.content'}}, {LAWFUL}}}
  - {{id: wp, channel: api, platform: wordpress, url: https://blog.example/wp-json/wp/v2/posts, {LAWFUL}}}
  - {{id: vendor, channel: api, url: https://api.example/list?page={{page}}, items: data.list,
     fields: {{id: id, title: title, body: content, published_at: ctime, author: user.name, url: link}}, {LAWFUL}}}
  - {{id: news-search, channel: search, url: 'https://search.example/s?q={{name}}', item: .result, fields: {{url: 'a@href'}}, every: 30m, {LAWFUL}}}
  - {{id: hotline, channel: import, folder: inbox/hotline, kind: complaint,
     fields: {{id: 工单号, body: 内容, published_at: 受理时间, customer: 客户编号, topic: 类别}}, {LAWFUL}}}
subscriptions:
  - {{id: leak-now, query: '信息泄露 情感:负面', to: [duty@xinghe.example], at: once}}
brief: {{at: "08:00", to: [pr@xinghe.example], days: workdays}}
mail: {{host: 127.0.0.1, port: 2525, from: radar@xinghe.example}}
index: {{backend: tantivy}}                  # or: {{backend: elasticsearch, url: …, api_key_file: …}}
store: {{url: sqlite:///data/radar.db}}
"""  # noqa: E501
"""The contract's own example, one source of each channel."""


def config_file(folder: Path, text: str, *, mode: int = 0o644) -> Path:
    """`yuqing.yaml` in the folder with this text."""
    path = folder / "yuqing.yaml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def source(**values: object) -> str:
    """A configuration with one source, its values changed by name; None takes a key away."""
    given = {
        "id": "a",
        "channel": "feed",
        "url": "https://news.example/rss.xml",
        "purpose": "舆情监测",
        "basis": "公开信息",
        "retention_days": 30,
    } | values
    rows = "".join(f"    {key}: {value}\n" for key, value in given.items() if value is not None)
    return f"company: 星禾科技\nsources:\n  -\n{rows}"
