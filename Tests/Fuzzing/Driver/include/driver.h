#ifndef TIDEMARK_FUZZ_DRIVER_H
#define TIDEMARK_FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/// Hands libFuzzer's inputs to `check` until it has had enough. While an input is being checked, a single reservation of more than
/// `least + factor * size` bytes ends the process: whatever lengths an input claims, they are judged before room is made.
int tidemark_fuzz(int argc, char **argv, size_t least, size_t factor, int (*check)(const uint8_t *data, size_t size));

#endif
