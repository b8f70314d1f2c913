"""The other side of the river: calls of R's lme4 are read, and lme4 fits the same model for comparison."""
