"""Views to live widgets: the traits, the fit worker with cancel and undo, the static fallback."""
