"""Views as altair charts: the companion of the widgets for people who restyle and publish."""
