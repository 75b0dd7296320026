"""办件规则: the pure heart. `commands` says who may do what in which state; `steps`, `works`, `hearings`, `pauses` and `watch`
decide; `state` folds, `clocks` reckon."""
