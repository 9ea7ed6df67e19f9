#!/bin/sh
# Called by cargo in place of rustc (RUSTC_WRAPPER): coverage is counted in the readers of formats only. In the arithmetic
# of keys, digests, compression and painting it would cost more than the work itself and steer the fuzzer nowhere.
case " $* " in
*" --crate-name "*)
    name=$(printf '%s\n' "$@" | sed -n '/^--crate-name$/{n;p;q;}')
    ;;
esac
case "$name" in
pki | ofd | eseal | pdf_sign | license_core | fuzz_targets | quick_xml | der | minicbor | png | serde_json) exec "$@" ;;
esac
if [ -f "fuzz_targets/$name.rs" ]; then
    exec "$@"
fi
first=$1
shift
for argument in "$@"; do
    shift
    case "$argument" in
    -Cpasses=sancov-module | -Cllvm-args=-sanitizer-coverage* | -Cllvm-args=--sanitizer-coverage*) ;;
    *) set -- "$@" "$argument" ;;
    esac
done
exec "$first" "$@"
