"""Where the network puts each sample: features, their groups, and a picture of them."""
