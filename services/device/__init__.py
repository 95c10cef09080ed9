"""The pictures of a project as a device sees them, and what a device printed."""
