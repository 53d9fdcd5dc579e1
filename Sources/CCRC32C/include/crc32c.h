#ifndef TIDEMARK_CRC32C_H
#define TIDEMARK_CRC32C_H
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

/// Whether this processor has a CRC-32C instruction that `tidemark_crc32c_hardware` may use.
bool tidemark_crc32c_has_hardware(void);

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `length` bytes, continuing from `crc` (0 to begin), by the
/// processor's instruction. Must only be called where `tidemark_crc32c_has_hardware` answers true.
uint32_t tidemark_crc32c_hardware(uint32_t crc, const uint8_t *data, size_t length);
#endif
