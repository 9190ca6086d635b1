/** Models in files, and whole trainings that are gone on with as if they had never stopped. */
package io.github.unroll.io.checkpoint;
