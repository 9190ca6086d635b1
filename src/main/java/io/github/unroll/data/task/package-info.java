/**
 * Tasks that generate their own data: the adding problem, the embedded Reber grammar, a seasonal
 * series, sums and dates in characters, and a small grammar whose every next-word probability is
 * known.
 */
package io.github.unroll.data.task;
