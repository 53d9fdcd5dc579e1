#include "crc32c.h"
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>

bool tidemark_crc32c_has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2"))) uint32_t tidemark_crc32c_hardware(uint32_t crc, const uint8_t *data, size_t length) {
    uint64_t state = ~crc;
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, data, 8);
        state = _mm_crc32_u64(state, word);
        data += 8;
        length -= 8;
    }
    uint32_t tail = (uint32_t)state;
    while (length-- > 0) tail = _mm_crc32_u8(tail, *data++);
    return ~tail;
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

bool tidemark_crc32c_has_hardware(void) { return true; }

uint32_t tidemark_crc32c_hardware(uint32_t crc, const uint8_t *data, size_t length) {
    uint32_t state = ~crc;
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, data, 8);
        state = __crc32cd(state, word);
        data += 8;
        length -= 8;
    }
    while (length-- > 0) state = __crc32cb(state, *data++);
    return ~state;
}
#else
bool tidemark_crc32c_has_hardware(void) { return false; }

uint32_t tidemark_crc32c_hardware(uint32_t crc, const uint8_t *data, size_t length) {
    (void)data;
    (void)length;
    return crc;
}
#endif
