"""Pure kernels: arrays and keys in, arrays out; no I/O, no clock, nothing of the scrambler."""
