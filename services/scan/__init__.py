"""Is the network looking at the wrong thing? The whole test set asked, findings as questions."""
