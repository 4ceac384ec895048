# SPDX-License-Identifier: Apache-2.0
"""The shapes that every engine is measured on, as `./continuo bench lm --shape` has them."""
CONTEXT = 512  # positions in the cache
VOCABULARY = 502
SHAPES = {  # family, layers, width, heads, key-value heads, width of the feed-forward layer
    "12x384": ("llama", 12, 384, 6, 6, 1024),
    "smollm2-135m": ("llama", 30, 576, 9, 3, 1536),
    "opt-350m": ("opt", 24, 1024, 16, 16, 4096),
}
