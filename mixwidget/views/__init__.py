"""Plain JSON-ready data for every table and plot; nothing is computed later than here."""
