/**
 * Stateless functions in the layout of the step-by-step NumPy notebook: x (n_x, m, T_x), weights
 * times columns. They and the row layout of the layers prove each other.
 */
package io.github.unroll.column;
