"""Settings, URLs and the server's root."""
