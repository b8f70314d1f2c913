"""Arrays to the optimum: criterion, derivatives, starts, trust region, certificate."""
