"""
The one table of options: what may stand in yuqing.yaml, as pydantic models.

The text under a field is its line in docs/configuration.md. What concerns several fields at once is in
`rules`; here each field is judged alone.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from core.values import Channel
from yuqing.configuration.kinds import (
    Contact,
    Encoding,
    Filled,
    Hours,
    Identifier,
    IndexName,
    Listed,
    Mail,
    Moment,
    NamedKind,
    Pattern,
    Size,
    Span,
    WebAddress,
    WebAddresses,
    Zone,
)


class Form(BaseModel):
    """A mapping in the file; keys it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True)


class AliasesForm(Form):
    """Names of a company by kind; every kind may be absent."""

    full: Listed[Filled] = ()
    """全称：是独立的词就算"""
    short: Listed[Filled] = ()
    """简称：词的边界要对；也是普通词的，句子里还要有依据"""
    ambiguous: Listed[Filled] = ()
    """有歧义的名字：附近要有提示词，或同文有更确定的名字，或句中的用法像公司名，或短文中有隐私话题"""
    brand: Listed[Filled] = ()
    """品牌"""
    product: Listed[Filled] = ()
    """产品"""
    person: Listed[Filled] = ()
    """有公开职务的人；不打码"""
    stock_code: Listed[Filled] = ()
    """股票代码"""
    misspelling: Listed[Filled] = ()
    """常见错写"""


class CompanyForm(Form):
    """One company that is looked for."""

    name: Filled
    """公司的名字；别的地方都用它指这家公司"""
    aliases: AliasesForm = AliasesForm()
    """各类名字；都不写时，name 就是全称"""
    cues: Listed[Filled] = ()
    """提示词：出现在附近，为有歧义的名字作证"""
    exclude: Listed[Filled] = ()
    """含有我们名字、但不是我们的说法，只遮住其中的名字；不含名字的词只对近旁的简称和有歧义的名字作反证"""


class WatchForm(Form):
    """监测方案."""

    companies: tuple[CompanyForm, ...] = Field(min_length=1)
    """要听的公司"""
    hotlines: Listed[Filled] = ()
    """公司自己公开的电话，不打码"""


class SourceForm(Form):
    """来源: where documents come from."""

    id: Identifier
    """来源的代号，不重复，定了不改"""
    name: Filled | None = None
    """给人看的名字；不写就用代号"""
    channel: Channel
    """怎么取：feed 订阅源、listing 列表页、forum 论坛、api 接口、search 搜索页、import 文件夹"""
    purpose: Filled
    """为何收集，如 舆情监测；必写"""
    basis: Filled
    """合法依据，如 公开信息合理范围；必写"""
    retention_days: int = Field(gt=0, le=3650)
    """保存多少天；必写"""
    url: WebAddress | None = None
    """从哪里开始取"""
    every: Span = Field(default="30m", validate_default=True)
    """多久取一轮，如 10m；写了 every_max 时是最短间隔"""
    every_max: Span | None = None
    """一直没有新内容时，最长隔多久取一轮，如 6h；有新内容就逐步回到 every"""
    at: Listed[Moment] = ()
    """每天在这些时刻各取一轮，如 ["08:00", "20:00"]，按 timezone；写了它就不看 every"""
    kind: NamedKind | None = None
    """文档类型 news 新闻、post 帖子、complaint 投诉、voice 客户声音；不写时论坛是帖子、文件夹是投诉、其余是新闻"""
    platform: Filled | None = None
    """论坛或接口的软件：discuz、discourse、nodebb、flarum、css、wordpress"""
    outlet: Filled | None = None
    """媒体名，页面上没有时用它"""
    encoding: Encoding | None = None
    """页面编码，网站自己说错时才写"""
    article_pattern: Pattern | None = None
    """文章地址的正则表达式"""
    next: Filled | None = None
    """下一页链接的 CSS 选择器"""
    item: Filled | None = None
    """搜索结果页上一条结果的 CSS 选择器"""
    items: Filled | None = None
    """接口返回里列表的路径，如 data.list"""
    select: dict[str, Filled] = {}
    """自定义论坛的 CSS 选择器：thread、next、post、post_id、author、time、text；@ 后面是属性"""
    fields: dict[str, Filled] = {}
    """我们的字段对应接口里的哪条路径，或表格里的哪一列"""
    folder: Filled | None = None
    """导入文件夹，相对于配置文件"""
    delay_s: float | None = Field(default=None, ge=0, le=3600, allow_inf_nan=False)
    """同一网站两次请求相隔几秒；0 只许用于本机"""
    daily_pages: int | None = Field(default=None, gt=0)
    """一天最多取多少页"""
    max_pages: int = Field(default=50, gt=0)
    """一轮最多翻多少页列表"""
    quiet_hours: Hours | None = None
    """这段时间不去打扰，如 "23:00-07:00" """
    render: bool = False
    """页面要用浏览器才看得到正文；这一版还不会，写 true 的来源不会被抓取"""
    follow_links: bool = False
    """转载文里指向已知媒体原文的链接，可以去取一次，好知道最早是谁发的"""
    strip_parameters: Listed[Filled] = ()
    """网址里与内容无关的参数"""
    twins: dict[str, Filled] = {}
    """同一网站的另一个域名: 主域名"""
    allow_private: bool = False
    """允许取本机或内网地址"""
    contact: Contact | None = None
    """只给这个来源的联系地址"""


