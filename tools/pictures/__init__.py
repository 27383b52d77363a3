"""The pictures of `docs/pictures`, taken with headless Chromium."""
