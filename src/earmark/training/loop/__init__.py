"""The training loop and what it needs: batches, losses, checkpoints, several processes."""
