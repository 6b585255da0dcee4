"""Songs with labels as batches, and those held out as the judge."""
