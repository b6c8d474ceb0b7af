"""The commands: where each lives, and its one line of help. Nothing is imported to show them."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import _


def commands() -> Mapping[str, tuple[str, str]]:
    """Command name -> (where it lives, its one-line help in the language in force), in the order of the help."""
    home = "yuqing.commands"
    return {
        "demo": ("yuqing.demo.command:command", _("看一场演示：在本机抓取、研判、预警并生成日报，不用联网")),
        "init": (f"{home}.init:command", _("写一份带注释的起步配置")),
        "doctor": (f"{home}.doctor:command", _("逐项检查环境与配置，并说明怎么办")),
        "run": (f"{home}.run:command", _("开始值守：抓取、研判、索引、预警、日报")),
        "status": (f"{home}.status:command", _("现在怎么样：积压、延迟、来源健康、上一份日报")),
        "sources": (f"{home}.sources:command", _("列出来源和它们的健康状况")),
        "crawl": (f"{home}.crawl:command", _("立刻抓取一轮")),
        "check-source": (
            f"{home}.check_source:command",
            _("看一眼一个来源或网址：能不能取、是什么、读出什么，并给出配置建议"),
        ),
        "add": (f"{home}.add:command", _("抓取并存入一个公开网页")),
        "import": (f"{home}.import_:command", _("导入投诉、客户声音或外部数据（CSV、Excel、JSON 行）")),
        "search": (f"{home}.search:command", _("用查询语言搜索")),
        "index": (f"{home}.index:command", _("索引的状况、核对、修补与重建")),
        "why": (f"{home}.why:command", _("说明一篇文档为何这样研判")),
        "story": (f"{home}.story:command", _("人对稿件族的改动：合并、拆出、撤销、记录")),
        "documents": (f"{home}.documents:command", _("以 JSON 行列出库中文档")),
        "brief": (f"{home}.brief:command", _("预览或发送日报")),
        "lint": (f"{home}.lint:command", _("找出监测方案里没用的或危险的名字")),
        "replay": (f"{home}.replay:command", _("改了监测方案，库中文档会多出、少掉哪些")),
        "train": (f"{home}.train:command", _("用人的更正再训练情感模型")),
        "outbox": (f"{home}.outbox:command", _("未送达的邮件：查看、重发、了结")),
        "analyse": (f"{home}.analyse:command", _("过滤器：文档进，研判出（JSON 行）")),
        "extract": (f"{home}.extract:command", _("过滤器：网页文件进，标题、正文、时间出")),
        "stories": (f"{home}.stories:command", _("过滤器：把转载归为同一稿件族")),
        "match": (f"{home}.match:command", _("过滤器：哪些文档符合查询")),
        "canonical": (f"{home}.canonical:command", _("过滤器：网址的规范键")),
        "backup": (f"{home}.backup:command", _("备份数据")),
        "restore": (f"{home}.restore:command", _("从备份恢复")),
        "purge": (f"{home}.purge:command", _("删除超过保存期限的文档")),
        "forget": (f"{home}.forget:command", _("按请求删除或更正某人的内容")),
    }
