#!/bin/sh
# sanitize.sh races|memory [TESTS]: runs the Java tests (all, or those of the Surefire pattern TESTS) so that kernels are checked by a sanitizer.
#   races   records the kernel launches of the tests and replays them under ThreadSanitizer; fails on a race, and
#           if the whole suite leaves a kernel out
#   memory  runs the tests with the kernels under AddressSanitizer and UndefinedBehaviorSanitizer; fails on the first bad access
set -eu
what=$1
tests=${2:-}
cd "$(dirname "$0")/../../.."
: "${JAVA_HOME:=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}"
export JAVA_HOME
out=$PWD/target/cuda-emulated
maven="${MAVEN:-mvn} -q test -Dsurefire.failIfNoSpecifiedTests=false ${tests:+-Dtest=$tests}"
mkdir -p "$out"

case $what in
races)
    sh src/test/cpp/build.sh tsan "$out" kernels "$PWD"/kernels/*.cu
    rm -f "$out/launches"
    EMULATOR_RECORD=$out/launches $maven
    "$out/tsan-kernels/replay" "$out/launches" >"$out/replay.txt" || { cat "$out/replay.txt"; exit 1; }
    cat "$out/replay.txt"
    # The whole suite must launch every kernel.
    [ -n "$tests" ] || ! grep -q "not recorded" "$out/replay.txt" ;;
memory)
    sh src/test/cpp/build.sh asan "$out" kernels "$PWD"/kernels/*.cu
    LD_PRELOAD=$(g++ -print-file-name=libasan.so) ASAN_OPTIONS=handle_segv=0:detect_leaks=0 \
        $maven -Dtest.jvm.extra="-Dhourglass.emulator.library=$out/asan-kernels/libcuda.so.1" ;;
*) echo "sanitize.sh: $what, expected races or memory" >&2; exit 2 ;;
esac
