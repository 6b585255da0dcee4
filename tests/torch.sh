#!/bin/sh
# Install torch for processors only: `tests/torch.sh PIP`. Where the package index would bring CUDA,
# which is gigabytes that no test needs, it comes from torch's own index of builds without; where
# that cannot be reached, the gigabytes it is.
pip=$1
wanted=torch==2.13.0
without=https://download.pytorch.org/whl/cpu
"$pip" show --quiet torch >/dev/null 2>&1 && exit 0
if "$pip" install --quiet --dry-run --report - "$wanted" | grep -q '"name": "nvidia'; then
    "$pip" install --quiet --retries 1 --index-url "$without" "$wanted" 2>/dev/null && exit 0
fi
exec "$pip" install --quiet "$wanted"
