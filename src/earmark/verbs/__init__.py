"""What the command's verbs do and say: a verb's file in ``cli`` parses, the one here acts."""
