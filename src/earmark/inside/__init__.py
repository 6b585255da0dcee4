"""Looking inside a network: its graph, what its layers put out, the window it hears."""
