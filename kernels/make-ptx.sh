#!/bin/sh
# make-ptx.sh: compiles every kernels/*.cu whose PTX is missing or older than its sources into kernels/ptx/. Needs nvcc 13.
#
# Each PTX begins with the SHA-256 of its source and headers (their bytes, one after another, in the order of their names) and the compiler's
# flags: PtxTest recomputes both, so a PTX that does not belong to its source fails the build. nvcc 13 knows nothing older than compute_75;
# what it makes of these kernels is valid PTX 7.0 for sm_70, which PtxTest proves by assembling it. A source that asks for
# __CUDA_ARCH__ >= 900 gets a second file, <family>.sm_90.ptx, that PtxModules prefers on such a card.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"
mkdir -p ptx
flags="-ptx -O3 -std=c++17"

# sources FILE...: these files and, recursively, the headers of this folder they include.
sources() {
    for file in "$@"; do
        echo "$file"
        for header in $(sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\.cuh\)".*/\1/p' "$file"); do
            sources "$header"
        done
    done
}

# make SOURCE OUT ARCHITECTURE VERSION TARGET
make() {
    hash=$(cat $(sources "$1" | sort -u) | sha256sum | cut -d ' ' -f 1)
    header="// source-sha256: $hash
// flags: $flags -arch=$3, then .version $4 .target $5"
    if [ -f "$2" ] && [ "$(head -n 2 "$2")" = "$header" ]; then
        return
    fi
    nvcc $flags "-arch=$3" -o "$2.new" "$1"
    {
        echo "$header"
        sed -e "s/^\.version .*/.version $4/" -e "/\.pragma \"used_bytes_mask/d" -e "s/^\.target .*/.target $5/" "$2.new"
    } >"$2"
    rm "$2.new"
    echo "made $2"
}

for source in *.cu; do
    family=${source%.cu}
    make "$source" "ptx/$family.ptx" compute_75 7.0 sm_70
    if grep -q '^[ \t]*#.*__CUDA_ARCH__ *>= *900' $(sources "$source" | sort -u); then
        make "$source" "ptx/$family.sm_90.ptx" compute_90 8.0 sm_90
    fi
done

for ptx in ptx/*.ptx; do
    family=$(basename "${ptx%.ptx}" .sm_90)
    if [ ! -f "$family.cu" ]; then
        rm "$ptx"
        echo "removed $ptx, which has no source"
    fi
done
