"""Where rows come from that memory need not hold: batches of a file, a database, a cluster."""
