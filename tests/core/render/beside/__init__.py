"""How the value behind an alert moved, as a chart and in words."""
