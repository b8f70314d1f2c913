"""Distributions and links of generalized models: what the engine must know of a response."""
