"""What a network runs on, one folder each; to everyone else there is `gradcam.network` alone."""
