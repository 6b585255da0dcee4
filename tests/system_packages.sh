#!/bin/sh
# What some tests need of the system, installed where it is missing and this user may: independent
# readers of tags (ffprobe), a browser for the page, the sound library of microphones. Without them
# those tests skip and say why.
missing=""
command -v ffprobe >/dev/null || missing="$missing ffmpeg"
command -v chromium >/dev/null || missing="$missing chromium"
[ -n "$(ldconfig -p 2>/dev/null | grep libportaudio)" ] || missing="$missing libportaudio2"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null && exit 0
fi
echo "not installed, so some tests will skip:$missing" >&2
