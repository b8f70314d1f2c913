"""How sure we are: degrees of freedom, tests, intervals, convergence."""
