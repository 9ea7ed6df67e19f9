#!/bin/sh
# Called by cargo in place of rustc (RUSTC_WRAPPER): coverage is counted in the readers of formats only. In the arithmetic
# of keys, digests, compression and painting it would cost more than the work itself and steer the fuzzer nowhere.
case " $* " in
*" --crate-name "*)
    name=$(printf '%s\n' "$@" | sed -n '/^--crate-name$/{n;p;q;}')
    ;;
esac
dropped=all
case "$name" in
pki | ofd | eseal | pdf_sign | fuzz_targets | quick_xml | der | minicbor | serde_json) exec "$@" ;;
# They compare what was read long before, point by point and pixel by pixel: each comparison would cost more than it tells.
license_core | png) dropped=compares ;;
esac
if [ -f "fuzz_targets/$name.rs" ]; then
    exec "$@"
fi
first=$1
shift
for argument in "$@"; do
    shift
    case "$dropped $argument" in
    *" "-Cllvm-args=*sanitizer-coverage-trace-compares) ;;
    "all -Cpasses=sancov-module" | "all -Cllvm-args="*-sanitizer-coverage*) ;;
    *) set -- "$@" "$argument" ;;
    esac
done
exec "$first" "$@"
