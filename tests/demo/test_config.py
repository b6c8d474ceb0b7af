"""The demo's configuration is one that the program itself accepts."""

from yuqing.config import load_config
from yuqing.demo.config import write_config

SITES = {
    "qinglan": "http://127.0.0.11:41001",
    "lanwan": "http://127.0.0.12:41002",
    "minsheng": "http://127.0.0.13:41003",
    "shuan": "http://127.0.0.14:41004",
}


def test_it_is_valid_and_uses_every_kind_of_alias(tmp_path):
    config = load_config(write_config(tmp_path, SITES, 2525))
    kinds = {kind for company in config.watch.companies for kind, names in company.aliases.items() if names}

    assert {s.id: s.url for s in config.sources if s.url} == {
        "qinglan": "http://127.0.0.11:41001/finance/",
        "lanwan": "http://127.0.0.12:41002/list/",
        "minsheng": "http://127.0.0.13:41003/forum-2-1.html",
        "shuan": "http://127.0.0.14:41004/feed.xml",
    }
    assert len(kinds) == 8
    assert config.mail.port == 2525
