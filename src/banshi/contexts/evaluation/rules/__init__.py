"""评价规则: reviews, appeals against them, and calls to ask how it went."""

from banshi.contexts.evaluation.rules.appealing import appeal as appeal
from banshi.contexts.evaluation.rules.appealing import decide as decide
from banshi.contexts.evaluation.rules.reviewing import review as review
from banshi.contexts.evaluation.rules.reviewing import visit as visit
