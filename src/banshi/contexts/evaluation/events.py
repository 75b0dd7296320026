"""评价事实."""

GIVEN = "evaluation.review.given"
