"""What the product does for the criteria of SOC 2, with what makes it so, where evidence is, and what shows it."""
