"""The classical competitor: each tag is a mixture of autoregressive models of a window's cepstra.

After Coviello, Vaizman, Chan and Lanckriet 2012 (*Multivariate autoregressive mixture models for
music auto-tagging*). Nothing here is a neural network, yet what is fitted runs as one: the log-
likelihood of a window is linear in its lagged scatter matrix, so scoring is two matrix products.
"""
