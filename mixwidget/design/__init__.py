"""Terms and a data frame to labelled arrays."""
