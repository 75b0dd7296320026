"""评价查询: what was said, never by whom; figures; whom to call, for who has claimed it."""

from banshi.contexts.evaluation.files import settings_for as settings_for
from banshi.contexts.evaluation.queries.calls import call_figures as call_figures
from banshi.contexts.evaluation.queries.calls import contact_of as contact_of
from banshi.contexts.evaluation.queries.calls import count_calls as count_calls
from banshi.contexts.evaluation.queries.calls import find_call as find_call
from banshi.contexts.evaluation.queries.calls import get_call as get_call
from banshi.contexts.evaluation.queries.calls import list_calls as list_calls
from banshi.contexts.evaluation.queries.calls import said as said
from banshi.contexts.evaluation.queries.figures import monthly as monthly
from banshi.contexts.evaluation.queries.figures import months as months
from banshi.contexts.evaluation.queries.figures import totals as totals
from banshi.contexts.evaluation.queries.reviews import current_visit as current_visit
from banshi.contexts.evaluation.queries.reviews import export as export
from banshi.contexts.evaluation.queries.reviews import find_review as find_review
from banshi.contexts.evaluation.queries.reviews import get_appeal as get_appeal
from banshi.contexts.evaluation.queries.reviews import get_review as get_review
from banshi.contexts.evaluation.queries.reviews import list_appeals as list_appeals
from banshi.contexts.evaluation.queries.reviews import list_reviews as list_reviews
from banshi.contexts.evaluation.queries.reviews import words as words
from banshi.contexts.evaluation.queries.reviews import words_of as words_of
