"""评价操作: reviews on every channel, appeals, and call-backs."""

from banshi.contexts.evaluation.operations.appealing import appeal as appeal
from banshi.contexts.evaluation.operations.appealing import decide_appeal as decide_appeal
from banshi.contexts.evaluation.operations.calling import claim_call as claim_call
from banshi.contexts.evaluation.operations.calling import claim_next_call as claim_next_call
from banshi.contexts.evaluation.operations.calling import drop_calls as drop_calls
from banshi.contexts.evaluation.operations.calling import queue_call as queue_call
from banshi.contexts.evaluation.operations.calling import record_call as record_call
from banshi.contexts.evaluation.operations.calling import release_call as release_call
from banshi.contexts.evaluation.operations.handing_over import note_handovers as note_handovers
from banshi.contexts.evaluation.operations.handing_over import record_receipt as record_receipt
from banshi.contexts.evaluation.operations.links import BadLink as BadLink
from banshi.contexts.evaluation.operations.links import device_of as device_of
from banshi.contexts.evaluation.operations.links import link_of as link_of
from banshi.contexts.evaluation.operations.links import open_device as open_device
from banshi.contexts.evaluation.operations.links import open_link as open_link
from banshi.contexts.evaluation.operations.reviewing import count_service as count_service
from banshi.contexts.evaluation.operations.reviewing import offer_visit as offer_visit
from banshi.contexts.evaluation.operations.reviewing import review as review
