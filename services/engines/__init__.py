"""Who makes the numbered batches of long work: this process, several, or a cluster's."""
