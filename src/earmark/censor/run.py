"""Plan, write, report: what ``earmark censor`` does."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from earmark.atomic import atomic_file, require_other
from earmark.censor.edl import CUT, MUTE, edl_text
from earmark.censor.plan import Plan
from earmark.censor.report import done_word, report, report_json
from earmark.censor.rewrite import rewritten
from earmark.errors import MediaError
from earmark.messages import say


def run(
    make_plan: Callable[[], Plan],
    source: Path,
    output: Path | None,
    *,
    gain: float = 0.0,
    tone: bool = False,
    cut: bool = False,
    stream: int = 0,
    edl: Path | None = None,
    form: str = "table",
    writes: Sequence[Path] = (),
    reads: Sequence[Path] = (),
) -> Plan:
    """Make a plan, write its file unless `output` is None, and report on stdout.

    Parameters
    ----------
    make_plan : callable, listens or reads an EDL; called once all names are known to be good
    source : Path
    output : Path or None
    gain, tone, cut, stream : as in :func:`earmark.censor.rewritten`
    edl : Path or None, file for the passages
    form : "table" or "json", of the report
    writes, reads : paths that the command names; none that is written may be one that is read

    Raises
    ------
    MediaError, OutputError
        One sentence.
    """
    written = [path for path in (*writes, edl) if path is not None]
    for path in written:
        for read in (source, *reads):
            require_other(read, path)
    if len(written) == 2:
        require_other(*written)
    plan = make_plan()
    if plan.cut is not None and plan.cut != cut:
        if cut or gain or tone:
            way = "mute" if not plan.cut else "cut"
            raise MediaError(f"{reads[0]}: its passages are to {way}, which the options contradict")
        cut = plan.cut
    done = done_word(gain, tone, cut)
    if output is not None:
        for sentence in rewritten(plan, output, stream=stream, gain=gain, tone=tone, cut=cut):
            say(f"warning: {sentence}")
    if edl is not None:
        with atomic_file(edl) as file:
            file.write(edl_text(plan.events, CUT if cut else MUTE))
    if output is None:
        done = f"would be {done}"
    sys.stdout.write(report_json(plan, done) if form == "json" else report(plan, done))
    sys.stdout.flush()
    return plan
