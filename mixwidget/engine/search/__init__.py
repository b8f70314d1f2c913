"""From starting values to the lowest minimum and the evidence for it."""
