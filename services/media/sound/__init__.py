"""Sounds: files, feature blocks, windows, and where heat lies in time and frequency."""
