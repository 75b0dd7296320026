"""评价事实."""

GIVEN = "evaluation.review.given"
FOUND_BAD = "evaluation.review.found_bad"  # with it where the grade is bad: what follows, follows from this
APPEALED = "evaluation.review.appealed"
EXCLUDED = "evaluation.review.excluded"
UPHELD = "evaluation.review.upheld"
VISITED = "evaluation.visit.offered"
QUEUED = "evaluation.call.queued"
CLAIMED = "evaluation.call.claimed"
RELEASED = "evaluation.call.released"
UNREACHED = "evaluation.call.unreached"
COMPLETED = "evaluation.call.completed"
DROPPED = "evaluation.call.dropped"
