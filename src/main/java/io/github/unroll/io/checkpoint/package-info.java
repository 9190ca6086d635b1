/** Files of models, and checkpoints from which a training continues as if it had never stopped. */
package io.github.unroll.io.checkpoint;
