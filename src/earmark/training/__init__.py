"""Everything that needs torch or the teachers: from labelled sound to a model folder.

recipe and data -> lesson (network, batches, loss, judge) -> fit -> run folder -> model folder. The
lessons: ``own`` (a manifest), ``distillation`` (corpus -> windows that teachers labelled ->
targets) and ``clips``. Nothing outside this room imports torch.
"""
