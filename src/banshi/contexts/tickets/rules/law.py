"""法律依据: which article a rule comes from, by the place's pack; where a place has none, the platform pledges the rule itself.

潍坊: 潍坊市12345政务服务便民热线条例 (2021-12-15). 安阳: 安阳市政务服务条例. 济南: 济南市12345市民服务热线条例.
"""

from __future__ import annotations

_WEIFANG, _ANYANG, _JINAN = (
    "潍坊市12345政务服务便民热线条例",
    "安阳市政务服务条例",
    "济南市12345市民服务热线条例",
)

LAW: dict[str, dict[str, str]] = {
    "contact_needed": {"weifang": f"{_WEIFANG}第十一条第二款"},
    "confidential": {"weifang": f"{_WEIFANG}第十一条第三款", "jinan": f"{_JINAN}第十六条"},
    "answer": {"weifang": f"{_WEIFANG}第十八条第二款", "anyang": f"{_ANYANG}第四十九条", "jinan": f"{_JINAN}第二十三条"},
    "decline": {"weifang": f"{_WEIFANG}第十九条", "anyang": f"{_ANYANG}第四十九条", "jinan": f"{_JINAN}第二十三条"},
    "handle": {"weifang": f"{_WEIFANG}第二十条", "anyang": f"{_ANYANG}第五十条第一款", "jinan": f"{_JINAN}第二十四条"},
    "plan": {"weifang": f"{_WEIFANG}第二十条第一款第三项", "anyang": f"{_ANYANG}第五十条第二款", "jinan": f"{_JINAN}第二十四条"},
    "extension": {"anyang": f"{_ANYANG}第五十条第一款"},
    "terminate": {"weifang": f"{_WEIFANG}第二十一条", "jinan": f"{_JINAN}第二十五条"},
    "return": {"weifang": f"{_WEIFANG}第二十二条第一款", "anyang": f"{_ANYANG}第五十条第二款"},
    "decided": {"weifang": f"{_WEIFANG}第二十二条第二款"},
    "lead": {"weifang": f"{_WEIFANG}第二十二条第三款", "jinan": f"{_JINAN}第二十九条"},
    "escalate": {"weifang": f"{_WEIFANG}第二十三条", "jinan": f"{_JINAN}第三十条"},
    "city_leads": {"weifang": f"{_WEIFANG}第二十四条第一款"},
    "call_back": {"weifang": f"{_WEIFANG}第二十五条", "anyang": f"{_ANYANG}第五十二条第二款", "jinan": f"{_JINAN}第二十七条"},
    "check": {"jinan": f"{_JINAN}第二十七条"},
    "supervise": {"weifang": f"{_WEIFANG}第二十六条", "jinan": f"{_JINAN}第二十八条"},
    "breach": {"weifang": f"{_WEIFANG}第三十三条", "jinan": f"{_JINAN}第四十条"},
    "contact": {"anyang": f"{_ANYANG}第五十二条第二款"},
    "accused": {"jinan": f"{_JINAN}第三十二条第一款"},
    "avoid": {"jinan": f"{_JINAN}第三十二条第二款"},
}  # fmt: skip


def article(rule: str, pack: str) -> str:
    """The article of a rule at a place, else nothing. Raises `KeyError` for an unknown rule."""
    return LAW[rule].get(pack, "")
