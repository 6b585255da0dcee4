"""The devices of this machine as a list for people."""

from earmark.live.device import input_devices


def devices_table() -> str:
    """A line a device, or one sentence where there is none."""
    found = input_devices()
    if not found:
        return "no microphone or other device to listen to\n"
    return "".join(
        f"{'*' if device['usual'] else ' '} device:{device['number']}  {device['name']}  "
        f"({device['channels']} channels, {device['rate']} Hz)\n"
        for device in found
    )
