"""What is read in one language: times, numbers, and the prose of alerts."""
