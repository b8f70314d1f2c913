"""What was estimated: fixed effects, variances, conditional modes, predictions, simulations."""
