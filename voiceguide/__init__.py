"""voiceguide: an offline, hands-free voice guide."""

__version__ = "0.1.0"
