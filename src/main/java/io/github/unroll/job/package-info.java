/** Whole jobs on tables of one's own: forecasting a series, classifying and tagging sequences. */
package io.github.unroll.job;
