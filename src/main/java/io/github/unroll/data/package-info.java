/**
 * Data for models: texts as word ids, sequences of features or words with labels, values or
 * answers, series at regular steps, and batches of them.
 *
 * <p>From a file of one's own to batches:
 *
 * <ol>
 *   <li>{@link io.github.unroll.data.Table} reads a CSV file; a column is asked for as numbers,
 *       texts, labels or times ({@link io.github.unroll.data.TimeColumn}). A gap is NaN.
 *   <li>A series is laid out at every step of its times, filled ({@link
 *       io.github.unroll.data.Gaps}), differenced ({@link io.github.unroll.data.Difference}) and
 *       scaled ({@link io.github.unroll.data.Scaling}); {@link io.github.unroll.data.Calendar} adds
 *       what is known of the future. {@link io.github.unroll.data.Windows} cuts it for a model that
 *       answers several steps at once, {@link io.github.unroll.data.SeriesWindows} for one that
 *       answers the next.
 *   <li>Sequences of different lengths are a {@link io.github.unroll.data.SequenceSet}.
 *   <li>{@link io.github.unroll.data.Split} holds some out; {@link
 *       io.github.unroll.data.ShuffledBatches}, which the sets and windows make, is what a training
 *       reads.
 * </ol>
 */
package io.github.unroll.data;
