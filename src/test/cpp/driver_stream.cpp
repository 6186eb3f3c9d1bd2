// Fake libcuda.so.1: streams, events, capture and graphs. Work runs when it is submitted; a capture records it instead.
#include <algorithm>
#include <chrono>

#include "driver.h"

namespace emulator {

namespace {
struct Event { std::chrono::steady_clock::time_point time; bool recorded = false; };
Stream default_stream;

void leave_capture(Stream* stream) {
    auto& captures = driver().captures;
    captures.erase(std::remove(captures.begin(), captures.end(), stream), captures.end());
    stream->capturing = stream->invalidated = false;
    stream->capture = nullptr;
}
}  // namespace

Stream* stream_of(void* handle) {
    // 1 and 2 name the legacy and the per-thread default stream.
    return reinterpret_cast<uintptr_t>(handle) <= 2 ? &default_stream : static_cast<Stream*>(handle);
}

int submit(Stream* stream, Operation operation) {
    if (stream->invalidated) return refuse(capture_invalidated, "this capture was spoilt before: " + driver().last_error);
    if (stream->capturing) return stream->capture->nodes.push_back(std::move(operation)), success;
    if (stream == &default_stream && !driver().captures.empty()) {
        for (Stream* s : driver().captures) s->invalidated = true;
        return refuse(capture_implicit, "work on the default stream while another stream is capturing");
    }
    return operation();
}

int forbid_in_capture(const char* what) {
    bool forbidden = false;
    for (Stream* s : driver().captures) forbidden |= s->mode != 2;
    if (!forbidden) return success;
    for (Stream* s : driver().captures) s->invalidated = true;
    return refuse(capture_unsupported, std::string(what) + " while a stream is capturing");
}

}  // namespace emulator

using namespace emulator;

EXPORT int cuStreamCreate(void** stream, unsigned) {
    DRIVER_CALL;
    driver().counters["streams"]++;
    return *stream = new Stream, success;
}
EXPORT int cuStreamCreateWithPriority(void** stream, unsigned flags, int) { return cuStreamCreate(stream, flags); }
EXPORT int cuStreamDestroy_v2(void* handle) {
    DRIVER_CALL;
    Stream* const stream = stream_of(handle);
    if (stream == &default_stream) return refuse(invalid_handle, "the default stream cannot be destroyed");
    if (stream->capturing) delete stream->capture;
    leave_capture(stream);
    return delete stream, success;
}
EXPORT int cuStreamSynchronize(void* handle) {
    DRIVER_CALL;
    if (stream_of(handle)->capturing || stream_of(handle) == &default_stream) {
        if (const int code = forbid_in_capture("cuStreamSynchronize")) return code;
    }
    return synchronize(), success;
}
EXPORT int cuStreamQuery(void* handle) {
    DRIVER_CALL;
    if (stream_of(handle)->capturing) return forbid_in_capture("cuStreamQuery");
    return synchronize(), success;
}
EXPORT int cuStreamWaitEvent(void* handle, void*, unsigned) {
    DRIVER_CALL;
    if (driver().captures.empty() || stream_of(handle)->capturing) return success;  // work runs in the order of submission anyway
    return refuse(not_supported, "joining a second stream to a capture is not emulated");
}
EXPORT int cuStreamGetFlags(void*, unsigned* flags) { return *flags = 1, success; }
EXPORT int cuStreamGetPriority(void*, int* priority) { return *priority = 0, success; }

EXPORT int cuEventCreate(void** event, unsigned) {
    DRIVER_CALL;
    return *event = new Event, success;
}
EXPORT int cuEventDestroy_v2(void* event) { return delete static_cast<Event*>(event), success; }
EXPORT int cuEventRecord(void* handle, void* stream) {
    DRIVER_CALL;
    Event* const event = static_cast<Event*>(handle);
    return submit(stream_of(stream), [=] { return event->time = std::chrono::steady_clock::now(), event->recorded = true, success; });
}
EXPORT int cuEventRecordWithFlags(void* event, void* stream, unsigned) { return cuEventRecord(event, stream); }
EXPORT int cuEventQuery(void*) {
    DRIVER_CALL;
    return synchronize(), success;
}
EXPORT int cuEventSynchronize(void*) {
    DRIVER_CALL;
    return synchronize(), success;
}
EXPORT int cuEventElapsedTime(float* milliseconds, void* from, void* to) {
    DRIVER_CALL;
    const Event *start = static_cast<Event*>(from), *end = static_cast<Event*>(to);
    if (!start->recorded || !end->recorded) return refuse(invalid_handle, "cuEventElapsedTime: an event was not recorded");
    *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
    return success;
}

EXPORT int cuStreamBeginCapture_v2(void* handle, int mode) {
    DRIVER_CALL;
    Stream* const stream = stream_of(handle);
    if (stream == &default_stream) return refuse(capture_unsupported, "the default stream cannot capture");
    if (stream->capturing) return refuse(invalid_value, "this stream is capturing already");
    *stream = {true, false, mode, new Graph};
    driver().captures.push_back(stream);
    return success;
}
EXPORT int cuStreamEndCapture(void* handle, void** graph) {
    DRIVER_CALL;
    Stream* const stream = stream_of(handle);
    *graph = nullptr;
    if (!stream->capturing) return refuse(invalid_value, "this stream is not capturing");
    const bool spoilt = stream->invalidated;
    if (spoilt) delete stream->capture;
    else *graph = stream->capture;
    leave_capture(stream);
    return spoilt ? refuse(capture_invalidated, "capture spoilt: " + driver().last_error) : success;
}
EXPORT int cuStreamIsCapturing(void* handle, int* status) {
    DRIVER_CALL;
    const Stream* const stream = stream_of(handle);
    return *status = stream->invalidated ? 2 : stream->capturing, success;
}
EXPORT int cuThreadExchangeStreamCaptureMode(int* mode) { return *mode = 0, success; }

EXPORT int cuGraphCreate(void** graph, unsigned) { return *graph = new Graph, success; }
EXPORT int cuGraphGetNodes(void* graph, void**, size_t* count) { return *count = static_cast<Graph*>(graph)->nodes.size(), success; }
EXPORT int cuGraphDestroy(void* graph) { return delete static_cast<Graph*>(graph), success; }
EXPORT int cuGraphInstantiateWithFlags(void** executable, void* graph, uint64_t) {
    DRIVER_CALL;
    driver().counters["live_graphs"]++;
    return *executable = new Graph(*static_cast<Graph*>(graph)), success;
}
EXPORT int cuGraphInstantiate(void** executable, void* graph, uint64_t) { return cuGraphInstantiateWithFlags(executable, graph, 0); }
EXPORT int cuGraphInstantiateWithParams(void** executable, void* graph, void*) { return cuGraphInstantiateWithFlags(executable, graph, 0); }
EXPORT int cuGraphUpload(void*, void*) { return success; }
EXPORT int cuGraphLaunch(void* executable, void* handle) {
    DRIVER_CALL;
    const Graph* const graph = static_cast<Graph*>(executable);
    return submit(stream_of(handle), [=] {
        driver().counters["graph_launches"]++;
        for (const Operation& node : graph->nodes) {
            if (const int code = node()) return code;
        }
        return static_cast<int>(success);
    });
}
EXPORT int cuGraphExecDestroy(void* executable) {
    DRIVER_CALL;
    driver().counters["live_graphs"]--;
    return delete static_cast<Graph*>(executable), success;
}
