"""Small teaching data sets with source and citation, loaded by name."""
