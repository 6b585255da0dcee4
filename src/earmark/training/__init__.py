"""Everything that needs torch or the teachers: from labelled sound to a model folder in the zoo.

corpus -> windows (labelled by teachers) -> targets -> fit -> export. Nothing outside this room
imports torch.
"""
