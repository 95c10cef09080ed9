"""Programs that torch.export wrote (`.pt2`), read without torch."""
