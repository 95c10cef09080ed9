"""The programs of browser components, each sent to a browser once."""
