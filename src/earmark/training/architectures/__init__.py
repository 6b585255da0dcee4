"""Networks to train, one file each: ``create(tags, ...)`` returns a torch module.

A module takes log-mel windows (n, frames, n_mels) and returns logits (n, tags) and an embedding
(n, d); its ``activation`` ('sigmoid' or 'softmax') turns logits into scores.
"""
