"""Parameters and blocks: the sums in the basis in which a model is fitted."""
