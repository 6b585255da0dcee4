"""By which names files are taken for sound: what folders are searched for, and no text replaces."""

SOUND = frozenset(
    {".wav", ".wave", ".w64", ".rf64", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".flac"}
    | {".mp3", ".mp2", ".mpga", ".ogg", ".oga", ".ogv", ".spx", ".opus", ".m4a", ".m4b", ".m4r"}
    | {".aac", ".wma", ".asf", ".ape", ".wv", ".tta", ".tak", ".mpc", ".dsf", ".dts", ".voc"}
    | {".ac3", ".eac3", ".ec3", ".amr", ".ra", ".rm", ".oma", ".mlp", ".thd", ".shn", ".xwma"}
    | {".webm", ".mka", ".mkv", ".mp4", ".m4v", ".mov", ".avi", ".3gp", ".3g2", ".flv", ".f4v"}
    | {".wmv", ".mpg", ".mpeg", ".vob", ".ts", ".m2ts", ".mts", ".mxf", ".nut", ".gsm", ".qoa"}
)
