# Sourced by ./banshi lock: re-makes requirements/*.txt from *.in. `--upgrade` takes the newest versions,
# `--upgrade-package NAME` the newest of one.
for name in run dev bench; do
    say "requirements/$name.txt"
    uv_ pip compile --quiet --universal --python-version "$(cat .python-version)" --generate-hashes \
        --no-emit-index-url --no-header -o "requirements/$name.txt" "$@" "requirements/$name.in"
done
