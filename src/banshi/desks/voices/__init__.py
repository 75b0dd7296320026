"""诉求台: what people say, from intake to the call that asks whether it was put right; reviews, appeals and figures."""
