/** The .safetensors format: named tensors, and texts beside them. */
package io.github.unroll.io.safetensors;
