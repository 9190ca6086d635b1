/** The .safetensors format: named tensors and texts. */
package io.github.unroll.io.safetensors;
