"""How many bytes a tensor of each GGML type takes: a type packs blocks of so many weights into so many bytes."""

from __future__ import annotations

from typing import NamedTuple


class BlockShape(NamedTuple):
    """`n_weights` weights along a row are stored together in `n_bytes` bytes."""

    name: str
    n_weights: int
    n_bytes: int


# The numbers are part of the GGUF format; those missing between were withdrawn by it.
BLOCK_SHAPES = {
    0: BlockShape("f32", 1, 4),
    1: BlockShape("f16", 1, 2),
    2: BlockShape("q4_0", 32, 18),
    3: BlockShape("q4_1", 32, 20),
    6: BlockShape("q5_0", 32, 22),
    7: BlockShape("q5_1", 32, 24),
    8: BlockShape("q8_0", 32, 34),
    9: BlockShape("q8_1", 32, 36),
    10: BlockShape("q2_K", 256, 84),
    11: BlockShape("q3_K", 256, 110),
    12: BlockShape("q4_K", 256, 144),
    13: BlockShape("q5_K", 256, 176),
    14: BlockShape("q6_K", 256, 210),
    15: BlockShape("q8_K", 256, 292),
    16: BlockShape("iq2_xxs", 256, 66),
    17: BlockShape("iq2_xs", 256, 74),
    18: BlockShape("iq3_xxs", 256, 98),
    19: BlockShape("iq1_s", 256, 50),
    20: BlockShape("iq4_nl", 32, 18),
    21: BlockShape("iq3_s", 256, 110),
    22: BlockShape("iq2_s", 256, 82),
    23: BlockShape("iq4_xs", 256, 136),
    24: BlockShape("i8", 1, 1),
    25: BlockShape("i16", 1, 2),
    26: BlockShape("i32", 1, 4),
    27: BlockShape("i64", 1, 8),
    28: BlockShape("f64", 1, 8),
    29: BlockShape("iq1_m", 256, 56),
    30: BlockShape("bf16", 1, 2),
    34: BlockShape("tq1_0", 256, 54),
    35: BlockShape("tq2_0", 256, 66),
    39: BlockShape("mxfp4", 32, 17),
    40: BlockShape("nvfp4", 64, 36),
    41: BlockShape("q1_0", 128, 18),
    42: BlockShape("q2_0", 64, 18),
}
