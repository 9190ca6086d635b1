/**
 * Data for models: texts as word ids, sequences of features or words with labels, values or
 * answers, and batches of them.
 */
package io.github.unroll.data;
