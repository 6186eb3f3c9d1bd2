// Checks kernels/philox.cuh against the known answers: words from Random123 (tests/kat_vectors), normals from our own definition.
#include <cstdio>

#include "philox.cuh"

uint3 threadIdx, blockIdx, blockDim, gridDim;

int main() {
    struct Known { unsigned counter[4], key[2], words[4], normals[4]; };
    const Known answers[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, {0x3f7dbb33, 0xbf6cb6af, 0xbf1e1b9d, 0xbef6d1af}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, {0xbd94a54e, 0x3fd442cf, 0xbf5b90c8, 0x3ed89bcc}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, {0xbf0d2cfe, 0xbe9fdf1b, 0x3f7728d9, 0x3f97204f}}};
    int wrong = 0;
    for (const Known& k : answers) {
        const uint4 words = philox(k.key[0], k.key[1], k.counter[0], k.counter[1], k.counter[2], k.counter[3]);
        const float4 normals = normal4(words);
        const unsigned got_words[] = {words.x, words.y, words.z, words.w};
        for (int i = 0; i < 4; i++) {
            const unsigned normal = __float_as_uint(component(normals, i));
            if (got_words[i] == k.words[i] && normal == k.normals[i]) continue;
            std::printf("counter %08x.. word %d: %08x, expected %08x; normal %08x, expected %08x\n", k.counter[0], i, got_words[i], k.words[i],
                        normal, k.normals[i]);
            wrong++;
        }
        const float4 uniforms = uniform4(words);
        for (int i = 0; i < 4; i++) wrong += component(uniforms, i) != static_cast<float>((got_words[i] >> 9) + 0.5) / 8388608.0f;
    }
    wrong += uniform(0u) <= 0.0f || uniform(~0u) >= 1.0f;
    std::printf("%d wrong\n", wrong);
    return wrong != 0;
}
