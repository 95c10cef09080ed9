"""Pictures of a person's own, explained beside the samples."""
