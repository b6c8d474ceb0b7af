"""snownlp's weights give what snownlp gives, and reading them does not import it."""

import json
import subprocess
import sys

from analysis.snownlp_table import snownlp_table

DOCUMENTS = [
    ["云鹭银行", "客服", "态度", "很", "差"],
    ["服务", "不错", "，", "推荐"],
    [],
    ["zzzz-unknown"] * 50,
    ["太", "差", "了"] * 200,
    ["很", "好"] * 300,
]
ORACLE = """
import json, sys
from snownlp import normal, sentiment
for words in json.loads(sys.stdin.read()):
    label, p = sentiment.classifier.classifier.classify(normal.filter_stop(words))
    print(p if label == "pos" else 1 - p)
"""


def test_scores_equal_snownlps_own_classifier() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ORACLE], input=json.dumps(DOCUMENTS), capture_output=True, text=True, check=True
    )
    table = snownlp_table()

    assert table is not None
    for words, theirs in zip(DOCUMENTS, map(float, done.stdout.split()), strict=True):
        assert abs(table.score(words) - theirs) < 1e-9


def test_snownlp_itself_is_never_imported() -> None:
    code = (
        "import sys; from analysis.snownlp_table import snownlp_table; snownlp_table(); print('snownlp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
