"""决策表: one row a rule, one column a datum; what the cells ask for, and what follows from it.

    table = read([["unique", "age:int", "place", "-> grant:int"],
                  ["young",  "< 60",    "",      "0"],
                  ["here",   ">= 60",   "local", "100"],
                  ["there",  ">= 60",   "other", "50"]])
    table.decide({"age": 58}).hits          # (0,): the place need not be asked
    table.decide({"age": 61}).needs         # ("place",)
    check(table).sound                      # no two rows hold at once, and one always does
    table.rule(1).source                    # "age >= 60 && place == 'local'"

`reading.py` says how a table is written, `checking.py` finds overlaps and gaps, docs/guidance.md tells it to people.
"""

from banshi.kernel.rules.tables.cells import Column
from banshi.kernel.rules.tables.checking import Checked, check
from banshi.kernel.rules.tables.reading import Fault, TableError, read
from banshi.kernel.rules.tables.table import Clash, Decision, Formula, Missing, Output, Row, Table

__all__ = [
    "Checked",
    "Clash",
    "Column",
    "Decision",
    "Fault",
    "Formula",
    "Missing",
    "Output",
    "Row",
    "Table",
    "TableError",
    "check",
    "read",
]
