"""办件规则: the pure heart. `commands` says who may do what in which state, `steps` decides, `state` folds, `clocks` reckon."""
