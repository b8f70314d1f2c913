"""Ways to a first fit: a data frame that is explored, data that are drawn."""
