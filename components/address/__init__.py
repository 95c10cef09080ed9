"""The address of the view: our component that writes it, and the button that copies it."""
