/**
 * Small programs that show the library at work: each trains, prints a table and draws a picture.
 *
 * <pre>{@code
 * mvn -q test-compile exec:exec@example -Dexample=AddingProblemExample -Dsettings="seed=1 steps=50"
 * }</pre>
 */
package io.github.unroll.examples;
