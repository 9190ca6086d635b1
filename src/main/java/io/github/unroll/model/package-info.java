/** Assembled models: layers and a loss joined, initialised and ready to train. */
package io.github.unroll.model;
