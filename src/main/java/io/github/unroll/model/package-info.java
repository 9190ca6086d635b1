/** Complete models: layers and a loss, initialized and ready for training. */
package io.github.unroll.model;
