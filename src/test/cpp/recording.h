// The file of recorded launches: what driver_record.cpp writes and replay.cpp reads. All numbers are 64 bits.
//   launch: name length, name, grid (3), block (3), shared bytes, parameters, each: size, bytes, allocation or -1, offset in it
//           allocations, each: bytes, pages, each: page number, 4096 bytes (less on the last page). Absent pages hold 0xff.
#pragma once
#include <cstdint>
constexpr uint64_t page_bytes = 4096;
