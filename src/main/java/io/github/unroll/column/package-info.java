/**
 * Stateless functions in the layout of the step-by-step NumPy notebook: x (n_x, m, T_x), weights
 * times columns. Tests compare them with the layers, which use row layout.
 */
package io.github.unroll.column;