class SubscriptionForm(Form):
    """订阅: a query, and whom to tell."""

    id: Identifier
    """订阅的代号，不重复"""
    query: Filled
    """查询语句"""
    to: Listed[Mail] = Field(min_length=1)
    """告诉谁"""
    at: Literal["once"] = "once"
    """何时告诉：once 立刻"""


class BriefForm(Form):
    """日报."""

    at: Moment = Field(default="08:00", validate_default=True)
    """几点发，按 timezone"""
    to: Listed[Mail] = ()
    """发给谁；不写就只存不发"""
    days: Literal["workdays", "all"] = "workdays"
    """哪些天发：workdays 周一到周五、all 每天"""


class MailForm(Form):
    """Outgoing mail."""

    host: Filled = "127.0.0.1"
    """发信服务器"""
    port: int | None = Field(default=None, gt=0, lt=65536)
    """端口；不写就按 security：tls 465、starttls 587、none 25"""
    sender: Mail = Field(default="radar@localhost", alias="from")
    """发件人"""
    username: Filled | None = None
    """登录名；不写就不登录"""
    password: SecretStr | None = None
    """密码或授权码；请写 ${SMTP_PASSWORD} 或用 password_file"""
    password_file: Filled | None = None
    """存放密码的文件"""
    security: Literal["none", "starttls", "tls"] | None = None
    """加密；不写时 465 端口用 tls，本机用 none，其余用 starttls"""
    timeout_s: float = Field(default=30, gt=0, le=600)
    """等服务器多少秒"""


class IndexForm(Form):
    """The search index."""

    backend: Literal["tantivy", "elasticsearch"] = "tantivy"
    """tantivy 内嵌、不用服务器；elasticsearch 用已有的集群"""
    url: WebAddresses | None = None
    """Elasticsearch 的地址；几个节点用逗号隔开"""
    name: IndexName = "yuqing"
    """Elasticsearch 里索引名的前缀"""
    api_key: SecretStr | None = None
    """Elasticsearch 的 API key；请写 ${ES_API_KEY} 或用 api_key_file"""
    api_key_file: Filled | None = None
    """存放 API key 的文件"""
    ca_file: Filled | None = None
    """Elasticsearch 的 CA 证书文件"""


class StoreForm(Form):
    """The system of record."""

    url: Filled = "sqlite:///data/radar.db"
    """数据库；sqlite 的路径相对于配置文件，或 postgresql://…"""


class LogForm(Form):
    """Log files; they lie in the data folder's logs and rotate."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """记多细"""


class ConfigForm(Form):
    """yuqing.yaml."""

    company: Filled
    """我们是谁"""
    timezone: Zone = "Asia/Shanghai"
    """“一天”按哪个时区"""
    contact: Contact | None = None
    """写在 User-Agent 里、给网站看的联系网址或邮箱"""
    language: Literal["zh", "en"] = "zh"
    """界面、日报和预警的语言"""
    watch: WatchForm | None = None
    """监测方案；不写就只听 company 这个名字"""
    topics: Listed[Filled] = ()
    """自己的话题文件（TOML），在自带的 14 个话题之外增加；样子见 analysis/data/topics.toml"""
    sentiment_model: Filled | None = None
    """用更正训练出的情感模型（yuqing train 写出的 .npz）；不写就用自带的"""
    sources: tuple[SourceForm, ...] = ()
    """来源"""
    subscriptions: tuple[SubscriptionForm, ...] = ()
    """订阅"""
    brief: BriefForm = BriefForm()
    """日报"""
    mail: MailForm = MailForm()
    """发信"""
    index: IndexForm = IndexForm()
    """索引"""
    store: StoreForm = StoreForm()
    """存储"""
    log: LogForm = LogForm()
    """日志"""
    free_space_floor: Size = Field(default="500MB", validate_default=True)
    """磁盘剩余低于它就暂停抓取"""
    pseudonym_key_file: Filled = "keys/pseudonym.key"
    """把人名变成化名的密钥；放在数据文件夹之外，备份要分开存"""
