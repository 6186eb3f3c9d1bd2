// Every function JCudaDriver imports exists, or loading it fails. Those the fake driver has not answer CUDA_ERROR_NOT_SUPPORTED:
// these definitions are weak, so one in another file takes precedence. This file includes no declarations that they could contradict.
namespace emulator { int unsupported(const char* function); }
#define SYMBOL(name) \
    extern "C" __attribute__((weak, visibility("default"))) int name() { return emulator::unsupported(#name); }
#include "driver_symbols.inc"
