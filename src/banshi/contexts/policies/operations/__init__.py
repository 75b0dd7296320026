"""政策操作: `library` publishes and budgets, `matching` records what a match found, `claiming` claims, decides and
appeals, `briefings` brings policies to people."""

from banshi.contexts.policies.operations.briefings import announce as announce
from banshi.contexts.policies.operations.briefings import attend as attend
from banshi.contexts.policies.operations.briefings import end_briefing as end_briefing
from banshi.contexts.policies.operations.briefings import file_paper as file_paper
from banshi.contexts.policies.operations.briefings import set_window as set_window
from banshi.contexts.policies.operations.briefings import sign_up as sign_up
from banshi.contexts.policies.operations.claiming import answer as answer
from banshi.contexts.policies.operations.claiming import appeal as appeal
from banshi.contexts.policies.operations.claiming import claim as claim
from banshi.contexts.policies.operations.claiming import decide as decide
from banshi.contexts.policies.operations.claiming import mark_read as mark_read
from banshi.contexts.policies.operations.matching import advance as advance
from banshi.contexts.policies.operations.matching import record_known as record_known
from banshi.contexts.policies.operations.matching import record_matches as record_matches
from banshi.contexts.policies.operations.matching import start_run as start_run
from banshi.contexts.policies.operations.publishing import Published as Published
from banshi.contexts.policies.operations.publishing import pause as pause
from banshi.contexts.policies.operations.publishing import publish as publish
from banshi.contexts.policies.operations.publishing import resume as resume
from banshi.contexts.policies.operations.publishing import set_budget as set_budget
