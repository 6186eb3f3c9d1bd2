#!/bin/sh
# build.sh MODE OUT NAME KERNEL.cu...: compiles kernels with g++ for the CPU. JAVA_HOME names a JDK (for jni.h).
#   plain  OUT/plain-NAME/libcuda.so.1  the fake driver with these kernels in it
#   asan   OUT/asan-NAME/libcuda.so.1   the kernels under AddressSanitizer and UndefinedBehaviorSanitizer; the JVM needs LD_PRELOAD=libasan.so
#   tsan   OUT/tsan-NAME/replay         runs recorded launches under ThreadSanitizer
# Only what is older than its sources is compiled again, two files at a time. Quick when there is nothing to do.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mode=$1 objects_folder=$2/objects result_folder=$2/$1-$3
shift 3
mkdir -p "$objects_folder" "$result_folder"

flags="-std=c++17 -fPIC -fvisibility=hidden -ffp-contract=off -Wall -Wno-unknown-pragmas -I$here -I$here/../../../kernels"
# Only the kernels are under test; the driver is the same in every mode.
driver="driver_device driver_memory driver_module driver_record driver_stream driver_stubs driver_jni"
case $mode in
plain) sanitize="" scheduler="" ;;
asan) sanitize="-g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined"
      scheduler="-fsanitize=address" ;;
tsan) sanitize="-g1 -fsanitize=thread" scheduler="-DEMULATOR_TSAN" driver="replay" ;;
*) echo "build.sh: mode $mode, expected plain, asan or tsan" >&2; exit 2 ;;
esac

headers=$(find "$here" "$here/../../../kernels" -name '*.h' -o -name '*.inc' -o -name '*.cuh' -o -name build.sh)
jobs=$result_folder/jobs objects="" kernel_objects=""
: >"$jobs"

# compile OBJECT SOURCE FLAGS: a job, if the object is missing or older than its source or any header
compile() {
    object=$1 source=$2
    shift 2
    objects="$objects $object"
    [ -f "$object" ] && [ -z "$(find "$source" $headers -newer "$object" | head -n 1)" ] && return
    case $source in
    *.cu) register "$source" "$object.cpp"; echo "$flags $* -c $object.cpp -o $object.raw" >>"$jobs"; kernel_objects="$kernel_objects $object" ;;
    *) echo "$flags $* -c $source -o $object" >>"$jobs" ;;
    esac
}

# register KERNEL.cu FILE.cpp: the kernel file and, after it, one line for each extern "C" __global__ function in it
register() {
    {
        echo '#include "scheduler.h"'
        echo "#include \"$1\""
        g++ $flags -E -P -x c++ "$1" | tr '\n' ' ' | grep -oE 'extern "C" +__attribute__\(\(noinline\)\) +void +[A-Za-z_0-9]+' \
            | sed 's/.* \([A-Za-z_0-9]*\)$/REGISTER_KERNEL(\1)/'
    } >"$2"
}

for kernel in "$@"; do
    compile "$objects_folder/$mode-$(basename "$kernel" .cu).o" "$kernel" -O2 $sanitize
done
compile "$objects_folder/$mode-scheduler.o" "$here/scheduler.cpp" -O2 $scheduler
for unit in $driver; do
    compile "$objects_folder/$unit.o" "$here/$unit.cpp" -O1 "-I$JAVA_HOME/include" "-I$JAVA_HOME/include/linux"
done
xargs -r -P 2 -L 1 g++ <"$jobs"
for object in $kernel_objects; do
    # Static shared memory, see cuda_on_cpu.h.
    objcopy --rename-section .bss=emulated_shared,alloc,load,data,contents "$object.raw" "$object"
    rm "$object.raw"
done

if [ "$mode" = tsan ]; then
    result=$result_folder/replay shape=""
else
    result=$result_folder/libcuda.so.1 shape="-shared -Wl,-soname,libcuda.so.1 -Wl,-z,defs"
fi
if [ ! -f "$result" ] || [ -n "$(find $objects -newer "$result" | head -n 1)" ] || [ "$(cat "$result_folder/linked")" != "$objects" ]; then
    # Linked under another name first: a running JVM may have the old library mapped.
    g++ $objects $sanitize $shape -o "$result.new"
    mv "$result.new" "$result"
    echo "$objects" >"$result_folder/linked"
fi
