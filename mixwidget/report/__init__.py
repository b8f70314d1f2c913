"""Views to text and HTML."""
