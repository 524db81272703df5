"""Builds the speech model that ships with voiceguide. See docs/explanation/model.md."""
