// The native methods of dev.hourglass.testkit.EmulatedDriver.
#include <jni.h>

#include <cstdint>
#include <cstddef>

extern "C" {
void emulator_set_order(int kind, unsigned seed);
int64_t emulator_counter(const char* name);
const char* emulator_last_error();
void emulator_reset();
void emulator_set_total_memory(size_t bytes);

JNIEXPORT void JNICALL Java_dev_hourglass_testkit_EmulatedDriver_setOrder0(JNIEnv*, jclass, jint kind, jint seed) {
    emulator_set_order(kind, static_cast<unsigned>(seed));
}
JNIEXPORT jlong JNICALL Java_dev_hourglass_testkit_EmulatedDriver_counter0(JNIEnv* env, jclass, jstring name) {
    const char* text = env->GetStringUTFChars(name, nullptr);
    const jlong value = emulator_counter(text);
    env->ReleaseStringUTFChars(name, text);
    return value;
}
JNIEXPORT jstring JNICALL Java_dev_hourglass_testkit_EmulatedDriver_lastError0(JNIEnv* env, jclass) {
    return env->NewStringUTF(emulator_last_error());
}
JNIEXPORT void JNICALL Java_dev_hourglass_testkit_EmulatedDriver_reset0(JNIEnv*, jclass) { emulator_reset(); }
JNIEXPORT void JNICALL Java_dev_hourglass_testkit_EmulatedDriver_setTotalMemory0(JNIEnv*, jclass, jlong bytes) {
    emulator_set_total_memory(static_cast<size_t>(bytes));
}
}
