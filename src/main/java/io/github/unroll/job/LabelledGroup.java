package io.github.unroll.job;

import java.util.List;

/**
 * A sequence with the labels that a classifier gives it.
 *
 * @param name the name of the sequence
 * @param rows its rows in the table, from 0
 * @param labels its label, or one for each of its rows
 * @param probabilities the probability of every possible label, for each of the labels given
 */
public record LabelledGroup(
    String name, int[] rows, List<String> labels, List<double[]> probabilities) {}
