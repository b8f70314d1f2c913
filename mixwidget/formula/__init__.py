"""Formula text to terms: bars, ``||``, ``/``, ``:``; standard library only."""
