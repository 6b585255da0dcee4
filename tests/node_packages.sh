#!/bin/sh
# What some tests of pages need from npm, unpacked where it is missing: axe-core, which judges how
# pages serve people who cannot see or use a mouse, and onnxruntime-web, which the static page runs
# on. Only fetched, never installed: nothing of them is run but in the tests' browser.
for package in axe-core@4.14.1 onnxruntime-web@1.30.0; do
    folder="node_modules/${package%@*}"
    [ -f "$folder/package.json" ] && continue
    temporary=$(mktemp -d)
    if command -v npm >/dev/null && (cd "$temporary" && npm pack --silent "$package" >/dev/null 2>&1) &&
        tar xzf "$temporary"/*.tgz -C "$temporary" --exclude='*.map'; then
        mkdir -p node_modules
        mv "$temporary/package" "$folder"
    else
        echo "not fetched, so some tests will skip: $package" >&2
    fi
    rm -rf "$temporary"
done
